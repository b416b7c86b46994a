//! Fixes out of a rule's page and the places its entity offers.

use crate::rule::Rules;
use crate::rule::expr::{Absent, Expr, Scope};
use crate::rule::page::{Change, Remedy};
use crate::rule::{Failed, Rule, told_of};
use crate::source::{Applicability, Edit, Fix};
use crate::stack::{EntityId, Field, Slot, Stack, Truth, Writer};

/// Gives each finding the fixes that its rule's page names and its stack has a place for, in the page's order. `stacks`
/// are those that were checked.
pub fn propose(rules: &Rules, stacks: &[Stack], failed: &mut [Failed]) {
    for failed in failed {
        let (Some(rule), Some(stack)) = (rules.get(&failed.finding.rule), stacks.get(failed.stack)) else { continue };
        failed.finding.fixes = fixes(rule, stack, failed.entity, &failed.shared);
    }
}

/// The fixes of an entity. Where other services share the setting, each makes its own changes, too, or the finding stays.
fn fixes(rule: &Rule, stack: &Stack, entity: EntityId, shared: &[EntityId]) -> Vec<Fix> {
    let of = |remedy: &Remedy, entity| fix(remedy, &Scope::new(stack, entity, &rule.lets)).ok().flatten();
    let all = |remedy: &Remedy| {
        let each = |&entity: &EntityId| Some((told_of(stack, entity).0, of(remedy, entity)?));
        std::iter::once(&entity).chain(shared).map(each).collect::<Option<Vec<_>>>().and_then(together)
    };
    rule.fixes.iter().filter_map(all).collect()
}

/// The fixes of several services as one. Where their figures differ, it says whose is which.
fn together(each: Vec<(Box<str>, Fix)>) -> Option<Fix> {
    let (_, first) = each.first()?;
    let same = each.iter().all(|(_, fix)| fix.title == first.title);
    let titles = each.iter().map(|(name, fix)| format!("`{name}`: {}", fix.title));
    let title = if same { first.title.clone() } else { titles.collect::<Vec<_>>().join("; ") };
    let applicability = each.iter().map(|(_, fix)| fix.applicability).min()?;
    Some(Fix::new(title, applicability, each.iter().flat_map(|(_, fix)| fix.edits()).cloned().collect()))
}

/// The fix of a remedy; none when its condition does not surely hold, a value is not known exactly, or there is no
/// place to write.
fn fix(remedy: &Remedy, scope: &Scope<'_>) -> Result<Option<Fix>, Absent> {
    if let Some(condition) = &remedy.condition
        && scope.eval(condition)?.truth() != Truth::Yes
    {
        return Ok(None);
    }
    let mut title = remedy.title.show(scope).0;
    let mut applicability = remedy.applicability;
    let mut edits = Vec::new();
    for change in &remedy.changes {
        match change {
            Change::Set { field, to } => {
                let Some(value) = to.write(scope)? else { return Ok(None) };
                let Some(slot) = slot(field, scope)? else { return Ok(None) };
                edits.push(Edit::replace(slot.span, format!("{}{value}{}", slot.before, slot.after)));
            }
            Change::Write { entity, writer, with } => {
                let Some((of, _)) = scope.place(entity)? else { return Ok(None) };
                let writers = &scope.stack().about(of).writers;
                let Some(writer) = writers.iter().find(|it| it.name == *writer) else { return Ok(None) };
                let mut arguments = Vec::new();
                for (name, value) in with {
                    let Some(value) = value.write(scope)? else { return Ok(None) };
                    arguments.push((&**name, value));
                }
                let Some(written) = write(writer, &arguments) else { return Ok(None) };
                edits.extend(written);
                if let Some(reason) = &writer.display_only {
                    applicability = Applicability::Display;
                    title = format!("{title} ({reason})");
                }
            }
        }
    }
    Ok(Some(Fix::new(title, applicability, edits)))
}

/// The strongest place where a field can be written without reaching another service than the judged one.
fn slot(field: &Expr, scope: &Scope<'_>) -> Result<Option<Slot>, Absent> {
    let Some((of, Some(place))) = scope.place(field)? else { return Ok(None) };
    let Field::Fact(fact) = scope.stack().field(of, place) else { return Ok(None) };
    let owners = [scope.it(), of].map(|entity| scope.stack().about(entity).owner.as_deref());
    let own = |service: &str| owners.contains(&Some(service));
    Ok(fact.slots().iter().find(|slot| slot.reaches.iter().all(|service| own(service))).cloned())
}

/// The edits of a writer with its arguments filled in; [`None`] when one that it needs is not given.
fn write(writer: &Writer, arguments: &[(&str, String)]) -> Option<Vec<Edit>> {
    writer.edits.iter().map(|(span, text)| Some(Edit::replace(*span, fill(text, arguments)?))).collect()
}

/// Puts the arguments in the place of `{name}`. Other braces are the language's own, and so is `${name}`.
fn fill(text: &str, arguments: &[(&str, String)]) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(brace) = rest.find('{') {
        let (before, behind) = rest.split_at(brace);
        out.push_str(before);
        let inside = &behind[1..];
        let len = inside.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(inside.len());
        let names = len > 0 && inside[len..].starts_with('}') && !before.ends_with('$');
        if names {
            let (_, value) = arguments.iter().find(|(name, _)| *name == &inside[..len])?;
            out.push_str(value);
            rest = &inside[len + 1..];
        } else {
            out.push('{');
            rest = inside;
        }
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::check;
    use crate::source::{FileId, Span};
    use crate::stack::Fact;
    use crate::stack::vocabulary::Process;

    const PAGE: &str = "\
---
title: t
severity: low
for: process
let:
  wanted: it.cpus * 1000
when: it.processes > 0
message: m
fix:
  - title: run {wanted} workers
    applicability: unsafe
    set: it.processes
    to: \"{wanted}\"
  - title: add a block
    applicability: safe
    if: it.processes > 1
    write: it.block
    with: {size: \"{it.processes}\"}
---
";

    fn span(start: usize, end: usize) -> Span {
        Span::new(FileId(0), start, end)
    }

    fn proposed(process: Process) -> Vec<Fix> {
        let mut rules = Rules::default();
        rules.load_user([("rules/a/b.md".to_owned(), PAGE.to_owned())]).unwrap();
        let mut stack = Stack::default();
        stack.add(process);
        let stacks = [stack];
        let mut checked = check(&rules, |_| true, &stacks);
        propose(&rules, &stacks, &mut checked.failed);
        checked.failed.remove(0).finding.fixes
    }

    fn process(slots: Vec<Slot>) -> Process {
        let mut process = Process {
            processes: Fact::derived(3, vec![span(0, 1)]).with_slots(slots),
            cpus: Fact::derived(4.0, vec![]),
            ..Default::default()
        };
        process.about.owner = Some("web".into());
        process
    }

    #[test]
    fn the_strongest_slot_that_reaches_only_the_judged_service_is_taken() {
        let shared = Slot { reaches: vec!["web".into(), "worker".into()], ..Slot::replace(span(0, 1)) };
        let own = Slot { reaches: vec!["web".into()], ..Slot::insert(span(9, 9), ", \"--workers=", "\"") };
        let fixes = proposed(process(vec![shared.clone(), own]));
        assert_eq!(fixes[0].title, "run 4,000 workers");
        assert_eq!(fixes[0].edits(), [Edit::replace(span(9, 9), ", \"--workers=4000\"")]);
        assert_eq!(proposed(process(vec![shared])), []);
    }

    #[test]
    fn services_that_share_a_setting_each_make_their_change() {
        let fix = |title: &str, at| Fix::new(title, Applicability::Safe, vec![Edit::replace(span(at, at), "x")]);
        let both = |a, b| together(vec![("web".into(), fix(a, 1)), ("sockets".into(), fix(b, 2))]).unwrap();
        assert_eq!((both("a", "a").title.as_str(), both("a", "a").edits().len()), ("a", 2));
        assert_eq!(both("run 4", "run 2").title, "`web`: run 4; `sockets`: run 2");
    }

    #[test]
    fn a_writer_is_called_by_its_name() {
        let mut process = process(Vec::new());
        process.about.writers = vec![Writer {
            name: "block".into(),
            edits: vec![(span(5, 5), "pool { size {size}; ${size} }".into())],
            display_only: Some("the lock file pins it: run pip-compile".into()),
        }];
        let fixes = proposed(process);
        assert_eq!(fixes[0].edits(), [Edit::replace(span(5, 5), "pool { size 3; ${size} }")]);
        assert_eq!(fixes[0].applicability, Applicability::Display);
        assert_eq!(fixes[0].title, "add a block (the lock file pins it: run pip-compile)");
    }

    #[test]
    fn what_is_not_known_is_not_written() {
        let mut unknown = process(vec![Slot::replace(span(0, 1))]);
        unknown.cpus = Fact::unknown("no limit is set");
        assert_eq!(proposed(unknown), []);
        assert_eq!(fill("{size}", &[]), None);
        assert_eq!(fill("a { b } {} {A} {", &[]).as_deref(), Some("a { b } {} {A} {"));
    }
}
