//! `plimsoll check`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use plimsoll::config::{Confidence, Config, Selector, Severity};
use plimsoll::report::{concise, github, json, sarif, terminal};
use plimsoll::source::{Applicability, walk};
use plimsoll::view::{Filter, Report, View};
use plimsoll::{Options, audit_wanted};

use super::output::Out;
use super::roots::Roots;
use super::{Error, Reading, Verdict};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// A folder to audit, or files: then their repository is read, and only what touches them is reported.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the findings.
    #[arg(long, default_value = "text")]
    format: Format,
    /// Write the findings to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Run only these rules: `area` or `area/rule`, parted by commas.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Report also what comments in the files take out: `plimsoll: ignore[…]`.
    #[arg(long)]
    no_ignore_comments: bool,
    /// Show findings as bad as this, or worse: info, low, medium, high, error. With `info` also remarks, which else only
    /// an audit makes.
    #[arg(long, value_name = "MIN")]
    severity: Option<Severity>,
    /// Show findings as sure as this, or surer: low, medium, high (medium, unless the configuration says otherwise).
    #[arg(long, value_name = "MIN")]
    confidence: Option<Confidence>,
    /// Exit with 1 on a finding as bad as this, or worse (medium, unless the configuration says otherwise).
    #[arg(long, value_name = "MIN")]
    fail_on: Option<Severity>,
    /// Exit with 0 whatever is found.
    #[arg(long)]
    exit_zero: bool,
    /// Mind also what cannot be read (exit with 2) or decided (exit with 1).
    #[arg(long)]
    strict: bool,
    /// Print the changes that `--fix` would make, as a patch for `git apply`.
    #[arg(long, group = "apply", conflicts_with = "format")]
    diff: bool,
    /// Make the changes that are safe.
    #[arg(long, group = "apply", conflicts_with = "diff")]
    fix: bool,
    /// With `--fix` or `--diff`: also the changes that alter how the system behaves under load.
    #[arg(long, requires = "apply")]
    unsafe_fixes: bool,
    /// List the files that are read, and judge nothing.
    #[arg(long, conflicts_with_all = ["apply", "format", "statistics"])]
    show_files: bool,
    /// Print how each rule fared.
    #[arg(long)]
    statistics: bool,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: lines with labels, what to do, a summary.
    Text,
    /// A line for each finding.
    Concise,
    /// For programs; the schema is in schemas/check.schema.json.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// Annotations of a pull request.
    Github,
}

/// The audit of a folder, with the fixes of what is shown.
fn shown(root: &Path, options: &Options, filter: &Filter) -> Result<Report, Error> {
    Ok(audit_wanted(root, options, &|sources, finding, _| filter.keeps(sources, finding))?)
}

impl Check {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let here = std::env::current_dir()?;
        let roots = Roots::of(&self.paths, &here)?;
        let options = self.options(&roots)?;
        let filter = Filter {
            severity: options.config.severity,
            confidence: options.config.confidence,
            files: roots.only.clone(),
        };
        if self.show_files {
            return self.list_files(out, &roots, &options, &filter);
        }
        let report = if self.diff || self.fix {
            let least = if self.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
            let (report, patch) = super::patch::of(&roots.root, &options, &filter, least)?;
            if self.diff {
                super::say_unmet(out, &options.config.assume, &report);
                super::patch::print(out, &patch, &roots.prefix, self.output.as_deref())?;
                return Ok(self.verdict(&View::new(&report, &filter), options.config.fail_on));
            }
            super::patch::write(out, &report, &patch, &roots.prefix)?;
            shown(&roots.root, &options, &filter)?
        } else {
            shown(&roots.root, &options, &filter)?
        };
        super::say_unmet(out, &options.config.assume, &report);
        let view = View { prefix: roots.prefix, ..View::new(&report, &filter) };
        self.print(out, &view)?;
        Ok(self.verdict(&view, options.config.fail_on))
    }

    /// A line for each file that is read, so that it is found from the current folder.
    fn list_files(&self, out: &Out, roots: &Roots, options: &Options, filter: &Filter) -> Result<Verdict, Error> {
        let walked = walk(&roots.root, &options.walk())?;
        out.print(self.output.as_deref(), |to, _| {
            for file in walked.sources.iter().filter(|file| filter.names(&file.path)) {
                writeln!(to, "{}{}", roots.prefix, file.path)?;
            }
            Ok(())
        })?;
        Ok(Verdict::Fine)
    }

    /// Flags over the configuration.
    fn options(&self, roots: &Roots) -> Result<Options, Error> {
        let mut options = self.reading.options(&roots.root)?;
        options.comments = !self.no_ignore_comments;
        options.remarks = self.severity == Some(Severity::Info) || !self.select.is_empty();
        let config: &mut Config = &mut options.config;
        let selectors = |names: &[String]| names.iter().map(|name| Selector::flag(name)).collect::<Vec<_>>();
        if !self.select.is_empty() {
            config.select = selectors(&self.select);
        }
        config.ignore.extend(selectors(&self.ignore));
        config.severity = self.severity.unwrap_or(config.severity);
        config.confidence = self.confidence.unwrap_or(config.confidence);
        config.fail_on = self.fail_on.unwrap_or(config.fail_on);
        config.check_names(options.rules.names())?;
        Ok(options)
    }

    fn print(&self, out: &Out, view: &View) -> Result<(), Error> {
        out.print(self.output.as_deref(), |to, style| {
            match self.format {
                Format::Text => terminal::render(view, style, to)?,
                Format::Concise => concise::render(view, to)?,
                Format::Json => json::render(view, to)?,
                Format::Sarif => sarif::render(view, to)?,
                Format::Github => github::render(view, to)?,
            }
            if self.statistics && matches!(self.format, Format::Text | Format::Concise) {
                terminal::statistics(view, to)?;
            }
            Ok(())
        })
    }

    fn verdict(&self, view: &View, fail_on: Severity) -> Verdict {
        let unread = !view.skipped.is_empty() || !view.problems.is_empty();
        let failed = view.findings.iter().any(|it| it.severity >= fail_on);
        if self.strict && unread {
            Verdict::Unread
        } else if self.exit_zero || !(failed || self.strict && !view.undecided.is_empty()) {
            Verdict::Fine
        } else {
            Verdict::Findings
        }
    }
}
