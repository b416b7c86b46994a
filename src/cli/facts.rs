//! `plimsoll facts`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use plimsoll::report::{facts, graph};
use plimsoll::view::{Filter, View};
use plimsoll::{Options, audit};

use super::output::Out;
use super::roots::Roots;
use super::{Error, Reading, Verdict};

#[derive(Debug, Args)]
pub(super) struct Facts {
    /// The folder to read.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// How to print them.
    #[arg(long, default_value = "text")]
    format: Format,
    /// Draw the stack instead, in this language.
    #[arg(long, value_name = "LANGUAGE", conflicts_with_all = ["format", "show_files"])]
    graph: Option<Language>,
    /// List every file instead: what it was read as, who takes something from it, or why nobody does.
    #[arg(long, conflicts_with = "format")]
    show_files: bool,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A tree for people.
    Text,
    /// For programs; the schema is in schemas/facts.schema.json.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Mermaid's flowcharts, which GitHub shows.
    Mermaid,
}

impl Facts {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let roots = Roots::folder(self.path.as_ref(), &std::env::current_dir()?)?;
        let options = Options { fixes: false, unstarted: true, endpoints: true, ..self.reading.options(&roots.root)? };
        let report = audit(&roots.root, &options)?;
        super::say_unmet(out, &options.config.assume, &report);
        let view = View { prefix: roots.prefix, ..View::new(&report, &Filter::default()).with_facts(&report) };
        out.print(None, |to, style| match self.format {
            _ if self.graph == Some(Language::Mermaid) => graph::render_mermaid(&view, to),
            _ if self.show_files => facts::render_files(&view, style, to),
            Format::Text => facts::render(&view, style, to),
            Format::Json => facts::render_json(&view, to),
        })?;
        Ok(Verdict::Fine)
    }
}
