//! A flow, evaluated in one pass: what it returns, and what its values are.

use std::rc::Rc;

use super::super::types::{Size, Turn, Type, Unit, entry, field};
use super::super::uses::thrown;
use super::runs::Runs;
use super::settle::settle;
use super::{Eval, Frame};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, Scope};
use crate::source::Span;

impl<'a> Eval<'a> {
    /// Enters a flow: what it returns, and the types of its values.
    pub(super) fn run(
        &mut self,
        unit: Unit,
        flow: &'a Flow,
        args: Vec<(Type, Option<Turn>)>,
        call: (Span, Scope),
    ) -> (Type, Vec<Type>) {
        if self.frames.is_empty() {
            self.touched.clear();
            self.refreshed.clear();
        }
        let loaded = std::mem::take(&mut self.loaded_before);
        self.frames.push(Frame { loaded, ..Frame::new(unit, flow, args, call) });
        for id in 0..flow.nodes.len() {
            self.steps += 1;
            self.spent.0 += 1;
            let over = self.is_over();
            if over && let Some(outermost) = self.frames.first() {
                self.cut.insert(outermost.unit);
            }
            let vary = if over { None } else { self.varies(id as NodeId) };
            if let Some(frame) = self.frames.last_mut() {
                frame.vary.push(vary);
            }
            let runs = self.runs(id as NodeId);
            self.quiet += usize::from(runs == Runs::Unasked);
            self.unasked += usize::from(runs == Runs::Unasked);
            let once = self.kept_within(id as NodeId);
            self.once.extend(once);
            let kind = if over || runs == Runs::Never { Type::Unknown } else { self.value(id as NodeId).shallow() };
            if once.is_some() {
                self.once.pop();
            }
            self.met += usize::from(kind.is_of_mapper());
            self.quiet -= usize::from(runs == Runs::Unasked);
            self.unasked -= usize::from(runs == Runs::Unasked);
            if let Some(frame) = self.frames.last_mut() {
                frame.types.push(kind);
                if runs == Runs::Never {
                    frame.never.insert(id as NodeId);
                }
            }
        }
        self.thrown(flow);
        let generated = if self.is_opened(unit) { self.opened(flow) } else { self.generated(flow) };
        let Some(mut frame) = self.frames.pop() else { return (Type::Unknown, Vec::new()) };
        let depth = self.frames.len();
        // What it has loaded onto rows that it was given, they have from here on.
        if let Some(below) = self.frames.last_mut() {
            below.loaded.append(&mut frame.loaded);
        }
        if let Some(generated) = generated {
            return (settle(&generated, depth), frame.types);
        }
        let returned = flow.returns.iter().filter(|id| !frame.never.contains(id));
        let returned = returned.filter_map(|id| frame.types.get(*id as usize)).cloned().collect();
        (settle(&Type::either(returned), depth), frame.types)
    }

    /// Querysets that the present flow makes, and that nobody takes.
    fn thrown(&mut self, flow: &'a Flow) {
        for id in &flow.thrown {
            let NodeKind::Call { func, .. } = flow.node(*id).kind else { continue };
            // A method of the repository's own, of the same name, may do something.
            if let (Type::Op(..), Type::Set(set)) = (self.type_of(func), self.type_of(*id)) {
                thrown(self, &set, *id);
            }
        }
    }

    /// Whether a function is called by `with`.
    fn is_opened(&self, unit: Unit) -> bool {
        let Unit::Function(id) = unit else { return false };
        self.names.function(id).decorators.iter().any(|it| it.ends_with("contextmanager"))
    }

    /// What a function that is called by `with` hands to the block.
    fn opened(&self, flow: &Flow) -> Option<Type> {
        Some(Type::either(flow.yields.iter().map(|id| self.type_of(*id)).collect()))
    }

    /// What a generator gives, one thing in each turn of its own loops.
    fn generated(&self, flow: &Flow) -> Option<Type> {
        let looped = flow.yields.iter().filter(|id| flow.node(**id).scope != 0);
        let each: Vec<Type> = looped.clone().map(|id| self.type_of(*id)).collect();
        let size = looped.filter_map(|id| self.size_between(flow.node(*id).scope, 0)).reduce(Size::longer);
        (!each.is_empty()).then(|| Type::List(Rc::new(Type::either(each)), size))
    }

    fn varies(&self, id: NodeId) -> Option<Turn> {
        let flow = self.frame().flow;
        let of = |id: &NodeId| self.vary(*id);
        match &flow.node(id).kind {
            NodeKind::Param(at) => self.frame().args.get(*at as usize).and_then(|(_, vary)| *vary),
            NodeKind::Row(_) => Some(Turn { depth: self.depth(), scope: flow.node(id).scope }),
            NodeKind::Attr { of: value, name, .. } => match self.frame().types.get(*value as usize) {
                Some(Type::Made(_, fields)) => match field(fields, name) {
                    Some((.., vary)) => *vary,
                    None => of(value),
                },
                _ => of(value),
            },
            NodeKind::Slice { of: value, .. }
            | NodeKind::Await(value)
            | NodeKind::Test(value)
            | NodeKind::Format(value)
            | NodeKind::Through(value)
            | NodeKind::Auto(value)
            | NodeKind::Collect { element: value, .. } => of(value),
            NodeKind::Call { func, args, keywords, .. } => {
                let args = args.iter().chain(keywords.iter().map(|(_, node)| node)).filter_map(of).max();
                of(func).max(args)
            }
            NodeKind::Item { of: value, key } => match (&flow.node(*key).kind, self.frame().types.get(*value as usize))
            {
                (NodeKind::Text(name), Some(record @ Type::Record(_))) => {
                    let (_, known, vary) = entry(record, name)?;
                    // Each dict of a list has values of its own.
                    let of_list = matches!(flow.node(*value).kind, NodeKind::Row(_) | NodeKind::Item { .. });
                    let same = matches!(known, Type::Text(_) | Type::Flag(_) | Type::Def(_) | Type::Nothing);
                    vary.or_else(|| of(value).filter(|_| of_list && !same))
                }
                _ => of(value).max(of(key)),
            },
            NodeKind::Same(value, key) => of(value).max(of(key)),
            NodeKind::Store { value, .. } => of(value),
            NodeKind::List(all) | NodeKind::Either(all) | NodeKind::Mix(all) => all.iter().filter_map(of).max(),
            NodeKind::Dict(pairs) => pairs.iter().filter_map(|(key, value)| of(key).max(of(value))).max(),
            _ => None,
        }
    }
}
