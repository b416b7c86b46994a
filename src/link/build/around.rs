//! What stands around the services: stores and how they are reached, proxies, nginx.

use std::collections::BTreeSet;

use super::super::network::Network;
use super::super::plan::{Deployment, ServicePlan};
use super::super::{image, nginx, proxies, stores};
use super::Repository;
use super::parts::{Part, image_of};
use crate::source::{FileId, SourceFile};
use crate::stack::{Id, Service, Stack};

impl Repository<'_> {
    /// The databases, poolers and Redis servers, and the names by which they are reached.
    pub(super) fn stores(
        &self,
        stack: &mut Stack,
        deployment: &Deployment,
        parts: &[Part<'_>],
        ids: &[Id<Service>],
    ) -> Network {
        let mut poolers = Vec::new();
        for (part, &id) in parts.iter().zip(ids) {
            let Some(image) = image_of(part.plan, part.image.as_ref()) else { continue };
            let file_at = |path: &str| {
                let paths = image::repository_paths(path, part.plan, part.image.as_ref());
                paths.iter().find_map(|path| self.settings.get(&**path).copied())
            };
            let sources_in = |folder: &str| {
                let paths = image::repository_paths(folder, part.plan, part.image.as_ref());
                let inside = |path: &str, file: &SourceFile| file.folder() == path.trim_end_matches('/');
                let found =
                    paths.iter().map(|path| self.sources.iter().filter(|file| inside(path, file)).collect::<Vec<_>>());
                found.into_iter().find(|files| !files.is_empty()).unwrap_or_default()
            };
            let server = stores::Server {
                sources: self.sources,
                sources_in: &sources_in,
                plan: part.plan,
                image: &image.value,
                built: part.image.as_ref(),
                running: &part.running,
                file_at: &file_at,
            };
            let mentions = |name: &str| self.mentions(deployment, name);
            if let Some(pooler) = stores::add_pooler(stack, &server, id) {
                poolers.push((pooler, stores::pooled_host(&server)));
            } else if stores::add_postgres(stack, &server, id, &mentions).is_none() {
                stores::add_redis(stack, &server, id);
            }
        }
        let mut network = Network::of(deployment, ids, stack);
        network.join_poolers(stack, &poolers);
        deployment.managed.iter().for_each(|managed| network.add_managed(stack, managed));
        network
    }

    /// Whether anything of the deployment's files uses a variable by `${NAME}` or `$NAME`.
    fn mentions(&self, deployment: &Deployment, name: &str) -> bool {
        deployment.files.iter().any(|&file| {
            let text = self.sources.file(file).text();
            memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|at| {
                let before = text[..at].trim_end_matches('{');
                let after = text[at + name.len()..].chars().next();
                before.ends_with('$') && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    }

    /// Whether a service of a deployment runs nginx.
    pub(super) fn runs_nginx(&self, deployment: &Deployment) -> bool {
        deployment.services.iter().any(|plan| {
            let (plan, image) = self.with_image(plan);
            image_of(&plan, image.as_ref()).is_some_and(|name| nginx::is_nginx(&name.value))
        })
    }

    /// The nginx of the services, or of the host when no service runs one, or when the host itself runs all of them.
    /// Processes stand in the stack already. Gives the files that the nginx of services reads.
    pub(super) fn proxies(
        &self,
        stack: &mut Stack,
        deployment: &Deployment,
        parts: &[Part<'_>],
        ids: &[Id<Service>],
    ) -> BTreeSet<FileId> {
        let seen = parts.iter().zip(ids).map(|(part, &id)| {
            let named = image_of(part.plan, part.image.as_ref());
            nginx::Seen {
                plan: part.plan,
                id,
                image: named.map(|it| &*it.value),
                image_span: named.map(|it| it.span),
                copies: part.image.as_ref().map_or(&[], |image| &image.copies),
            }
        });
        let seen: Vec<_> = seen.collect();
        let read = nginx::add(stack, self.sources, &self.nginx, &seen);
        match &self.read_by_nginx {
            Some(contained) if is_on_host(deployment) => {
                let left = self.nginx.iter().copied().filter(|draft| !contained.contains(&draft.file));
                nginx::add_hosted(stack, self.sources, &left.collect::<Vec<_>>(), &seen);
            }
            _ if !self.serves_by_nginx => nginx::add_hosted(stack, self.sources, &self.nginx, &seen),
            _ => {}
        }
        read
    }

    /// The proxies that are not nginx.
    pub(super) fn other_proxies(
        &self,
        stack: &mut Stack,
        deployment: &Deployment,
        network: &Network,
        parts: &[Part<'_>],
        ids: &[Id<Service>],
    ) {
        let seen = parts.iter().zip(ids).map(|(part, &id)| proxies::Seen {
            plan: part.plan,
            id,
            image: part.image.as_ref(),
            name: image_of(part.plan, part.image.as_ref()).map(|it| &*it.value),
            running: &part.running,
        });
        let seen: Vec<_> = seen.collect();
        proxies::add(stack, self.sources, &self.proxy_files, &deployment.ingresses, network, &seen);
    }
}

/// Whether the host itself runs all of a deployment, by units of systemd.
pub(super) fn is_on_host(deployment: &Deployment) -> bool {
    !deployment.services.is_empty() && deployment.services.iter().all(ServicePlan::is_unit)
}
