//! Every rule over every entity of its kind.

use std::collections::HashMap;

use super::expr::{Absent, Scope};
use super::said::{Said, open, place_of};
use super::{Finding, Outcome, Page, PageError, Rule, RuleName, Rules, Severity};
use crate::source::Span;
use crate::stack::{Anchor, EntityId, Field, Stack, Truth};

/// What the rules say of some stacks.
#[derive(Debug, Default)]
pub struct Checked {
    /// What failed: the worst first, then by anchor, then by rule.
    pub failed: Vec<Failed>,
    /// What cannot be decided, by anchor, then by rule.
    pub undecided: Vec<Undecided>,
    /// How each rule fared, in the order of the names; rules that were not selected are not there.
    pub tallies: Vec<(RuleName, Tally)>,
    /// Pages that could not be read, which were left out.
    pub broken: Vec<PageError>,
}

/// A finding, and what it was found in.
#[derive(Clone, Debug)]
pub struct Failed {
    /// The finding, without fixes.
    pub finding: Finding,
    /// The stack, by its place in the list that was checked.
    pub stack: usize,
    /// The entity in that stack.
    pub entity: EntityId,
    /// The same setting as other services of the stack see it, of which the same is said.
    pub shared: Vec<EntityId>,
    /// Where the entities stand of which it is said.
    pub places: Vec<Span>,
}

/// What a rule would say, were more known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The rule.
    pub rule: RuleName,
    /// Of what.
    pub anchor: Anchor,
    /// What would have to be known, in words.
    pub reasons: Vec<Box<str>>,
}

/// How a rule fared, counted by entities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// It holds.
    pub passed: usize,
    /// It does not.
    pub failed: usize,
    /// Nobody knows.
    pub undecided: usize,
    /// It does not speak of it.
    pub not_applicable: usize,
}

/// Checks the selected rules over the stacks. What several stacks share is said once.
pub fn check(rules: &Rules, selected: impl Fn(&str) -> bool, stacks: &[Stack]) -> Checked {
    let mut checked = Checked::default();
    for page in rules.pages().iter().filter(|page| selected(&page.name)) {
        checked.page(page, stacks);
    }
    checked.merge(stacks);
    checked.failed.sort_by(|a, b| key(&a.finding).cmp(&key(&b.finding)));
    checked.undecided.sort_by(|a, b| (&a.anchor, &a.rule).cmp(&(&b.anchor, &b.rule)));
    checked.undecided.dedup();
    checked
}

/// The order of findings: the worst first, then by anchor, rule and message.
fn key(finding: &Finding) -> (std::cmp::Reverse<Severity>, &Anchor, &str, &str) {
    (std::cmp::Reverse(finding.severity), &finding.anchor, &finding.rule, &finding.message)
}

impl Checked {
    fn page(&mut self, page: &Page, stacks: &[Stack]) {
        let mut tally = Tally::default();
        // Most rules judge what is not there: their pages are not even read.
        if page.kind.is_none_or(|kind| stacks.iter().any(|stack| stack.all(kind).next().is_some())) {
            match page.rule() {
                Ok(rule) => self.rule(rule, stacks, &mut tally),
                Err(errors) => return self.broken.extend(errors.iter().cloned()),
            }
        }
        self.tallies.push((page.name.clone(), tally));
    }

    fn rule(&mut self, rule: &Rule, stacks: &[Stack], tally: &mut Tally) {
        for (at, stack) in stacks.iter().enumerate() {
            for entity in stack.all(rule.kind) {
                match judge(rule, stack, entity) {
                    Outcome::NotApplicable => tally.not_applicable += 1,
                    Outcome::Passed => tally.passed += 1,
                    Outcome::Undecided(reasons) => {
                        tally.undecided += 1;
                        let anchor = stack.about(entity).anchor.clone();
                        self.undecided.push(Undecided { rule: rule.name.clone(), anchor, reasons });
                    }
                    Outcome::Failed(finding) => {
                        tally.failed += 1;
                        let places = place_of(stack, entity).into_iter().collect();
                        self.failed.push(Failed { finding: *finding, stack: at, entity, shared: Vec::new(), places });
                    }
                }
            }
        }
    }

    /// Findings that say the same of the same anchor become one, with the labels and notes of all: those of several
    /// stacks, and those of several services that share a setting, whose names are then listed.
    fn merge(&mut self, stacks: &[Stack]) {
        let mut seen: HashMap<(RuleName, Anchor, Option<Span>, String), usize> = HashMap::new();
        let mut merged: Vec<(Failed, Vec<Box<str>>)> = Vec::with_capacity(self.failed.len());
        for failed in self.failed.drain(..) {
            let finding = &failed.finding;
            let (name, anchor) = stacks.get(failed.stack).map(|it| told_of(it, failed.entity)).unwrap_or_default();
            // What is a service's own view of a setting is the same only where it was read at the same place.
            let place = (anchor != finding.anchor).then(|| finding.labels.first().map(|it| it.span)).flatten();
            let said = finding.message.replace(&format!("`{name}`"), "``");
            let key = (finding.rule.clone(), anchor, place, said);
            match seen.get(&key).and_then(|at| merged.get_mut(*at)) {
                Some((first, names)) => {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    first.absorb(failed);
                }
                None => {
                    seen.insert(key, merged.len());
                    merged.push((failed, vec![name]));
                }
            }
        }
        let named = |(mut failed, names): (Failed, Vec<Box<str>>)| {
            if let Some((_, others)) = names.split_first().filter(|(_, others)| !others.is_empty()) {
                let others: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
                failed.finding.message.push_str(&format!(" (also {})", others.join(", ")));
            }
            failed
        };
        self.failed = merged.into_iter().map(named).collect();
    }
}

impl Failed {
    fn absorb(&mut self, other: Failed) {
        let finding = &mut self.finding;
        finding.severity = finding.severity.max(other.finding.severity);
        finding.confidence = finding.confidence.max(other.finding.confidence);
        for label in other.finding.labels {
            if !finding.labels.iter().any(|it| it.span == label.span) {
                finding.labels.push(label);
            }
        }
        for note in other.finding.notes {
            if !finding.notes.contains(&note) {
                finding.notes.push(note);
            }
        }
        self.places.extend(other.places);
        if self.stack == other.stack && self.entity != other.entity {
            self.shared.push(other.entity);
        }
    }
}

/// The name that a message tells an entity from its like by, and the anchor that they share: of one service's view of a
/// setting (`settings.py#CACHES.default@web`) the service's, and the setting's own.
pub fn told_of(stack: &Stack, entity: EntityId) -> (Box<str>, Anchor) {
    let about = stack.about(entity);
    let view = (0..entity.kind.info().fields.len()).find_map(|field| match stack.field(entity, field) {
        Field::One(Some(seen_by)) => {
            let name = &stack.about(seen_by).name;
            let shared = about.anchor.entity.strip_suffix(&**name)?.strip_suffix('@')?;
            Some((name.clone(), Anchor::new(about.anchor.file.clone(), shared)))
        }
        _ => None,
    });
    view.unwrap_or_else(|| (about.name.clone(), about.anchor.clone()))
}

/// What a rule says of an entity of its kind. A finding has no fixes yet.
pub fn judge(rule: &Rule, stack: &Stack, entity: EntityId) -> Outcome {
    let scope = Scope::new(stack, entity, &rule.lets);
    decide(rule, &scope).unwrap_or(Outcome::NotApplicable)
}

fn decide(rule: &Rule, scope: &Scope<'_>) -> Result<Outcome, Absent> {
    let applies = rule.applies.as_ref().map(|applies| scope.eval(applies)).transpose()?;
    let speaks = applies.as_ref().map_or(Truth::Yes, |it| it.truth());
    if speaks == Truth::No {
        return Ok(Outcome::NotApplicable);
    }
    let when = scope.eval(&rule.when)?;
    let mut reads = when.reads.clone();
    let guards = applies.map(|it| it.reads).unwrap_or_default();
    Ok(match when.truth().and(speaks) {
        Truth::No => Outcome::Passed,
        Truth::Maybe => {
            reads.extend(guards);
            Outcome::Undecided(open(scope.stack(), scope.it(), &reads))
        }
        Truth::Yes => {
            let (message, shown) = rule.message.show(scope);
            reads.extend(shown);
            let mut said = Said::new(scope.stack(), scope.it());
            for (at, read) in reads.iter().enumerate() {
                if !reads[..at].iter().any(|it| it.of == read.of && it.field == read.field) {
                    said.read(read);
                }
            }
            // What a rule speaks of at all makes it more or less sure, and is no part of what is wrong.
            said.rest_on(&guards);
            for (_, expr) in &rule.lets {
                said.terms(scope.terms(expr));
            }
            said.finish(rule.label.as_ref().map(|label| label.show(scope).0));
            Outcome::Failed(Box::new(Finding {
                rule: rule.name.clone(),
                severity: severity(rule, scope),
                confidence: said.confidence.min(rule.confidence),
                message,
                anchor: scope.stack().about(scope.it()).anchor.clone(),
                labels: said.labels,
                notes: said.notes,
                fixes: Vec::new(),
                verify: rule.verify.as_ref().map_or_else(String::new, |verify| {
                    let text = verify.show(scope).0;
                    if scope.stack().in_pods { super::kubectl::instead(&text) } else { text }
                }),
            }))
        }
    })
}

/// The first whose condition surely holds, else the last.
fn severity(rule: &Rule, scope: &Scope<'_>) -> Severity {
    let surely = |(_, condition): &&(Severity, Option<_>)| {
        condition.as_ref().is_none_or(|it| scope.eval(it).is_ok_and(|seen| seen.truth() == Truth::Yes))
    };
    let chosen = rule.severity.iter().find(surely).or(rule.severity.last());
    chosen.map_or(Severity::Info, |(severity, _)| *severity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Confidence;
    use crate::source::FileId;
    use crate::stack::Fact;
    use crate::stack::vocabulary::{Client, Database, Process, RedisClient};

    const BUDGET: &str = "\
---
title: too many
severity: {error: most > room, medium: \"true\"}
for: database
let:
  most: \"sum(c in it.clients: c.replicas * c.processes * c.connections)\"
  room: it.max_connections - it.reserved_connections
when: most > 0.8 * room
message: \"the pools can open {most} connections; {it} has room for {room}\"
verify: fewer than {room}
---
";

    fn rules(page: &str) -> Rules {
        let mut rules = Rules::default();
        rules.load_user([("rules/stack/budget.md".to_owned(), page.to_owned())]).unwrap();
        rules
    }

    fn span(at: usize) -> Span {
        Span::new(FileId(0), at, at + 1)
    }

    fn stack(clients: &[(&str, Fact<u64>, u64)]) -> Stack {
        let mut stack = Stack::default();
        let mut database = Database {
            max_connections: Fact::default_of(100, "PostgreSQL", "max_connections", None),
            reserved_connections: Fact::default_of(3, "PostgreSQL", "reserved", None),
            ..Default::default()
        };
        database.about.name = "db".into();
        database.about.anchor = Anchor::new("compose.yaml", "services.db");
        for (at, (name, replicas, connections)) in clients.iter().enumerate() {
            let mut client = Client {
                replicas: replicas.clone(),
                processes: Fact::written(4, span(10 * at + 1)),
                connections: Fact::written(*connections, span(10 * at + 2)),
                ..Default::default()
            };
            client.about.name = (*name).into();
            database.clients.push(stack.add(client));
        }
        stack.add(database);
        stack
    }

    #[test]
    fn an_unknown_term_is_shown_and_does_not_silence_the_sum() {
        let unknown = Fact::unknown("scaled by hand");
        let stack = stack(&[("web", Fact::written(3, span(0)), 30), ("worker", unknown, 5)]);
        let checked = check(&rules(BUDGET), |_| true, &[stack]);
        let [failed] = checked.failed.as_slice() else { panic!("{checked:?}") };
        let finding = &failed.finding;
        assert_eq!(finding.message, "the pools can open at least 360 connections; `db` has room for 97");
        assert_eq!((finding.severity, finding.confidence), (Severity::Error, Confidence::High));
        let labels: Vec<_> = finding.labels.iter().map(|label| &*label.text).collect();
        assert_eq!(
            labels,
            [
                "`web`: 3 replicas",
                "`web`: 4 worker processes",
                "`web`: up to 30 connections a process",
                "`worker`: 4 worker processes",
                "`worker`: up to 5 connections a process",
            ]
        );
        assert_eq!(
            finding.notes,
            [
                "`replicas` of `worker` is unknown: scaled by hand",
                "accepts 100 connections, PostgreSQL's default",
                "3 of them kept for superusers, PostgreSQL's default",
                "`worker`: unknown × 4 × 5 = unknown",
                "`web`: 3 × 4 × 30 = 360",
            ]
        );
        assert_eq!(finding.verify, "fewer than 97");
        assert_eq!(checked.tallies, [("stack/budget".into(), Tally { failed: 1, ..Tally::default() })]);
    }

    #[test]
    fn severity_follows_the_case() {
        let stack = stack(&[("web", Fact::written(4, span(0)), 5)]);
        let checked = check(&rules(BUDGET), |_| true, &[stack]);
        assert_eq!(checked.failed[0].finding.severity, Severity::Medium);
    }

    #[test]
    fn what_is_open_is_undecided_and_says_why() {
        let stack = stack(&[("web", Fact::unknown("scaled by hand"), 5)]);
        let checked = check(&rules(BUDGET), |_| true, &[stack]);
        assert_eq!(checked.failed.len(), 0);
        let reasons: Vec<&str> = checked.undecided[0].reasons.iter().map(|it| &**it).collect();
        assert_eq!(reasons, ["`replicas` of `web` is unknown: scaled by hand"]);
    }

    #[test]
    fn what_stacks_share_is_said_once() {
        let one = || stack(&[("web", Fact::written(9, span(0)), 5)]);
        let checked = check(&rules(BUDGET), |_| true, &[one(), one()]);
        assert_eq!(checked.failed.len(), 1);
        assert_eq!(checked.tallies[0].1.failed, 2);
    }

    #[test]
    fn what_several_services_see_of_one_setting_is_said_once() {
        let page = BUDGET.replace("for: database", "for: redis_client");
        let page =
            page.replace("most: \"sum(c in it.clients: c.replicas * c.processes * c.connections)\"", "most: it.slots");
        let page = page.replace("it.max_connections - it.reserved_connections", "it.max_connections");
        let page = page.replace("the pools can open {most} connections; {it} has", "{it.process} has");
        let mut stack = Stack::default();
        for (service, at) in [("web", 0), ("sockets", 0), ("worker", 7)] {
            let mut process = Process::default();
            process.about.name = service.into();
            let process = stack.add(process);
            let mut client = RedisClient { process: Some(process), ..Default::default() };
            client.about.anchor = Anchor::new("settings.py", format!("CACHES.default@{service}"));
            client.about.name = "default".into();
            client.max_connections = Fact::written(5, span(at));
            client.slots = Fact::derived(50, vec![span(at), span(100 + service.len())]);
            stack.add(client);
        }
        let checked = check(&rules(&page), |_| true, &[stack]);
        let said: Vec<_> = checked.failed.iter().map(|it| (&*it.finding.message, it.shared.len())).collect();
        assert_eq!(said, [("`web` has room for 5 (also `sockets`)", 1), ("`worker` has room for 5", 0)]);
        assert_eq!(checked.failed[0].finding.labels.len(), 3);
    }

    #[test]
    fn absent_fields_and_guards_do_not_apply() {
        let page = BUDGET.replace("when: most", "applies: count(it.clients) > 0\nwhen: most");
        let checked = check(&rules(&page), |_| true, &[stack(&[])]);
        assert_eq!(checked.tallies[0].1.not_applicable, 1);
        let page = BUDGET.replace("most > 0.8 * room", "most > it.memory");
        let checked = check(&rules(&page), |_| true, &[stack(&[("web", Fact::written(1, span(0)), 1)])]);
        assert_eq!(checked.tallies[0].1.not_applicable, 1);
    }

    #[test]
    fn what_is_not_selected_is_not_there() {
        let checked = check(&rules(BUDGET), |name| name != "stack/budget", &[stack(&[])]);
        assert!(checked.tallies.is_empty());
    }
}
