//! `plimsoll audit`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use plimsoll::audit;
use plimsoll::report::{json, markdown};
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
    /// What to write; by the file's ending when none is given, and Markdown else.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    #[command(flatten)]
    reading: Reading,
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Markdown,
    /// For programs.
    Json,
}

impl Audit {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let roots = Roots::folder(self.path.as_ref(), &std::env::current_dir()?)?;
        let options = self.reading.options(&roots.root)?;
        options.config.check_names(options.rules.names())?;
        let report = audit(&roots.root, &options)?;
        super::say_unmet(out, &options.config.assume, &report);
        let view = View::new(&report, &Filter::default()).with_capacity(&report, &options.config.assume);
        let json = match self.format {
            Some(format) => format == Format::Json,
            None => self.output.as_ref().is_some_and(|path| path.extension().is_some_and(|it| it == "json")),
        };
        out.print(self.output.as_deref(), |to, _| match json {
            true => json::render_audit(&view, to),
            false => markdown::render(&view, to),
        })?;
        Ok(Verdict::Fine)
    }
}
