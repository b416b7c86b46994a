//! Instances of classes that are made: serializers that are given rows, tables, models, managers, filters.

use std::rc::Rc;

use super::super::names::{ClassId, Def};
use super::super::types::{Row, Set, Type};
use super::super::{columns, context, django, serializers, validated};
use super::need::uses;
use super::{Args, Eval};
use crate::facts::orm::flow::{NodeId, NodeKind};

impl Eval<'_> {
    /// An instance of a class.
    pub(super) fn make(&mut self, class: ClassId, args: &Args<'_>, id: NodeId) -> Type {
        let many = args.keyword("many").is_some_and(|node| self.frame().flow.flag(node) == Some(true));
        if many && args.keyword("data").is_some() && serializers::is_serializer(self, class) {
            let (unit, span) = (self.frame().unit, self.frame().flow.node(id).span);
            validated::each(self, unit, class, span);
        }
        if serializers::is_serializer(self, class) && !self.only_takes_data(args, id) {
            let rows = args.positional.first().copied().or_else(|| args.keyword("instance"));
            let given = rows.map(|node| self.type_of(node)).unwrap_or_default();
            let given = match given {
                Type::Manager(_) if many => django::operate(self, &given, "all", &Args::NONE, id),
                other => other,
            };
            let context = context::of_call(self, args);
            match given {
                // Nothing hangs on what was made just now.
                Type::Row(_) if !many && rows.is_some_and(|node| self.is_childless(node, id)) => {}
                Type::Row(row) if !many => {
                    let looped = row.turn.is_some() && !row.alone;
                    self.with_context(context, |it| match looped {
                        true => serializers::serialize_one(it, &row, class, id),
                        false => serializers::serialize_alone(it, &row, class, id),
                    });
                }
                all if many => {
                    if let Some(set) = all.all_rows() {
                        let node = self.frame().flow.node(id);
                        let (unit, span, scope) = (self.frame().unit, node.span, node.scope);
                        self.consume(&all, id, scope);
                        self.with_context(context, |it| serializers::serialize(it, unit, &set, class, span));
                    }
                }
                _ => {}
            }
        }
        if columns::is_table(self, class) {
            let rows = args.positional.first().copied().or_else(|| args.keyword("data"));
            if let Some(set) = rows.and_then(|node| self.type_of(node).all_rows()) {
                let (unit, span) = (self.frame().unit, self.frame().flow.node(id).span);
                columns::table(self, unit, &set, class, span);
            }
        }
        if self.models.get(class).is_some() {
            let unit = self.frame().unit;
            self.made.insert((class, unit));
            return Type::Row(Rc::new(Row { fresh: true, ..Row::of(class) }));
        }
        if django::is_manager(self.names, class) {
            let model = args.positional.first().copied().or_else(|| args.keyword("model"));
            return match model.map(|node| self.type_of(node)) {
                Some(Type::Def(Def::Class(model))) if self.models.get(model).is_some() => Type::Set(Rc::new(Set {
                    classes: Rc::from([class]),
                    ..Set::all(model, self.frame().flow.node(0).span)
                })),
                _ => Type::Unknown,
            };
        }
        self.filtered(class, args, id).unwrap_or_else(|| self.instance(class, args, id))
    }

    /// Whether a serializer that is given data is asked for none: it validates and saves, and represents nothing.
    fn only_takes_data(&self, args: &Args<'_>, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let given = args.keyword("data").is_some() || args.positional.len() > 1;
        let is_plain = |kind: &NodeKind| match kind {
            NodeKind::Attr { name, .. } => !matches!(&**name, "data" | "to_representation"),
            // `serializer.validated_data["owner"] = …` stores in what is read of it.
            NodeKind::Store { of, value, .. } => *of == id && *value != id,
            _ => false,
        };
        let mut used = flow.nodes.iter().filter(|node| uses(&node.kind, id)).peekable();
        given && used.peek().is_some() && !flow.returns.contains(&id) && used.all(|node| is_plain(&node.kind))
    }

    /// `BookFilter(request.GET, queryset=books)`, unless it has a way of its own.
    fn filtered(&mut self, class: ClassId, args: &Args<'_>, id: NodeId) -> Option<Type> {
        let is_filter = self.names.lineage(class).external.iter().any(|base| base.ends_with("FilterSet"));
        if !is_filter || self.names.method(class, "qs", None).is_some() {
            return None;
        }
        match self.type_of(args.keyword("queryset").or(args.positional.get(1).copied())?) {
            Type::Set(set) => Some(Type::Filtered(set)),
            Type::Manager(manager) => django::start(self, &manager, id).map(|set| Type::Filtered(Rc::new(set))),
            _ => None,
        }
    }
}
