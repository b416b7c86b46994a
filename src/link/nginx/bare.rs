//! Bare hosts in `proxy_pass`: their connections are never kept, and what would keep them is an `upstream` block.

use std::collections::{BTreeMap, BTreeSet};

use super::Build;
use super::ink::{self, Edit};
use super::scope::Scope;
use super::target::Target;
use super::view::Item;
use crate::source::Span;
use crate::stack::vocabulary::Location;
use crate::stack::{Id, Stack, Writer};
use crate::syntax::nginx::Directive;

/// A `proxy_pass` to a bare host that could pass to an upstream block.
pub(super) struct Bare<'a> {
    /// Host and port as they are written.
    address: String,
    /// The server block it is in, before which the upstream would stand.
    server: Item<'a>,
    /// The address's place.
    span: Span,
    /// What else makes its connections be kept.
    recipe: Vec<Edit>,
}

impl<'a> Build<'a, '_> {
    /// The change to a `proxy_pass` that would name an upstream; [`None`] where it cannot be made. The header `Host`
    /// must be given, for by default it is the name in `proxy_pass`.
    pub(super) fn bare(
        &self,
        scope: &Scope<'a, '_>,
        pass: Item<'a>,
        target: &Target,
        recipe: Option<&[Edit]>,
    ) -> Option<Bare<'a>> {
        let of_server = |level: &&Scope<'a, '_>| level.opened.is_some_and(|opened| opened.directive.is("server"));
        let server = scope.levels().find(of_server)?.opened?;
        let host = target.host.known().filter(|_| !target.by_variable)?;
        let sets_host = scope.owner("proxy_set_header")?.items.iter().any(|item| {
            let name = item.directive.arg(0).unwrap_or("");
            name.eq_ignore_ascii_case("host") && !matches!(item.directive.arg(1), None | Some("$proxy_host"))
        });
        let word = pass.directive.args.first().filter(|word| sets_host && !word.text.contains('$'))?;
        let raw = self.view.source(pass.draft).slice(word.span);
        let at = raw.find("://").map_or(0, |at| at + 3);
        let rest = raw.get(at..).filter(|rest| rest.trim_start_matches('[').starts_with(&**host))?;
        let address = &rest[..rest.find(['/', '?', '"', '\'']).unwrap_or(rest.len())];
        let start = word.span.start as usize + at;
        Some(Bare {
            address: address.to_owned(),
            server,
            span: Span::new(word.span.file, start, start + address.len()),
            recipe: recipe?.to_vec(),
        })
    }

    /// Gives every location that passes to a bare host the change that makes an upstream of it, for all locations of the
    /// same host at once: each change alone would bring the block again.
    pub(super) fn bare_writers(&mut self, stack: &mut Stack) {
        let mut groups: BTreeMap<String, Vec<(Id<Location>, Bare<'a>)>> = BTreeMap::new();
        for (id, bare) in std::mem::take(&mut self.bares) {
            groups.entry(bare.address.clone()).or_default().push((id, bare));
        }
        for (address, group) in groups {
            let Some((first, server)) = group.first().map(|(id, bare)| (*id, bare.server)) else { continue };
            let name: String = address.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
            if self.upstreams.contains_key(&name) {
                continue;
            }
            let idle = stack[first].process.and_then(|id| self.shorter_than(&stack[id].keepalive));
            let mut lines =
                vec![format!("upstream {name} {{"), format!("    server {address};"), "    keepalive 16;".into()];
            lines.extend(idle.map(|seconds| format!("    keepalive_timeout {seconds}s;")));
            lines.extend(["}".into(), String::new()]);
            let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
            let mut edits = vec![ink::insert_before(self.view.source(server.draft), server.directive, &lines)];
            for (_, bare) in &group {
                edits.push((bare.span, name.as_str().into()));
                edits.extend(bare.recipe.iter().cloned());
            }
            edits.sort();
            edits.dedup();
            for (id, _) in group {
                let writer = Writer { name: "named_upstream".into(), edits: edits.clone(), display_only: None };
                stack[id].about.writers.push(writer);
            }
        }
    }
}

/// Whether requests are passed to one of these hosts, by their own names: an upstream may be called as one of them.
pub(super) fn passes_to(items: &[Directive], hosts: &BTreeSet<&str>, upstreams: &BTreeSet<&str>) -> bool {
    items.iter().any(|item| {
        let (passes, joins) = (item.name.text.ends_with("_pass"), item.is("server") && item.block.is_none());
        let address = item.arg(0).filter(|_| passes || joins).unwrap_or("");
        let address = address.split_once("://").map_or(address, |it| it.1);
        let host = address.split([':', '/']).next().unwrap_or(address);
        hosts.contains(host) && !(passes && upstreams.contains(host)) || passes_to(item.items(), hosts, upstreams)
    })
}

/// The names of all upstreams.
pub(super) fn upstreams<'d>(items: &'d [Directive], found: &mut BTreeSet<&'d str>) {
    for item in items {
        found.extend(item.arg(0).filter(|_| item.is("upstream")));
        upstreams(item.items(), found);
    }
}
