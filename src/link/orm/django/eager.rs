//! What querysets are told to load with their rows: `select_related`, `prefetch_related`, `Prefetch`.

use std::rc::Rc;

use super::super::eval::{Args, Eval};
use super::super::types::{Loads, Set, Type};
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::source::Span;

/// `select_related(...)`, `prefetch_related(...)`: what they load.
pub(super) fn eager(eval: &Eval<'_>, set: &mut Set, name: &str, args: &Args<'_>, id: NodeId) {
    if args.open && !args.positional.is_empty() && args.keywords.is_empty() {
        match spread(eval, args, |it| matches!(it, Type::Text(_) | Type::Prefetch(..))) {
            Some(paths) => paths.iter().for_each(|path| load(&mut set.loads, path)),
            None => set.loads.open = true,
        }
        // What is added behind a list that stands elsewhere is added for whoever else has that.
        for site in &mut set.sites {
            site.bars_one |= name == "select_related";
            site.bars_many |= name != "select_related";
        }
        return;
    }
    if args.open || !args.keywords.is_empty() {
        set.loads.open = true;
        return;
    }
    if args.positional.is_empty() && name == "select_related" {
        for path in eval.models.joined_unasked(eval.names, set.model) {
            if set.loads.paths.insert(path.clone()) {
                set.loads.unasked.insert(path);
            }
        }
        // Names behind it would take it back.
        for site in &mut set.sites {
            site.bars_one = true;
        }
        return;
    }
    if name == "select_related" {
        for path in std::mem::take(&mut set.loads.unasked) {
            set.loads.paths.remove(&path);
        }
    }
    for node in args.positional {
        load(&mut set.loads, &eval.type_of(*node));
    }
    set.clauses.extend(args.positional.first().map(|first| eval.frame().flow.node(*first).span));
    let Some(last) = args.positional.last() else { return };
    let last = eval.frame().flow.node(*last).span;
    let call = eval.frame().flow.node(id).span;
    if last.file != call.file || last.start < call.start || last.end > call.end {
        // What a variable holds was written elsewhere, and a path below a `Prefetch` must stand behind it.
        for site in &mut set.sites {
            match name {
                "select_related" => site.bars_one = true,
                _ => site.bars_many = true,
            }
        }
        return;
    }
    let behind = Some(Span::at(last.file, last.end as usize));
    let unit = eval.frame().unit;
    for site in set.sites.iter_mut().filter(|site| site.unit == unit) {
        match name {
            "select_related" => site.one = behind,
            _ => site.many = behind,
        }
    }
}

/// What one argument loads.
fn load(loads: &mut Loads, path: &Type) {
    match path {
        Type::Text(path) => {
            loads.unasked.remove(&**path);
            loads.paths.insert(path.to_string());
        }
        Type::Prefetch(path, nested) => load_prefetch(loads, path.as_deref(), nested),
        // `select_related(None)` takes all of them back.
        Type::Nothing | Type::Void(_) => *loads = Loads::default(),
        _ => loads.open = true,
    }
}

/// The arguments of `select_related(*self.select_related)`, where the class writes out the list of what is known, and nothing
/// is put in its place.
pub(in crate::link::orm) fn spread(
    eval: &Eval<'_>,
    args: &Args<'_>,
    is_known: impl Fn(&Type) -> bool,
) -> Option<Vec<Type>> {
    /// Longer lists are not known to their end.
    const MOST: usize = 32;
    let flow = eval.frame().flow;
    let mut all = Vec::new();
    for node in args.positional {
        let NodeKind::Mix(inner) = &flow.node(*node).kind else {
            all.push(eval.type_of(*node));
            continue;
        };
        let [of] = inner.as_slice() else { return None };
        if matches!(&flow.node(*of).kind, NodeKind::Attr { name, .. } if eval.names.stores.puts(name)) {
            return None;
        }
        match eval.type_of(*of) {
            Type::Tuple(parts) if parts.len() < MOST => all.extend(parts.iter().cloned()),
            Type::Nothing | Type::Void(_) => {}
            _ => return None,
        }
    }
    all.iter().all(is_known).then_some(all)
}

fn load_prefetch(loads: &mut Loads, path: Option<&str>, nested: &Loads) {
    let Some(path) = path else {
        loads.brought.extend(nested.brought.iter().cloned());
        return;
    };
    loads.brought.extend(nested.brought.iter().map(|it| format!("{path}__{it}")));
    loads.paths.insert(path.to_owned());
    loads.paths.extend(nested.paths.iter().map(|it| format!("{path}__{it}")));
    // What is loaded beyond may not be known; then all below the path counts as loaded.
    loads.beyond.extend(nested.beyond.iter().map(|it| format!("{path}__{it}")));
    if nested.open {
        loads.beyond.insert(path.to_owned());
    }
}

/// `Prefetch("path", queryset=…, to_attr=…)`
pub(in crate::link::orm) fn prefetch_object(eval: &Eval<'_>, args: &Args<'_>) -> Type {
    let lookup = args.positional.first().copied().or_else(|| args.keyword("lookup"));
    let Some(Type::Text(path)) = lookup.map(|node| eval.type_of(node)) else { return Type::Unknown };
    let to_attr = args.positional.get(2).copied().or_else(|| args.keyword("to_attr"));
    let queryset = args.positional.get(1).copied().or_else(|| args.keyword("queryset"));
    let loads = match queryset.map(|node| eval.type_of(node)) {
        None => Loads::default(),
        Some(Type::Set(set)) => set.loads.clone(),
        Some(_) => Loads { open: true, ..Loads::default() },
    };
    let Some(to_attr) = to_attr else { return Type::Prefetch(Some(path), Rc::new(loads)) };
    let mut aside = Loads::default();
    if let Type::Text(name) = eval.type_of(to_attr) {
        let before = path.rsplit_once("__").map_or(String::new(), |(before, _)| format!("{before}__"));
        aside.brought.insert(format!("{before}{name}"));
    }
    Type::Prefetch(None, Rc::new(aside))
}
