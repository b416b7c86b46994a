//! `plimsoll rules`

use clap::{Args, ValueEnum};
use plimsoll::report::rules;
use plimsoll::rule::Rules;
use plimsoll::view::RuleInfo;

use super::output::Out;
use super::{Error, Verdict};

#[derive(Debug, Args)]
pub(super) struct List {
    /// How to print them.
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line each.
    Text,
    /// For programs.
    Json,
}

impl List {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let all: Vec<RuleInfo> = Rules::builtin().pages().iter().filter_map(RuleInfo::of).collect();
        out.print(None, |to, style| match self.format {
            Format::Text => rules::list(&all, style, to),
            Format::Json => rules::list_json(&all, to),
        })?;
        Ok(Verdict::Fine)
    }
}
