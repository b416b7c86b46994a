//! Actions of Django's admin: what is done to the rows that are ticked in a list.

use std::rc::Rc;

use super::eval::Eval;
use super::names::{ClassId, Def, FunctionId};
use super::types::{Set, Type};
use crate::facts::orm::flow::NodeKind;

/// Runs the actions of an admin class over the rows of its list, with all that the list has loaded
/// (`ModelAdmin.response_action` takes them from `ChangeList.get_queryset`, Django 5.2).
pub(super) fn run(eval: &mut Eval<'_>, admin: ClassId, listed: &Rc<Set>) {
    for action in actions(eval, admin) {
        let function = eval.names.function(action);
        // Itself or the admin, the request, the rows.
        let Some(rows) = function.params.get(2).map(|_| function.flow.node(2).span) else { continue };
        let set = Set { sites: Vec::new(), narrowed: true, span: rows, ..(**listed).clone() };
        eval.rooted(action, vec![Type::Instance(admin), Type::Request, Type::Set(Rc::new(set))], Vec::new());
    }
}

/// The functions and methods that an admin class lists: `actions = [close, "send"]`.
fn actions(eval: &Eval<'_>, admin: ClassId) -> Vec<FunctionId> {
    let Some((at, place)) = eval.names.attribute(admin, "actions") else { return Vec::new() };
    let draft = eval.names.class(at);
    let value = draft.attributes.get(place).and_then(|it| it.value);
    let Some(NodeKind::List(items)) = value.map(|it| &draft.body.node(it).kind) else { return Vec::new() };
    let function = |name: &str| match eval.names.resolve_dotted(at.draft, name) {
        Some(Def::Function(function)) => Some(function),
        _ => None,
    };
    let action = |item| {
        let name: Box<str> =
            draft.body.text(item).map(Into::into).or_else(|| draft.body.dotted(item).map(Into::into))?;
        eval.names.method(admin, &name, None).or_else(|| function(&name))
    };
    items.iter().filter_map(|item| action(*item)).collect()
}
