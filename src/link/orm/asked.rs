//! What a queryset of Django's is asked: the conditions that its rows meet, the order in which they come, what it was told
//! to load and to leave out.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::lookups;
use super::types::{Set, Type, Unit};
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::source::Span;

/// What a queryset is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    /// What its rows meet, of all branches that make it.
    pub(super) conditions: Vec<Condition>,
    /// The fields that it is sorted by.
    pub(super) order: Option<Order>,
    /// What it is surely told to prefetch, with the calls that say so; no path for what is put aside.
    pub(super) prefetched: Vec<(Box<str>, Span)>,
    /// The call of `only` or `defer` that surely stands before.
    pub(super) left_out: Option<LeftOut>,
    /// Lists that it joins (SQLAlchemy), with the calls that say so.
    pub(super) joined: Vec<(Box<str>, Span)>,
    /// What it surely counts for each row: the relation, and the name that it puts the number under.
    pub(super) counts: Vec<(Box<str>, Box<str>)>,
    /// The one field by which it leaves doubles out, `distinct("author")`; no name for what it gives as a whole.
    pub(super) distinct: Option<Box<str>>,
    /// The one column that it gives in place of rows: `values_list("author")`.
    pub(super) column: Option<Box<str>>,
    /// Whether its rows are not kept: `iterator()`.
    pub(super) streamed: bool,
    /// Whether it may be asked more than is read.
    pub(super) open: bool,
    /// What all its rows have, whichever branch made it.
    pub(super) sure: Vec<(Box<str>, Meets)>,
}

/// What a field is in all rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meets {
    Null,
    NotNull,
    Flag(bool),
    Text(Box<str>),
    /// Anything but this.
    Not(Box<str>),
}

/// What a queryset is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    pub(super) fields: Vec<Box<str>>,
    /// The call that says so, and the code that has it.
    pub(super) at: Span,
    pub(super) call: (Unit, NodeId),
}

/// A call of `only` or `defer`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LeftOut {
    pub(super) at: Span,
    /// The place for one more field, with the quote that the file's texts have: of `only`.
    pub(super) more: Option<(Span, char)>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    /// The field, or the path to one: `author__name`.
    pub(super) field: Box<str>,
    /// How it is compared: `exact`, `icontains`.
    pub(super) lookup: Box<str>,
    /// The call that it stands in, and the code that has it.
    pub(super) at: Span,
    pub(super) call: (Unit, NodeId),
    /// Whether all rows meet it: not where it stands in `Q(…) | Q(…)`, or is excluded.
    pub(super) met: bool,
    /// Whether rows that meet it are left out, which helps to find no others.
    pub(super) excluded: bool,
    /// Whether it is compared with something that the code writes out, as a status is, or with what each row has.
    pub(super) constant: bool,
    /// Whether it is met by what is of one day.
    pub(super) of_day: bool,
}

/// Expressions nest so deep at most.
const MOST_DEPTH: u32 = 24;

/// What a call of a method adds to what the queryset is asked.
pub(super) fn put(eval: &Eval<'_>, set: &mut Set, name: &str, args: &Args<'_>, id: NodeId) {
    let span = eval.frame().flow.node(id).span;
    let none = args.positional.is_empty() && args.keywords.is_empty() && !args.open;
    match name {
        "filter" | "exclude" | "get" | "aget" | "get_or_create" | "aget_or_create" | "update_or_create"
        | "aupdate_or_create" | "get_object_or_404"
            if !none =>
        {
            let skip = usize::from(name == "get_object_or_404");
            let call = (eval.frame().unit, id);
            let excluded = name == "exclude";
            let mut found = Conditions { eval, at: span, call, excluded, found: Vec::new(), open: args.open };
            for (key, value) in
                args.keywords.iter().filter(|(key, _)| !matches!(&**key, "defaults" | "create_defaults"))
            {
                found.keyword(key, *value, !excluded);
            }
            for node in args.positional.iter().skip(skip) {
                found.expression(*node, !excluded, 0);
            }
            let sure = sure(eval, name, args);
            let asked = Rc::make_mut(&mut set.asked);
            asked.open |= found.open;
            asked.conditions.extend(found.found);
            asked.sure.extend(sure);
        }
        "order_by" | "latest" | "earliest" | "alatest" | "aearliest" => {
            let text = |node: &NodeId| match eval.type_of(*node) {
                Type::Text(field) => Some(Box::from(field.trim_start_matches(['-', '+']))),
                _ => None,
            };
            let fields: Option<Vec<Box<str>>> = args.positional.iter().map(text).collect();
            let order = fields.filter(|it| !it.is_empty() && !args.open).map(|fields| {
                let call = (eval.frame().unit, id);
                Order { fields, at: span, call }
            });
            if name == "order_by" || order.is_some() {
                Rc::make_mut(&mut set.asked).order = order;
            }
        }
        "prefetch_related" if !args.open => {
            let asked = Rc::make_mut(&mut set.asked);
            for node in args.positional {
                match eval.type_of(*node) {
                    Type::Text(path) => asked.prefetched.push(((*path).into(), span)),
                    Type::Prefetch(path, _) => asked.prefetched.push((path.as_deref().unwrap_or("").into(), span)),
                    // `prefetch_related(None)` takes all of them back.
                    Type::Nothing | Type::Void(_) => asked.prefetched.clear(),
                    _ => {}
                }
            }
        }
        "annotate" if !args.open => {
            let default = args.positional.iter().map(|node| (None, *node));
            let named = args.keywords.iter().map(|(name, node)| (Some(name.clone()), *node));
            for (name, node) in default.chain(named) {
                if let Some(path) = counted(eval, node) {
                    let name = name.unwrap_or_else(|| format!("{path}__count").into());
                    Rc::make_mut(&mut set.asked).counts.push((path, name));
                }
            }
        }
        "distinct" => {
            let first = args.positional.first().map(|node| eval.type_of(*node));
            match (first, args.positional.len()) {
                (Some(Type::Text(field)), 1) => Rc::make_mut(&mut set.asked).distinct = Some((*field).into()),
                (None, 0) if !args.open => Rc::make_mut(&mut set.asked).distinct = Some("".into()),
                _ => {}
            }
        }
        "values" | "values_list" => {
            let field = match args.positional {
                [one] if !args.open => match eval.type_of(*one) {
                    Type::Text(field) => Some((*field).into()),
                    _ => None,
                },
                _ => None,
            };
            Rc::make_mut(&mut set.asked).column = field;
        }
        "iterator" | "aiterator" => Rc::make_mut(&mut set.asked).streamed = true,
        "only" | "defer" if !none => {
            let last = args.positional.last().map(|node| eval.frame().flow.node(*node));
            let within = last.filter(|last| matches!(last.kind, NodeKind::Text(_)) && span.contains(last.span));
            let quote = eval.names.draft(eval.draft()).quote;
            let more =
                within.filter(|_| name == "only").map(|last| (Span::at(span.file, last.span.end as usize), quote));
            Rc::make_mut(&mut set.asked).left_out = Some(LeftOut { at: span, more });
        }
        "extra" | "complex_filter" | "raw" | "union" | "intersection" | "difference" => {
            Rc::make_mut(&mut set.asked).open = true;
        }
        _ => {}
    }
}

/// The relation of `Count("tags")`, which counts all that it leads to.
fn counted(eval: &Eval<'_>, node: NodeId) -> Option<Box<str>> {
    let flow = eval.frame().flow;
    let call = flow.call(node).filter(|call| call.keyword("filter").is_none())?;
    if flow.called(call)? != "Count" {
        return None;
    }
    match eval.type_of(*call.args.first()?) {
        Type::Text(path) => Some((*path).into()),
        _ => None,
    }
}

impl Asked {
    /// What is asked where either branch may have been taken.
    pub(super) fn join(self: &Rc<Self>, other: &Rc<Self>) -> Rc<Self> {
        if Rc::ptr_eq(self, other) || self == other {
            return self.clone();
        }
        let mut out = (**self).clone();
        for condition in &other.conditions {
            if !out.conditions.contains(condition) {
                out.conditions.push(condition.clone());
            }
        }
        out.order = out.order.filter(|order| other.order.as_ref() == Some(order));
        out.prefetched.retain(|(path, _)| other.prefetched.iter().any(|(it, _)| it == path));
        out.joined.retain(|(path, _)| other.joined.iter().any(|(it, _)| it == path));
        out.counts.retain(|it| other.counts.contains(it));
        out.distinct = out.distinct.or_else(|| other.distinct.clone());
        out.column = out.column.filter(|column| other.column.as_ref() == Some(column));
        out.streamed |= other.streamed;
        out.left_out = out.left_out.filter(|it| other.left_out.as_ref() == Some(it));
        out.open |= other.open;
        out.sure.retain(|it| other.sure.contains(it));
        Rc::new(out)
    }
}

/// What the keywords of a call say that a field is in all rows. Of several that are excluded together none need be so.
fn sure(eval: &Eval<'_>, name: &str, args: &Args<'_>) -> Vec<(Box<str>, Meets)> {
    let flow = eval.frame().flow;
    let excluded = name == "exclude";
    if excluded && args.keywords.len() + args.positional.len() != 1 {
        return Vec::new();
    }
    let meets = |(key, value): &(Box<str>, NodeId)| {
        let (field, lookup) = lookups::parted(key);
        let meets = match (lookup, &flow.node(*value).kind, excluded) {
            ("isnull", NodeKind::Flag(null), _) if *null != excluded => Meets::Null,
            ("isnull", NodeKind::Flag(_), _) | ("exact", NodeKind::Nothing, true) => Meets::NotNull,
            ("exact", NodeKind::Nothing, false) => Meets::Null,
            ("exact", NodeKind::Flag(flag), false) => Meets::Flag(*flag),
            ("exact", NodeKind::Text(text), false) => Meets::Text(text.clone()),
            ("exact", NodeKind::Text(text), true) => Meets::Not(text.clone()),
            _ => return None,
        };
        (!field.contains("__")).then(|| (field.into(), meets))
    };
    args.keywords.iter().filter_map(meets).collect()
}

/// Conditions of one call.
struct Conditions<'e, 'a> {
    eval: &'e Eval<'a>,
    at: Span,
    call: (Unit, NodeId),
    excluded: bool,
    found: Vec<Condition>,
    open: bool,
}

impl Conditions<'_, '_> {
    fn keyword(&mut self, key: &str, value: NodeId, met: bool) {
        if key == "**" {
            self.open = true;
            return;
        }
        let (field, lookup) = lookups::parted(key);
        let constant = self.is_constant(value);
        let of_day = matches!(lookup, "date" | "day") || lookup == "range" && self.eval.ends_with_day(value);
        self.found.push(Condition {
            of_day,
            field: field.into(),
            lookup: lookup.into(),
            at: self.at,
            call: self.call,
            met,
            excluded: self.excluded,
            constant,
        });
    }

    /// `Q(…)`, `Q(…) | Q(…)`, `~Q(…)`; of anything else nobody knows what it asks.
    fn expression(&mut self, node: NodeId, met: bool, depth: u32) {
        let flow = self.eval.frame().flow;
        if depth > MOST_DEPTH {
            self.open = true;
            return;
        }
        match &flow.node(node).kind {
            NodeKind::Call { func, args, keywords, open } => {
                let is_q = flow.dotted(*func).is_some_and(|name| name == "Q" || name.ends_with(".Q"));
                if !is_q || *open {
                    self.open = true;
                    return;
                }
                let met = met && !keywords.iter().any(|(key, _)| &**key == "_connector" || &**key == "_negated");
                for (key, value) in keywords.iter().filter(|(key, _)| !key.starts_with('_')) {
                    self.keyword(key, *value, met);
                }
                for node in args {
                    self.expression(*node, met, depth + 1);
                }
            }
            NodeKind::Mix(parts) | NodeKind::Either(parts) if !parts.is_empty() => {
                for part in parts {
                    self.expression(*part, false, depth + 1);
                }
            }
            _ => self.open = true,
        }
    }

    /// Whether a value is written out: a literal, or a name of a class: `Status.OPEN`; or an expression of the database's, as
    /// `F("other")` and a subquery are, which may differ from row to row.
    fn is_constant(&self, value: NodeId) -> bool {
        let flow = self.eval.frame().flow;
        match &flow.node(value).kind {
            NodeKind::Text(_) | NodeKind::Number(_) | NodeKind::Flag(_) | NodeKind::Nothing | NodeKind::Constant => {
                true
            }
            NodeKind::Name(_) => true,
            NodeKind::Attr { .. } => flow.dotted(value).is_some(),
            NodeKind::List(items) => items.iter().all(|item| self.is_constant(*item)),
            NodeKind::Call { func, .. } => {
                let name = flow.dotted(*func).unwrap_or_default();
                matches!(self.eval.type_of(value), Type::Set(_))
                    || matches!(
                        name.rsplit('.').next(),
                        Some("F" | "OuterRef" | "Subquery" | "Exists" | "Case" | "Func" | "Value" | "Concat" | "Cast")
                    )
            }
            _ => false,
        }
    }
}
