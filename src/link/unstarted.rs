//! Programs that serve when they are run, and that no file starts: what they would be, for whoever looks. No rule judges
//! what nobody deploys.

use crate::facts::python::is_aside;
use crate::stack::{Anchor, Why};
use crate::syntax::Spanned;

use super::apps;
use super::image::service;
use super::plan::{CommandLine, Deployment, ListStyle};
use super::roles;
use super::values::Code;

/// How many of them are shown.
const MOST: usize = 8;

/// A deployment for each module that is a server when it is run, in the order of their paths. Tests, examples and what is
/// for development by its path are left out.
pub(super) fn deployments(code: &Code) -> Vec<Deployment> {
    let is_told = |path: &str| roles::of_path(path).is_some_and(|(role, _)| !role.is_deployed()) || is_aside(path);
    let mut found: Vec<Deployment> = apps::serving(code)
        .filter(|(path, _)| !is_told(path))
        .map(|(path, call)| {
            let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".py");
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut plan = service(Spanned::new(name.into(), call), Anchor::new(path, "__main__"), folder);
            let word = |text: &str| Spanned::new(text.into(), call);
            plan.command = Some(CommandLine::Exec {
                words: vec![word("python"), word(path)],
                style: ListStyle::Brackets,
                span: call,
            });
            Deployment {
                name: path.into(),
                files: vec![call.file],
                services: vec![plan],
                because: Why::new("serves when it is run, and no file here starts it: no rule judges it"),
                ..Deployment::default()
            }
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.truncate(MOST);
    found
}
