//! The threads that FastAPI and Starlette hand to what is not asynchronous: AnyIO's limiter.

use crate::link::values;
use crate::stack::vocabulary::Mode;
use crate::stack::{Fact, Stack, Why, defaults};

use super::{Apps, Seat};

/// Says how many threads a process has for what is not asynchronous: what its code sets, else AnyIO's default.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>) {
    if stack[seat.process].mode.known() != Some(&Mode::AsgiStarlette) {
        return;
    }
    let modules = seat.loaded.iter().filter_map(|id| Some((*id, apps.code.module(*id)?)));
    let mut said = modules.flat_map(|(id, module)| module.thread_tokens.iter().map(move |set| (id, set)));
    let at = stack[seat.process].program.span();
    let tokens = match (said.next(), said.next()) {
        (None, _) => defaults::count("AnyIO", "total_tokens", at),
        (Some((id, set)), None) => apps.reach.fact(values::count(seat.evaluator.expr(id, &set.value))),
        (Some((_, one)), Some((_, other))) => {
            Fact::Unknown(Why::shown("`total_tokens` is set in several places", [one.span, other.span]))
        }
    };
    stack[seat.process].thread_tokens = tokens;
}
