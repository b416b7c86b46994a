//! Querysets of models that are not in the repository: `Notice.objects.filter(...)`. What they load is not known, that they
//! ask the database is.

use super::django;
use super::eval::{Args, Eval};
use super::events::Writing;
use super::keys;
use super::names::Def;
use super::types::Type;
use super::writes;
use crate::facts::orm::flow::{NodeId, NodeKind, Scope, last_of};
use crate::stack::vocabulary::Orm;

/// Names that Django gives managers.
const MANAGERS: &[&str] = &["objects", "_default_manager", "_base_manager"];

/// Whether an attribute is a manager, by its name.
pub(super) fn is_manager(name: &str) -> bool {
    MANAGERS.contains(&name)
}

/// The manager of a model that is not in the repository, read at a node: what is called as classes are, and has the name of
/// a manager.
pub(super) fn manager(eval: &Eval<'_>, of: &Type, name: &str, id: NodeId) -> Option<Type> {
    if !is_manager(name) || !eval.models.has_django() {
        return None;
    }
    let flow = eval.frame().flow;
    let NodeKind::Attr { of: node, variable, .. } = &flow.node(id).kind else { return None };
    let is_class = |name: &str| {
        let mut letters = name.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
    };
    let known = match of {
        Type::Def(Def::External(path)) => is_class(last_of(path)),
        Type::Unknown | Type::Op(..) => {
            let named = variable.as_deref().map(str::to_owned).or_else(|| flow.dotted(*node));
            // `Book.tags.through.objects`
            let is_table = matches!(&flow.node(*node).kind, NodeKind::Attr { name, .. } if &**name == "through");
            is_table || named.is_some_and(|named| is_class(last_of(&named)))
        }
        _ => false,
    };
    known.then_some(Type::Strange)
}

/// Calls a method of such a manager or queryset.
pub(super) fn operate(eval: &mut Eval<'_>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    let scope = eval.frame().flow.node(id).scope;
    match name {
        "filter" if is_of_few(eval, args) => Type::Unknown,
        _ if django::gives_more(name) => Type::Strange,
        "none" => Type::Nothing,
        _ if django::asks(name) => {
            let mut remedy = keys::batch(eval, None, id);
            if matches!(name, "count" | "acount") && !remedy.is_empty() {
                remedy.push_str(".values(...).annotate(Count(\"pk\"))");
            }
            eval.query(Orm::Django, id, scope, &remedy);
            Type::Unknown
        }
        "create" | "get_or_create" | "update_or_create" => {
            eval.touch(None, None, id);
            let node = eval.frame().flow.node(id);
            if name == "create" || eval.turns(node.span, node.scope, eval.vary(id)).is_some() {
                let remedy = writes::made(eval, None, name, args, id);
                eval.write(Orm::Django, id, Writing { own: None, ..Writing::unread(&remedy) });
            }
            if name == "create" { Type::Unknown } else { Type::Tuple([Type::Unknown, Type::Unknown].into()) }
        }
        "update" | "delete" => {
            eval.touch(None, None, id);
            let node = eval.frame().flow.node(id);
            let by = keys::batch(eval, None, id);
            if eval.turns(node.span, node.scope, eval.vary(id)).is_some() && !by.is_empty() {
                let remedy = match name {
                    "delete" => format!("{by}.delete()"),
                    _ if args.all().any(|value| eval.vary(value).is_some()) => "bulk_update".to_owned(),
                    _ => format!("{by}.update(...)"),
                };
                eval.write(Orm::Django, id, Writing::unread(&remedy));
            }
            Type::Unknown
        }
        _ => Type::Unknown,
    }
}

/// Whether conditions leave one row, or as many as are written out.
fn is_of_few(eval: &Eval<'_>, args: &Args<'_>) -> bool {
    let flow = eval.frame().flow;
    args.keywords.iter().any(|(key, node)| match &**key {
        "pk" | "id" => true,
        _ => key.ends_with("__in") && matches!(flow.node(*node).kind, NodeKind::List(_)),
    })
}

/// Such a queryset is gone through.
pub(super) fn consume(eval: &mut Eval<'_>, id: NodeId, scope: Scope) {
    let remedy = keys::batch(eval, None, id);
    eval.query(Orm::Django, id, scope, &remedy);
}
