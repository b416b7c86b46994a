//! Workers and their places, and the proxy's room for WebSockets.

use super::Builder;
use super::reading::Guess;
use super::work::InCode;
use crate::capacity::beside::{Beside, Held};
use crate::capacity::input::Unit;
use crate::capacity::resource::Count;
use crate::config::Assume;
use crate::stack::{Host, Id, Nginx, Process, Program, Stack};

/// What there is in a stack for background tasks and open sockets.
pub fn besides(stack: &Stack, assume: &Assume) -> Vec<Beside> {
    let ids = (0..stack.processes.len()).map(Id::<Process>::new);
    let workers = ids.filter(|id| stack[*id].program.known().is_some_and(|it| works(*it)));
    let mut out: Vec<Beside> = workers.map(|id| Builder::new(stack, assume, id, InCode::default()).tasks()).collect();
    for (at, nginx) in stack.nginxes.iter().enumerate() {
        let id = Id::<Nginx>::new(at);
        let passes =
            |host: &Id<Host>| stack[*host].locations.iter().any(|it| stack[*it].sockets.known() == Some(&true));
        // Its builder must have a process; which one does not matter here.
        if nginx.hosts.iter().any(passes) && !stack.processes.is_empty() {
            out.extend(Builder::new(stack, assume, Id::new(0), InCode::default()).sockets(id));
        }
    }
    out
}

/// Whether it works on tasks, and does not only send them.
fn works(program: Program) -> bool {
    program.is_worker() && program != Program::CeleryBeat
}

impl Builder<'_> {
    /// The tasks that a worker's processes work on at once.
    fn tasks(mut self) -> Beside {
        let (replicas, processes) = self.processes();
        let mut all = vec![replicas, processes];
        let what = "tasks that each process works on at once";
        all.extend(self.count(self.id, "slots", what, Some(Guess { band: [1.0, 1.0, 1.0] }), None));
        let time = self.stated("task_time", "time that a worker takes for a task", Unit::Seconds);
        let each = self.stated("tasks", "background tasks that each request starts", Unit::Count);
        Beside { what: Held::Tasks, owner: self.owner, inputs: self.inputs, room: Count::Product(all), time, each }
    }

    /// The sockets that a proxy can pass on: two connections and two open files for each.
    fn sockets(mut self, id: Id<Nginx>) -> Option<Beside> {
        let about = &self.stack[id].about;
        let owner = about.owner.clone().unwrap_or_else(|| about.name.clone());
        let workers = self.nginx_workers(id)?;
        let connections = self.count(id, "worker_connections", "connections of each worker of nginx", None, None)?;
        let files = self.count(id, "nofile", "files that each worker of nginx may open", None, None);
        let files =
            files.filter(|files| self.inputs.get(*files).band.likely < self.inputs.get(connections).band.likely);
        let room = Count::Half(vec![workers, files.unwrap_or(connections)]);
        let each = self.stated("sockets", "WebSockets that each user keeps open", Unit::Count);
        Some(Beside { what: Held::Sockets, owner, inputs: self.inputs, room, time: None, each })
    }
}
