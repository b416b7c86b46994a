//! `plimsoll rules`

use clap::{Args, ValueEnum};
use plimsoll::config::{Config, Selector};
use plimsoll::report::rules;
use plimsoll::view::RuleInfo;

use super::output::Out;
use super::{Error, Verdict};

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only these rules: `area` or `area/rule`.
    #[arg(value_name = "RULES")]
    names: Vec<String>,
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
        let known = super::rules(&std::env::current_dir()?)?;
        let select = self.names.iter().map(|name| Selector::flag(name)).collect();
        let wanted = Config { select, ..Config::default() };
        wanted.check_names(known.names())?;
        let listed = known.pages().iter().filter(|page| wanted.runs(&page.name));
        let all: Vec<RuleInfo> = listed.filter_map(RuleInfo::of).collect();
        out.print(None, |to, style| match self.format {
            Format::Text => rules::list(&all, style, to),
            Format::Json => rules::list_json(&all, to),
        })?;
        Ok(Verdict::Fine)
    }
}
