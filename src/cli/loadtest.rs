//! `plimsoll loadtest`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use plimsoll::report::load;
use plimsoll::view::{Filter, LoadTest, View};
use plimsoll::{Options, audit};

use super::output::Out;
use super::roots::Roots;
use super::{Error, Reading, Verdict};

#[derive(Debug, Args)]
pub(super) struct Loadtest {
    /// The folder to read.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Which tool the script is for.
    #[arg(long, default_value = "k6")]
    tool: Tool,
    /// The service to load; needed only where several answer requests.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Ask also for what changes something: against a copy of the data, never against the data itself.
    #[arg(long)]
    include_writes: bool,
    /// What a user does between two requests: short for `--assume think_time=15s`.
    #[arg(long, value_name = "TIME")]
    think_time: Option<String>,
    /// Print what to watch meanwhile instead, with the commands, as Markdown.
    #[arg(long)]
    checklist: bool,
    /// Write to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Tool {
    /// k6, version 1 or 2: JavaScript.
    K6,
    /// Locust, version 2: Python.
    Locust,
}

impl Loadtest {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let roots = Roots::folder(self.path.as_ref(), &std::env::current_dir()?)?;
        let mut options =
            Options { fixes: false, unstarted: true, endpoints: true, ..self.reading.options(&roots.root)? };
        if let Some(time) = &self.think_time {
            let said = options.config.assume.say(&format!("think_time={time}"));
            said.map_err(|why| Error::Usage(format!("--think-time {time}: {why}")))?;
        }
        let assume = &options.config.assume;
        let report = audit(&roots.root, &options)?;
        super::say_unmet(out, assume, &report);
        let view = View::new(&report, &Filter::default()).with_capacity(&report, assume);
        let test = LoadTest::of(&report, &view, assume, self.service.as_deref(), self.include_writes)
            .map_err(|why| Error::Usage(why.to_string()))?;
        let output = self.output.as_deref();
        match self.tool {
            _ if self.checklist => out.print(output, |to, _| load::checklist(&test, to))?,
            Tool::K6 => out.print(output, |to, _| load::k6(&test, to))?,
            Tool::Locust => out.print(output, |to, _| load::locust(&test, to))?,
        }
        Ok(Verdict::Fine)
    }
}
