//! Expressions in short, as a finding names them.

use super::super::eval::Eval;
use super::super::names::Names;
use super::super::types::Unit;
use crate::facts::orm::Parameter;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// What has no name where it is gone through.
pub(in crate::link::orm) const UNNAMED: &str = "queryset";

/// The parameters of a body of code.
pub(in crate::link::orm) fn params<'a>(eval: &Eval<'a>, unit: Unit) -> &'a [Parameter] {
    params_of(eval.names, unit)
}

/// The same, where nothing is evaluated.
pub(in crate::link::orm) fn params_of<'a>(names: &Names<'a>, unit: Unit) -> &'a [Parameter] {
    match unit {
        Unit::Function(function) => &names.function(function).params,
        Unit::Top(_) | Unit::Class(_) => &[],
    }
}

/// An expression in short: `Message.objects.filter(...).count()`.
pub(in crate::link::orm) fn spelled(flow: &Flow, params: &[Parameter], id: NodeId) -> String {
    /// Longer ones lose their beginning.
    const MOST: usize = 70;
    let mut parts: Vec<String> = Vec::new();
    let mut at = id;
    let mut long = 0;
    loop {
        let part = match &flow.node(at).kind {
            NodeKind::Call { func, args, keywords, open } => {
                let next = *func;
                let empty = args.is_empty() && keywords.is_empty() && !open;
                parts.push(if empty { "()".into() } else { "(...)".into() });
                at = next;
                continue;
            }
            NodeKind::Attr { name, variable: Some(variable), .. } => {
                parts.push(format!("{variable}.{name}"));
                break;
            }
            NodeKind::Attr { of, name, .. } => {
                at = *of;
                format!(".{name}")
            }
            NodeKind::Slice { of, .. } => {
                at = *of;
                "[...]".into()
            }
            NodeKind::Item { of, key } if matches!(flow.node(*key).kind, NodeKind::Number(_)) => {
                at = *of;
                match flow.node(*key).kind {
                    NodeKind::Number(place) => format!("[{place}]"),
                    _ => "[...]".into(),
                }
            }
            // What a template's context has.
            NodeKind::Item { of, key }
                if matches!(flow.node(*of).kind, NodeKind::Param(0)) && flow.text(*key).is_some() =>
            {
                parts.extend(flow.text(*key).map(str::to_owned));
                break;
            }
            NodeKind::Await(of) | NodeKind::Test(of) | NodeKind::Auto(of) => {
                at = *of;
                continue;
            }
            NodeKind::Either(branches) if !branches.is_empty() => {
                at = branches.iter().copied().find(|it| !is_none(flow, *it)).unwrap_or(branches[0]);
                continue;
            }
            NodeKind::Item { of, .. } => {
                at = *of;
                "[...]".into()
            }
            NodeKind::Param(at) if params.get(*at as usize).is_some() => {
                parts.extend(params.get(*at as usize).map(|it| it.name.to_string()));
                break;
            }
            NodeKind::Name(name) => {
                parts.push(name.to_string());
                break;
            }
            _ => {
                // What a function is given has no name here.
                parts.push(if parts.is_empty() { UNNAMED.into() } else { "…".into() });
                break;
            }
        };
        long += part.len();
        parts.push(part);
        if long > MOST {
            parts.push("…".into());
            break;
        }
    }
    parts.reverse();
    parts.concat()
}

/// `Model.objects.none()`, which stands for what another branch gives.
fn is_none(flow: &Flow, id: NodeId) -> bool {
    matches!(flow.call(id).map(|call| &flow.node(call.func).kind), Some(NodeKind::Attr { name, .. }) if &**name == "none")
}
