//! What a channel layer holds for WebSockets, in sentences: messages that a process has not fetched.
//!
//! Read in `core.py` of channels_redis 4.3: all sockets of a process share one list in Redis, which takes a message of a
//! group once for each process and none beyond `capacity`; `group_send` leaves the next out and says so at the level INFO,
//! `send` raises `ChannelFull`, and what is older than `expiry` is thrown away. In the process each socket has a queue of
//! as many, of which the oldest goes.

use super::capacity::{number, rounded};
use super::mask::clean;
use crate::capacity::Goal;
use crate::config::Assume;
use crate::stack::{ChannelLayer, Id, Mode, Origin, Process, Stack};

/// What is said of each layer whose process keeps WebSockets, for goals of users.
pub(super) fn notes(stack: &Stack, assume: &Assume, goals: &[Goal]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for layer in &stack.channel_layers {
        let sockets = layer.process.is_some_and(|id| keeps_sockets(stack, id));
        if let Some(text) = sockets.then(|| note(layer, assume, goals)).flatten() {
            out.push(text);
        }
    }
    out.dedup();
    out
}

/// Whether WebSockets come to a process: by the proxy before it, or by anything where none is known.
fn keeps_sockets(stack: &Stack, id: Id<Process>) -> bool {
    let mut ways = stack.locations.iter().filter(|it| it.process == Some(id)).peekable();
    match ways.peek() {
        Some(_) => ways.any(|it| it.sockets.known() == Some(&true)),
        None => stack[id].mode.known() == Some(&Mode::AsgiDjango),
    }
}

fn note(layer: &ChannelLayer, assume: &Assume, goals: &[Goal]) -> Option<String> {
    let owner = clean(layer.about.owner.as_deref()?).into_owned();
    let held = layer.capacity.sourced()?;
    let capacity = held.value as f64;
    let whose = match &held.origin {
        Origin::Default(it) => format!(", {}'s default of `{}`", it.program, it.setting),
        _ => String::new(),
    };
    let expiry = match layer.expiry.known() {
        Some(seconds) => format!(", for {} s at most", number(*seconds)),
        None => String::new(),
    };
    let holds = format!(
        "The channel layer of `{owner}` holds {} messages for each of its processes that has not fetched them{whose}{expiry}; a \
         group's next one is left out without an error.",
        number(capacity)
    );
    let Some(each) = assume.workload("messages").map(|it| it.value[1]).filter(|it| *it > 0.0) else {
        return Some(format!(
            "{holds} State how many messages each user sends a second, `--assume messages=0.1`, to see for how long a process may \
             stand still."
        ));
    };
    let users = goals.iter().filter_map(|goal| match goal {
        Goal::Users(users) | Goal::Usage(users, _) => Some(*users),
        Goal::Rate(_) => None,
    });
    let of = |users: f64| {
        let rate = users * each;
        format!(
            "{} users send up to {} a second to each process, if it has a member of every group: all are held once its event loop \
             has not run for {} s",
            number(users),
            number(rounded(rate, 3)),
            number(rounded(capacity / rate, 2))
        )
    };
    let all: Vec<String> = users.map(of).collect();
    if all.is_empty() { Some(holds) } else { Some(format!("{holds} {}.", all.join("; "))) }
}
