//! Where the numbers of an application could be written, by the slots of the facts that they are.

use super::reading::Key;
use super::work::InCode;
use super::{Builder, app, model_of};
use crate::capacity::input::InputId;
use crate::capacity::model::Model;
use crate::config::Assume;
use crate::source::Edit;
use crate::stack::{EntityId, Fact, Field, Id, Kind, Mode, Pool, Process, Stack, Value};

/// Where each number of one application is written.
pub(in crate::capacity) struct Places<'a> {
    stack: &'a Stack,
    /// The application, its numbers at the same places as those of [`super::from_stacks`].
    pub(in crate::capacity) model: Model,
    known: Vec<(Key, InputId)>,
}

/// The places of every application of a stack, in the order of [`super::from_stacks`].
pub(in crate::capacity) fn places<'a>(stack: &'a Stack, assume: &'a Assume, code: InCode) -> Vec<Places<'a>> {
    let ids = (0..stack.processes.len()).map(Id::<Process>::new).filter(|id| app::answers(stack, *id));
    let of = |id| {
        let (model, known) = model_of(Builder::new(stack, assume, id, code));
        Places { stack, model, known }
    };
    ids.map(of).collect()
}

impl Places<'_> {
    /// The edits that make a number another.
    ///
    /// # Errors
    /// Why there is no place for it, as the rest of a sentence that starts with the number.
    pub(in crate::capacity) fn write(&self, id: InputId, value: f64) -> Result<Vec<Edit>, String> {
        let Some(((entity, field), _)) = self.known.iter().find(|it| it.1 == id) else {
            return Err("belongs to a part that is not there yet".to_owned());
        };
        match (entity.kind, *field) {
            (Kind::Pool, "max") => self.pool(Id::new(entity.at as usize), value),
            (Kind::Process, "slots") => {
                let process = &self.stack[Id::<Process>::new(entity.at as usize)];
                match process.mode.known() {
                    Some(Mode::WsgiThreads) => self.one(*entity, "threads", value).map(|it| vec![it]),
                    _ => Err("follows from the way in which it serves".to_owned()),
                }
            }
            (Kind::Process, "thread_tokens") => Err("is AnyIO's number of threads, which code sets at its start: \
                 `anyio.to_thread.current_default_thread_limiter().total_tokens`"
                .to_owned()),
            _ => self.one(*entity, field, value).map(|it| vec![it]),
        }
    }

    /// A pool's most connections are its size and its overflow: the size makes up for the difference, as far as it can.
    fn pool(&self, id: Id<Pool>, value: f64) -> Result<Vec<Edit>, String> {
        let pool = &self.stack[id];
        let overflow = pool.max_overflow.known().map_or(0.0, |it| *it as f64);
        if value > overflow {
            return self.one(id.into(), "size", value - overflow).map(|it| vec![it]);
        }
        let size = self.one(id.into(), "size", value)?;
        Ok(vec![size, self.one(id.into(), "max_overflow", 0.0)?])
    }

    /// The edit that writes one field: at the strongest place that reaches its own service alone.
    fn one(&self, id: EntityId, field: &str, value: f64) -> Result<Edit, String> {
        let Some(at) = id.kind.info().fields.iter().position(|it| it.name == field) else {
            return Err("is no field".to_owned());
        };
        let Field::Fact(fact) = self.stack.field(id, at) else { return Err("is no field".to_owned()) };
        let owners =
            [self.stack.about(id).owner.as_deref(), Some(&*self.model.app.name), Some(&*self.stack.about(id).name)];
        let own = |service: &str| owners.contains(&Some(service));
        let slots = fact.slots();
        if let Some(slot) = slots.iter().find(|slot| slot.reaches.iter().all(|service| own(service))) {
            return Ok(Edit::replace(slot.span, format!("{}{value}{}", slot.before, slot.after)));
        }
        if let Some(slot) = slots.first() {
            let others: Vec<String> = slot.reaches.iter().filter(|it| !own(it)).map(|it| format!("`{it}`")).collect();
            let read = if others.len() == 1 { "reads" } else { "read" };
            return Err(format!("is written where {} {read} it, too", others.join(" and ")));
        }
        Err(why(&fact))
    }
}

/// Why a fact without a slot cannot be written.
fn why(fact: &Fact<Value>) -> String {
    match fact {
        Fact::Unknown(why) => format!("stands in no file that was read: {}", why.reason),
        Fact::Known(_) => "has no place of its own in a file".to_owned(),
        Fact::OneOf(_) => "is another in each branch of the code".to_owned(),
        Fact::Unbounded(_) | Fact::Absent => "is limited nowhere".to_owned(),
    }
}
