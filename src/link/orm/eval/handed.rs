//! Rows that are handed to what goes through them, or puts them into words: `found.extend(rows)`, `log.info("%s", row)`.

use std::rc::Rc;

use super::super::types::Type;
use super::{Args, Eval};
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::stack::vocabulary::Orm;

/// Methods of lists, sets and texts that go through what they are given.
const GO_THROUGH: &[&str] = &[
    "extend",
    "extendleft",
    "update",
    "join",
    "union",
    "intersection",
    "difference",
    "symmetric_difference",
    "difference_update",
    "intersection_update",
    "issubset",
    "issuperset",
    "isdisjoint",
    "writerows",
];
/// The last words of what loggers are called.
const LOGGERS: &[&str] = &["log", "logger", "logging"];
/// Methods of loggers that are heard in production.
const HEARD: &[&str] = &["info", "warning", "warn", "error", "exception", "critical"];

impl Eval<'_> {
    /// Rows that a method is given which is no mapper's.
    pub(super) fn handed_rows(&mut self, base: &Type, name: &str, args: &Args<'_>, id: NodeId) {
        let plain = matches!(
            base,
            Type::Unknown
                | Type::Nothing
                | Type::List(..)
                | Type::Tuple(_)
                | Type::Text(_)
                | Type::Op(..)
                | Type::Dict(..)
        );
        if !plain {
            return;
        }
        if GO_THROUGH.contains(&name) {
            let scope = self.frame().flow.node(id).scope;
            for node in args.positional {
                if let rows @ Type::Set(_) = self.type_of(*node) {
                    self.consume(&rows, *node, scope);
                }
            }
        } else if HEARD.contains(&name) && self.is_logger(id) {
            for node in args.positional.iter().skip(1) {
                self.text_of(&self.type_of(*node), id);
            }
        } else if matches!(name, "writerow" | "writestr") {
            for node in args.positional {
                match self.type_of(*node) {
                    Type::Tuple(cells) => cells.iter().for_each(|cell| self.text_of(cell, id)),
                    Type::Record(cells) => cells.iter().for_each(|(_, cell, _)| self.text_of(cell, id)),
                    _ => {}
                }
            }
        }
    }

    /// A value is put into words: a row says them by its model's `__str__`, or its `__repr__`.
    pub(in crate::link::orm) fn text_of(&mut self, of: &Type, id: NodeId) {
        let Type::Row(row) = of else { return };
        // Django's models have a `__str__` all the same.
        let plain = self.models.get(row.model).is_some_and(|it| it.orm == Orm::Sqlalchemy);
        let said = self.names.method(row.model, "__str__", None);
        if let Some(method) = said.or_else(|| self.names.method(row.model, "__repr__", None).filter(|_| plain)) {
            self.enter(method, Rc::new(of.clone()), &Args::NONE, id);
        }
    }

    /// Whether a call is of a method of what is named as loggers are.
    fn is_logger(&self, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return false };
        let NodeKind::Attr { of, variable, .. } = &flow.node(func).kind else { return false };
        let named = variable.as_deref().map(str::to_owned).or_else(|| flow.dotted(*of));
        named.is_some_and(|name| {
            let last = last_of(&name).trim_start_matches('_').to_lowercase();
            last.rsplit('_').next().is_some_and(|it| LOGGERS.contains(&it))
        })
    }
}
