//! The `server` lines of an upstream.

use super::Build;
use super::ink::{self, Edit};
use super::scope::{Scope, head};
use super::target::{self, Reached};
use super::view::Item;
use crate::source::Span;
use crate::stack::vocabulary::{Upstream, UpstreamServer};
use crate::stack::{About, Fact, Id, Stack, Writer};
use crate::syntax::nginx::Word;

/// A `server` line with what stands behind it.
pub(super) struct Member<'a> {
    pub(super) item: Item<'a>,
    pub(super) word: &'a Word,
    pub(super) target: target::Target,
    pub(super) reached: Reached,
}

impl<'a> Build<'a, '_> {
    /// The one service that all servers are of.
    pub(super) fn only_service(&self, members: &[Member<'_>]) -> Option<usize> {
        let first = members.first()?.reached.service?;
        members.iter().all(|member| member.reached.service == Some(first)).then_some(first)
    }

    /// Whether one address alone has options that only a choice among several gives a meaning, and their removal.
    pub(super) fn idle_options(
        &self,
        members: &[Member<'a>],
        method: Option<Item<'a>>,
        service: Option<usize>,
        name: Span,
    ) -> (Fact<bool>, Option<Writer>) {
        let [only] = members else { return (Fact::derived(false, vec![name]), None) };
        let idle = |word: &&Word| {
            ["max_fails=", "fail_timeout=", "slow_start=", "weight="].iter().any(|it| word.text.starts_with(it))
        };
        let words: Vec<&Word> = only.item.directive.args.iter().skip(1).filter(idle).collect();
        let mut spans: Vec<Span> = method.iter().map(|item| head(item.directive)).collect();
        spans.extend(words.iter().map(|word| word.span));
        if spans.is_empty() {
            return (Fact::derived(false, vec![name]), None);
        }
        let is_address = only.target.is_socket
            || only.target.host.known().is_some_and(|host| host.parse::<std::net::IpAddr>().is_ok());
        let single = match service.map(|_| &only.reached.addresses) {
            Some(Fact::Known(replicas)) => {
                Fact::derived(replicas.value == 1, replicas.origin.span().into_iter().collect())
            }
            Some(_) => Fact::unknown("how many containers it has"),
            None if is_address => Fact::derived(true, vec![only.word.span]),
            None => Fact::unknown(format!("how many addresses `{}` has", only.word.text)),
        };
        let single = match single {
            Fact::Known(it) => it.value,
            other => return (other, None),
        };
        if !single {
            return (Fact::derived(false, vec![only.word.span]), None);
        }
        let mut edits: Vec<Edit> =
            words.iter().map(|word| ink::delete_word(self.view.source(only.item.draft), word.span)).collect();
        edits.extend(method.map(|item| ink::delete(self.view.source(item.draft), item.directive)));
        let writer = Writer { name: "remove_idle_options".into(), edits, display_only: None };
        (Fact::derived(true, spans), Some(writer))
    }

    /// Puts the `server` lines into the stack, each with the change that ends its passing to a port nobody serves: it
    /// goes when another of its upstream is served, else its port becomes the one that is.
    pub(super) fn members(
        &self,
        stack: &mut Stack,
        upstream: Id<Upstream>,
        scope: &Scope<'a, '_>,
        members: &[Member<'a>],
    ) -> Vec<Id<UpstreamServer>> {
        let dead = |member: &Member<'_>| member.reached.port_served.known() == Some(&false);
        // Of servers that are all dead the first is mended.
        let kept = members.iter().position(|member| !dead(member)).unwrap_or(0);
        let mut taken: Vec<&str> = Vec::new();
        let mut ids = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let address = &*member.word.text;
            let again = taken.iter().filter(|it| **it == address).count();
            taken.push(address);
            let suffix = if again > 0 { format!("#{}", again + 1) } else { String::new() };
            let source = self.view.source(member.item.draft);
            let mut writers = Vec::new();
            if dead(member) && at != kept {
                let edits = vec![ink::delete(source, member.item.directive)];
                writers.push(Writer { name: "serve".into(), edits, display_only: None });
            } else if dead(member)
                && let (Some(port), Some(served)) = (member.target.port.sourced(), member.reached.served_port.known())
                && let Some(slot) = port.slots.first()
            {
                let edits = vec![(slot.span, served.to_string().into())];
                writers.push(Writer { name: "serve".into(), edits, display_only: None });
            }
            let entity = match scope.opened.is_some_and(|opened| opened.draft.file == member.item.draft.file) {
                true => format!("{}.server[{address}]{suffix}", scope.entity),
                false => format!("server[{address}]{suffix}"),
            };
            ids.push(stack.add(UpstreamServer {
                about: About {
                    name: address.into(),
                    anchor: self.anchor(member.item, entity),
                    span: Some(head(member.item.directive)),
                    owner: self.owner(),
                    writers,
                },
                target: member.target.host.clone(),
                port: member.target.port.clone(),
                host_known: member.reached.host_known.clone(),
                port_served: member.reached.port_served.clone(),
                served_port: member.reached.served_port.clone(),
                upstream: Some(upstream),
            }));
        }
        ids
    }
}
