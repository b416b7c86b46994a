//! What only some requests come to: code behind what a request may ask for besides, or behind a setting that is off.

use super::eval::{Eval, Frame};
use super::types::Unit;
use crate::facts::orm::flow::{Guard, NodeKind};

/// Why not every request comes to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rarely {
    /// This setting has to be true, and is false where nobody sets it.
    Off(Box<str>),
    /// The request, or the caller, has to ask for it.
    Asked,
}

impl Rarely {
    /// The same, as a clause.
    pub(super) fn said(&self) -> String {
        match self {
            Rarely::Off(name) => format!("it runs only where `settings.{name}` is on, which is off by default"),
            Rarely::Asked => "only requests that ask for it come to it".to_owned(),
        }
    }
}

/// Why not every request comes to what is evaluated now.
pub(super) fn rarely(eval: &Eval<'_>) -> Option<Rarely> {
    let mut found = None;
    for (depth, frame) in eval.frames.iter().enumerate() {
        let Some(node) = frame.flow.nodes.get(frame.types.len()) else { continue };
        for guard in frame.flow.guards(node.guard) {
            match guard {
                Guard::Setting(name, true) if eval.settings.is_off(name) => return Some(Rarely::Off(name.clone())),
                Guard::Requested => found = Some(Rarely::Asked),
                // What a caller that is read gives, the evaluation knows.
                Guard::Flag(at, true) | Guard::Given(at, true) if depth == 0 && is_left_out(eval, frame, *at) => {
                    found = Some(Rarely::Asked);
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether a parameter is false, or `None`, where it is not given.
fn is_left_out(eval: &Eval<'_>, frame: &Frame<'_>, at: u32) -> bool {
    let Unit::Function(id) = frame.unit else { return false };
    let function = eval.names.function(id);
    // What a view gets besides the request stands in its address.
    let is_view = function.decorators.is_empty() && function.params.iter().take(2).any(|it| &*it.name == "request");
    if is_view {
        return false;
    }
    let default = function.params.get(at as usize).and_then(|it| it.default);
    default.is_some_and(|it| matches!(function.flow.node(it).kind, NodeKind::Flag(false) | NodeKind::Nothing))
}
