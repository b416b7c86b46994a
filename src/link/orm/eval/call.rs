//! Calls: of functions and methods of the repository, which are followed, and of all others, which are known by name.

use std::rc::Rc;

use super::super::names::{Def, FunctionId};
use super::super::types::Type;
use super::super::{builtins, listings, sqlalchemy, templates};
use super::sites::carried;
use super::{Args, Eval};
use crate::facts::orm::flow::{NodeId, NodeKind};

impl Eval<'_> {
    /// Calls a value.
    pub(in crate::link::orm) fn call(&mut self, func: &Type, args: &Args<'_>, id: NodeId) -> Type {
        if args.all().any(|node| matches!(self.frame().types.get(node as usize), Some(Type::Loader(_)))) {
            sqlalchemy::handed(self, args);
        }
        match func {
            Type::Def(Def::Function(function)) if !self.follows(*function) => Type::Unknown,
            Type::Def(Def::Function(function)) => {
                let decorated = !self.names.function(*function).decorators.is_empty();
                if decorated && let Some(returned) = self.call_wrapper(*function, args, id) {
                    return returned;
                }
                let context = self.takes_context(*function).then(|| Rc::new(self.type_of(0)));
                let given = self.given(context.as_ref(), *function, args);
                let returned = self.follow(*function, given, id);
                self.included(*function, &returned, id);
                self.narrowed_by_filter(args, &returned);
                returned
            }
            Type::Method(function, this) => {
                if let Some(serializer) = self.serializer_class(*function, this) {
                    return serializer;
                }
                let on = self.without_site(*function, this);
                self.behind.clear();
                let returned = self.enter(*function, on, args, id);
                self.left_on(id);
                carried(this, returned)
            }
            Type::Def(Def::Class(class)) => self.make(*class, args, id),
            Type::Def(Def::External(name)) => builtins::call(self, name, args, id),
            Type::Op(base, name) => self.operate(base, name, args, id),
            Type::Each(all) => {
                let told = self.events.len();
                let given = Type::either(all.iter().map(|one| self.call(one, args, id)).collect());
                if self.is_by_a_key(id) {
                    self.events.iter_mut().skip(told).for_each(|event| event.conditional = true);
                }
                given
            }
            // `self(row)`
            Type::Instance(class) | Type::Made(class, _) => match self.names.method(*class, "__call__", None) {
                Some(method) => self.enter(method, Rc::new(func.clone()), args, id),
                None => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }

    /// Whether a call is of one of several functions, which a key picks, and not of each in turn.
    fn is_by_a_key(&self, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return false };
        match flow.node(func).kind {
            NodeKind::Item { of, .. } => !matches!(flow.node(of).kind, NodeKind::Row(_)),
            NodeKind::Call { .. } | NodeKind::Either(_) => true,
            _ => false,
        }
    }

    /// What a view's own `get_serializer_class` gives for its list.
    fn serializer_class(&mut self, function: FunctionId, this: &Type) -> Option<Type> {
        let Type::Instance(view) = this else { return None };
        if &*self.names.function(function).name != "get_serializer_class" {
            return None;
        }
        listings::serializer(self, *view).map(|(it, _)| Type::Def(Def::Class(it)))
    }

    /// The template that a tag fills with what its function gives.
    fn included(&mut self, function: FunctionId, context: &Type, id: NodeId) {
        if !self.in_template() || !matches!(context, Type::Record(_)) {
            return;
        }
        let it = self.names.function(function);
        if let Some(name) = it.answer.and_then(|answer| it.flow.text(answer)) {
            templates::run(self, name, context.clone(), id);
        }
    }

    /// `{{ thread.messages.all|newest }}`: a filter of a template that asks the queryset for more gives another one.
    fn narrowed_by_filter(&mut self, args: &Args<'_>, returned: &Type) {
        let [of] = args.positional else { return };
        let anew = matches!(self.frame().flow.node(*of).kind, NodeKind::Auto(_) | NodeKind::Attr { .. });
        if let Type::Set(set) = returned
            && anew
            && self.in_template()
            && !set.is_plain()
            && matches!(self.type_of(*of), Type::Set(it) if it.model == set.model)
        {
            self.replace(*of, returned.clone());
        }
    }

    /// Whether a template calls a tag that takes the context before all else.
    fn takes_context(&self, function: FunctionId) -> bool {
        self.in_template() && templates::takes_context(self.names, function)
    }

    /// What a name is bound to on a value that is no code of the repository's.
    pub(in crate::link::orm) fn op(&mut self, base: &Type, name: &str) -> Type {
        self.bound(Rc::new(base.clone()), name)
    }

    pub(super) fn bound(&mut self, base: Rc<Type>, name: &str) -> Type {
        Type::Op(base, self.word(name))
    }
}
