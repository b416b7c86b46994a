//! What the user says: `plimsoll.toml`, or `[tool.plimsoll]` in `pyproject.toml`.
//!
//! Here lives how settings are written and what they mean for a rule's name, a path, a severity. A key that is not
//! known is an error with a suggestion, at its line. Nothing here knows a rule or a fact.

mod assume;
pub mod front_matter;
mod level;
mod parse;
mod select;
mod suggest;
mod workload;

use std::path::{Path, PathBuf};

pub use assume::{Assume, Assumed, Measure, Measurement, Prices, Rows, Said};
pub use level::{Confidence, Severity};
pub use parse::parse;
pub use select::{Override, Remap, Selector};
pub use suggest::closest;
pub use workload::{WORKLOAD, WorkloadKey, WorkloadUnit};

use crate::source::{self, WalkError};

/// The settings of a run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file they were read from, if one was.
    pub file: Option<PathBuf>,
    /// The rules to run; empty for all.
    pub select: Vec<Selector>,
    /// The rules not to run.
    pub ignore: Vec<Selector>,
    /// Findings below it are not shown.
    pub severity: Severity,
    /// Findings that are less sure are not shown.
    pub confidence: Confidence,
    /// `check` exits with 1 when it shows a finding as bad as this, or worse.
    pub fail_on: Severity,
    /// Files and folders not to read, as lines of a `.gitignore`.
    pub exclude: Vec<String>,
    /// Severities of rules' own replaced, or rules switched off.
    pub rules: Vec<Remap>,
    /// What holds for some paths only, the last that matches first.
    pub overrides: Vec<Override>,
    /// What is true of the world and stands in no file.
    pub assume: Assume,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            file: None,
            select: Vec::new(),
            ignore: Vec::new(),
            severity: Severity::Info,
            confidence: Confidence::Medium,
            fail_on: Severity::Medium,
            exclude: Vec::new(),
            rules: Vec::new(),
            overrides: Vec::new(),
            assume: Assume::default(),
        }
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why, as the rest of a sentence that starts with the path.
        reason: String,
    },
    /// What it says cannot be understood: one line for each fault.
    #[error("{}", lines(.path, .faults))]
    Faults {
        /// The file.
        path: PathBuf,
        /// The faults in the order of their places.
        faults: Vec<Fault>,
    },
    /// The folder to look in is none.
    #[error(transparent)]
    Walk(#[from] WalkError),
}

/// A fault of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its line, from 1; 0 when it came by a flag.
    pub line: usize,
    /// Its column, from 1, in characters; 0 when it came by a flag.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

fn lines(path: &Path, faults: &[Fault]) -> String {
    let line = |it: &Fault| match it.line {
        // What came by a flag has no place.
        0 => it.message.clone(),
        line => format!("{}:{line}:{}: {}", path.display(), it.column, it.message),
    };
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// The settings that hold for `root`: from the nearest folder, itself or above it, that has a `plimsoll.toml` or a
    /// `pyproject.toml` with `[tool.plimsoll]`. The search ends at the repository's root (the folder with `.git`).
    /// The defaults when there are none.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub fn discover(root: &Path) -> Result<Config, ConfigError> {
        let start = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        for folder in start.ancestors() {
            if let Some(file) = Self::file_in(folder)? {
                return Self::read(&file);
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(Config::default())
    }

    /// The file in this very folder that holds settings: `plimsoll.toml`, else a `pyproject.toml` that speaks of
    /// `tool.plimsoll`. [`None`] when there is neither.
    ///
    /// # Errors
    /// When a `pyproject.toml` cannot be read.
    pub fn file_in(folder: &Path) -> Result<Option<PathBuf>, ConfigError> {
        let own = folder.join("plimsoll.toml");
        if own.is_file() {
            return Ok(Some(own));
        }
        let project = folder.join("pyproject.toml");
        // Most have no table of ours, and a fault elsewhere in the file is not our business.
        let ours = project.is_file() && read(&project)?.contains("tool.plimsoll");
        Ok(ours.then_some(project))
    }

    /// The settings of this file: all of it, or `[tool.plimsoll]` when it is called `pyproject.toml`.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        parse(path, &read(path)?)
    }

    /// Whether a rule runs at all, wherever its findings lie.
    pub fn runs(&self, rule: &str) -> bool {
        let selected = self.select.is_empty() || self.select.iter().any(|it| it.matches(rule));
        selected && !self.ignore.iter().any(|it| it.matches(rule))
    }

    /// How bad a finding of this rule is whose main place lies in the file at `path`, when the rule's own word is
    /// `severity`; [`None`] when it is not to be reported at all.
    pub fn severity_of(&self, rule: &str, path: &str, severity: Severity) -> Option<Severity> {
        if !self.runs(rule) {
            return None;
        }
        let mut remaps: Vec<&Remap> = self.rules.iter().collect();
        for part in &self.overrides {
            if part.matches(path) {
                if part.ignore.iter().any(|it| it.matches(rule)) {
                    return None;
                }
                remaps.extend(&part.rules);
            }
        }
        // What is said last wins, save that a rule's whole name is stronger than its area.
        let best = remaps.iter().filter(|it| it.rule.matches(rule)).enumerate().max_by_key(|(at, it)| {
            let whole = it.rule.is_whole();
            (whole, *at)
        });
        best.map_or(Some(severity), |(_, remap)| remap.severity)
    }

    /// Whether a finding so bad and so sure is shown.
    pub fn shows(&self, severity: Severity, confidence: Confidence) -> bool {
        severity >= self.severity && confidence >= self.confidence
    }

    /// Whether every rule that is named exists.
    ///
    /// # Errors
    /// The names that no rule has, each with the nearest that one has.
    pub fn check_names<'a>(&self, known: impl Iterator<Item = &'a str> + Clone) -> Result<(), ConfigError> {
        let own = self.select.iter().chain(&self.ignore).chain(self.rules.iter().map(|it| &it.rule));
        let parts = self.overrides.iter().flat_map(|it| it.ignore.iter().chain(it.rules.iter().map(|it| &it.rule)));
        let faults: Vec<Fault> = own
            .chain(parts)
            .filter(|it| !known.clone().any(|rule| it.matches(rule)))
            .map(|it| Fault { line: it.line, column: it.column, message: it.unknown(known.clone()) })
            .collect();
        if faults.is_empty() {
            return Ok(());
        }
        Err(ConfigError::Faults { path: self.file.clone().unwrap_or_else(|| "command line".into()), faults })
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |reason| ConfigError::Unreadable { path: path.to_owned(), reason };
    if !path.exists() {
        return Err(unreadable("no such file".into()));
    }
    source::read_text(path, 1 << 20).map_err(unreadable)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make files of their own")]
mod tests;
