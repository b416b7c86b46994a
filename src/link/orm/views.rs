//! Methods that generic views, view sets and admin classes have: what they give when nothing in the repository overrides
//! them.

use std::rc::Rc;

use super::columns;
use super::default_manager;
use super::django::start;
use super::eval::{Args, Eval};
use super::events::{Does, Writing};
use super::names::{ClassId, Def};
use super::types::{Row, Set, Type, Unit};
use super::{context, listings, pages, serializers, templates};
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::stack::vocabulary::Orm;

/// Calls a method that generic views have.
pub(super) fn call(eval: &mut Eval<'_>, class: ClassId, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    let given = |eval: &Eval<'_>| args.positional.first().map(|node| eval.type_of(*node)).unwrap_or_default();
    match name {
        "get_queryset" => match eval.class_value(class, "queryset") {
            Some(Type::Manager(manager)) => {
                start(eval, &manager, id).map_or(Type::Unknown, |set| Type::Set(Rc::new(set)))
            }
            Some(value @ Type::Set(_)) => eval.at_site(value, id),
            Some(_) => Type::Unknown,
            None => match columns::model_of(eval, class) {
                Some(model) if eval.models.get(model).is_some_and(|it| it.orm == Orm::Django) => {
                    let (site, span) = (eval.site(id, true), eval.frame().flow.node(id).span);
                    let set = default_manager::rows(eval, model, Some(site), span);
                    set.map_or(Type::Unknown, |set| Type::Set(Rc::new(set)))
                }
                _ => Type::Unknown,
            },
        },
        "get_context_data" => {
            let given = templates::keywords(eval, args);
            pages::context(eval, class, given)
        }
        "render_to_response" => pages::respond(eval, class, args, id),
        "get_object" => {
            let told = args.keyword("queryset").or(args.positional.first().copied()).map(|node| eval.type_of(node));
            let set = match eval.names.method(class, "get_queryset", None) {
                _ if let Some(told @ Type::Set(_)) = told => told,
                Some(method) => eval.enter(method, Rc::new(Type::Instance(class)), args, id),
                None => call(eval, class, "get_queryset", args, id),
            };
            match set {
                Type::Set(set) if set.orm == Orm::Django => {
                    // Behind this call stands the one row, and no queryset.
                    eval.single(&Rc::new(Set { sites: Vec::new(), ..(*set).clone() }))
                }
                _ => Type::Unknown,
            }
        }
        "get_serializer" => {
            let many = args.keyword("many").is_some_and(|node| eval.frame().flow.flag(node) == Some(true));
            if let Some(set) = given(eval).all_rows().filter(|_| many)
                && let Some(serializer) = serializer_here(eval, class)
            {
                let (unit, span) = (eval.frame().unit, eval.frame().flow.node(id).span);
                let listing = matches!(unit, Unit::Function(id) if &*eval.names.function(id).name == "list");
                let context = context::of_view(eval, class, listing);
                eval.with_context(context, |eval| serializers::serialize(eval, unit, &set, serializer, span));
            }
            Type::Unknown
        }
        "save" => {
            saved(eval, class, id);
            Type::Unknown
        }
        // Filters of the framework ask for more.
        "filter_queryset" => match given(eval) {
            Type::Set(set) => {
                let mut set = (*set).clone();
                Rc::make_mut(&mut set.asked).open = true;
                Type::Set(Rc::new(set))
            }
            other => other,
        },
        "get_serializer_class" => match listings::serializer(eval, class) {
            Some((serializer, _)) => Type::Def(Def::Class(serializer)),
            None => Type::Unknown,
        },
        "paginate_queryset" => match given(eval) {
            Type::Set(set) => Type::Set(Rc::new(Set { cut: true, ..(*set).clone() })),
            _ => Type::Unknown,
        },
        _ => Type::Unknown,
    }
}

/// `serializer.save()`, `form.save()`: by its own `create` and `update`, or the row of its model (`BaseSerializer.save`,
/// DRF 3.16; `BaseModelForm.save`, Django 5.2).
fn saved(eval: &mut Eval<'_>, class: ClassId, id: NodeId) {
    let Some(model) = serializers::model(eval, class) else { return };
    let flow = eval.frame().flow;
    let node = flow.node(id);
    let NodeKind::Call { func, .. } = node.kind else { return };
    let NodeKind::Attr { of, .. } = flow.node(func).kind else { return };
    if eval.turns(node.span, node.scope, eval.vary(of)).is_none() {
        return;
    }
    let Some(made) = flow.call(of) else { return };
    let serializes = serializers::is_serializer(eval, class);
    let changes = made.keyword("instance").is_some() || serializes && !made.args.is_empty();
    let method = if changes { "update" } else { "create" };
    if let Some(method) = eval.names.method(class, method, None).filter(|_| serializes) {
        let data = (Type::Checked(false), eval.vary(of));
        let mut given = vec![(Type::Instance(class), None)];
        if changes {
            given.push((Type::Row(Rc::new(Row::of(model))), eval.vary(of)));
        }
        given.push(data);
        if eval.names.function(method).params.len() == given.len() {
            eval.follow(method, given, id);
        }
        return;
    }
    let (does, remedy) = if changes { (Does::Change, "bulk_update") } else { (Does::Make, "bulk_create") };
    let own = eval.own_code(model, "save");
    let signals = eval.models.saved(model).or_else(|| eval.revision(id));
    eval.write(Orm::Django, id, Writing { own, signals, ..Writing::plain(model, does, remedy) });
}

/// What a generic view has put under a name by the time its own code runs.
pub(super) fn attribute(eval: &mut Eval<'_>, class: ClassId, name: &str, id: NodeId) -> Option<Type> {
    let asked = match name {
        // The row that a form of a model, or its serializer, is for.
        "instance" => {
            let is = |last: &str| eval.names.lineage(class).external.iter().any(|base| base.ends_with(last));
            let model =
                (is("ModelForm") || is("ModelSerializer")).then(|| serializers::model(eval, class)).flatten()?;
            return Some(Type::Row(Rc::new(Row::of(model))));
        }
        "object" => "get_object",
        "object_list" => "get_queryset",
        _ => return None,
    };
    if !eval.names.lineage(class).external.iter().any(|base| pages::is_generic(base)) {
        return None;
    }
    Some(match eval.names.method(class, asked, None) {
        Some(method) => eval.enter(method, Rc::new(Type::Instance(class)), &Args::NONE, id),
        None => call(eval, class, asked, &Args::NONE, id),
    })
}

/// The serializer that a method of a view gets: that of its action, else that of the view. One that is chosen by the
/// action is only known for the list.
fn serializer_here(eval: &mut Eval<'_>, class: ClassId) -> Option<ClassId> {
    if let Unit::Function(id) = eval.frame().unit {
        let function = eval.names.function(id);
        if let Some(answer) = function.answer {
            return match eval.names.of_node(id.draft, &function.flow, answer) {
                Some(Def::Class(serializer)) if serializers::is_serializer(eval, serializer) => Some(serializer),
                _ => None,
            };
        }
        let chosen = eval.names.method(class, "get_serializer_class", None).is_some();
        if chosen && &*function.name != "list" {
            return None;
        }
    }
    listings::serializer(eval, class).map(|(serializer, _)| serializer)
}
