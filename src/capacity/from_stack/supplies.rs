//! What an application's processes and answers take, as far as it is known.

use super::work::InCode;
use super::{Builder, app};
use crate::capacity::supplies::Supplies;
use crate::config::Assume;
use crate::stack::{Id, Process, Stack};

/// The same applications as those of the stack's models, in their order.
pub fn supplies(stack: &Stack, assume: &Assume) -> Vec<Supplies> {
    let ids = (0..stack.processes.len()).map(Id::<Process>::new).filter(|id| app::answers(stack, *id));
    ids.map(|id| {
        let mut builder = Builder::new(stack, assume, id, InCode::default());
        let process = builder.workload("worker_memory");
        let answer = builder.workload("b");
        let mean = builder.workload("mean_load");
        let service = stack.services.iter().find(|it| it.about.name == builder.owner);
        let limit = service.and_then(|it| it.memory.known()).map(|it| *it as f64);
        Supplies { inputs: builder.inputs, process, answer, mean, limit }
    })
    .collect()
}
