//! `plimsoll audit`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use plimsoll::audit_and_plan;
use plimsoll::report::{html, json, markdown};
use plimsoll::view::{Filter, Setting, View};

use super::output::Out;
use super::roots::Roots;
use super::{Error, Reading, Verdict};

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// The folder to audit.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Write the report to a file; its ending says the format: `report.html`, `report.md`, `report.json`.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to write it. Markdown, where no file's ending says otherwise.
    #[arg(long)]
    format: Option<Format>,
    /// What would become of the capacity if a number were another: `web.workers=8`, `db.max_connections=300`; may be given
    /// several times.
    #[arg(long, value_name = "NAME=NUMBER")]
    set: Vec<String>,
    #[command(flatten)]
    reading: Reading,
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For forges and editors.
    #[value(alias = "md")]
    Markdown,
    /// One file for a browser, with drawings.
    Html,
    /// For programs.
    Json,
}

impl Format {
    /// What a file's ending says.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

impl Audit {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let roots = Roots::folder(self.path.as_ref(), &std::env::current_dir()?)?;
        let options = self.reading.options(&roots.root)?;
        options.config.check_names(options.rules.names())?;
        let (report, plan) = audit_and_plan(&roots.root, &options)?;
        super::say_unmet(out, &options.config.assume, &report);
        let view = View::new(&report, &Filter::default()).with_capacity(&report, &options.config.assume);
        let view = view.with_plan(&report, &plan);
        let settings = self.set.iter().map(|text| Setting::parse(text).map_err(|why| format!("--set {text}: {why}")));
        let settings: Vec<Setting> = settings.collect::<Result<_, _>>().map_err(Error::Usage)?;
        let view = view.with_what_if(&report, &options.config.assume, &settings).map_err(Error::Usage)?;
        let format = self.format.or_else(|| self.output.as_deref().and_then(Format::of)).unwrap_or(Format::Markdown);
        let output = self.output.as_deref();
        match format {
            Format::Markdown => out.print(output, |to, _| markdown::render(&view, to))?,
            Format::Json => out.print(output, |to, _| json::render_audit(&view, to))?,
            Format::Html => {
                let view = view.with_facts(&report).with_excerpts(&report);
                out.print(output, |to, _| html::render(&view, to))?;
            }
        }
        Ok(Verdict::Fine)
    }
}
