//! A service on its way into the stack: its image, what runs in it, and the packages that it has.

use super::super::image::{self, Image};
use super::super::plan::{Running, ServicePlan};
use super::super::versions::Versions;
use super::super::{assumed, command, server};
use super::Repository;
use crate::facts::sections::{Reader, SectionFile};
use crate::syntax::Spanned;

/// A service on its way into the stack.
pub(super) struct Part<'a> {
    pub(super) plan: &'a ServicePlan,
    pub(super) image: Option<Image>,
    /// What runs to its end before it.
    pub(super) before: Vec<Running>,
    pub(super) running: Vec<Running>,
}

impl<'a> Repository<'a> {
    /// A plan with its image, whose variables are put below the service's own.
    pub(super) fn with_image(&self, plan: &ServicePlan) -> (ServicePlan, Option<Image>) {
        let image = plan.build.as_ref().and_then(|build| {
            let image = image::image(build, &self.dockerfiles)?;
            let ignored = image::Ignored::of(build, &self.sources.file(image.dockerfile).path, self.sources);
            Some(Image { ignored, ..image })
        });
        // Of an image into which nothing is copied that can be seen, nobody knows what is in it.
        let is_seen =
            |image: &&Image| !image.copies.is_empty() && image.copies.iter().all(|it| !it.source.contains('$'));
        let absent = image.as_ref().filter(is_seen).map_or_else(Vec::new, |image| {
            let is_absent = |path: &&str| image::container_paths(path, plan, Some(image)).is_empty();
            self.code.read_files().filter(is_absent).map(Box::from).collect()
        });
        let environment = image::environment(plan, image.as_ref());
        let environment = assumed::environment(plan, environment, self.assume);
        (ServicePlan { environment, absent, ..plan.clone() }, image)
    }

    fn running(&self, plan: &ServicePlan, image: Option<&Image>) -> Vec<Running> {
        let running = command::running(plan, image, &self.files);
        server::expand_units(running, plan, &|| self.unit(plan, image))
    }

    pub(super) fn part<'p>(&self, plan: &'p ServicePlan, image: Option<Image>) -> Part<'p> {
        let running = self.running(plan, image.as_ref());
        let first = plan.pod.iter().flat_map(|pod| &pod.before);
        let before = first.flat_map(|plan| {
            let (plan, image) = self.with_image(plan);
            self.running(&plan, image.as_ref())
        });
        Part { plan, image, before: before.collect(), running }
    }

    /// The one configuration of NGINX Unit that lies where its image looks for it, by its own or another usual name.
    pub(super) fn unit(&self, plan: &ServicePlan, image: Option<&Image>) -> Result<&'a SectionFile, &'static str> {
        let all = || self.files.sections.values().copied().filter(|it| it.reader == Reader::Unit);
        let is_there = |file: &&SectionFile| {
            let own = file.path.rsplit('/').next().unwrap_or(&file.path);
            server::UNIT_FOLDERS.iter().any(|folder| {
                [own, "config.json", "unit.json"].iter().any(|name| {
                    let path = format!("{folder}/{name}");
                    let found = image::repository_paths(&path, plan, image);
                    found.iter().any(|path| **path == *file.path)
                })
            })
        };
        let mut found = all().filter(is_there);
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err("no configuration of NGINX Unit is where it looks for one"),
            (Some(_), Some(_)) => Err("several configurations of NGINX Unit take each other's place"),
        }
    }

    /// The packages that a folder's files ask for; those of the whole tree when its own ask for none.
    pub(super) fn versions(&self, folder: &str, image: Option<&Image>) -> Versions<'a> {
        let of = |folder| match image {
            Some(image) => Versions::of_image(folder, self.requirements.iter().copied(), &image.requirements),
            None => Versions::of_platform(folder, self.requirements.iter().copied()),
        };
        let own = of(folder);
        let found = if own.is_empty() { of("") } else { own };
        match image {
            Some(image) => found.with_installed(&self.sources.file(image.dockerfile).path, &image.packages),
            None => found,
        }
    }
}

/// The image that a service runs in the end, by its name: the one that its Dockerfile starts from, else its own.
pub(super) fn image_of<'a>(plan: &'a ServicePlan, image: Option<&'a Image>) -> Option<&'a Spanned<Box<str>>> {
    match image {
        Some(image) => image.base.as_ref(),
        None => plan.image.as_ref(),
    }
}

/// The folder of the repository that a service's code lies in.
pub(in crate::link) fn folder(plan: &ServicePlan) -> &str {
    plan.build.as_ref().map_or(&plan.folder, |build| &build.context)
}
