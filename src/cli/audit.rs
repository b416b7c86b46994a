//! `plimsoll audit`

use std::path::PathBuf;

use clap::Args;
use plimsoll::audit;
use plimsoll::report::markdown;
use plimsoll::view::{Filter, View};

use super::output::Out;
use super::roots::Roots;
use super::{Error, Reading, Verdict};

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// The folder to audit.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Write the report to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

impl Audit {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let roots = Roots::folder(self.path.as_ref(), &std::env::current_dir()?)?;
        let options = self.reading.options(&roots.root)?;
        options.config.check_names(options.rules.names())?;
        let report = audit(&roots.root, &options)?;
        super::say_unmet(out, &options.config.assume, &report);
        let view = View::new(&report, &Filter::default());
        out.print(self.output.as_deref(), |to, _| markdown::render(&view, to))?;
        Ok(Verdict::Fine)
    }
}
