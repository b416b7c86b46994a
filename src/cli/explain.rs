//! `plimsoll explain`

use clap::Args;
use plimsoll::config::Selector;
use plimsoll::report::rules;
use plimsoll::view::RuleInfo;

use super::output::Out;
use super::{Error, Verdict};

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule's name, `area/rule`.
    #[arg(value_name = "RULE")]
    rule: String,
}

impl Explain {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let rules = super::rules(&std::env::current_dir()?)?;
        let page = rules.page(&self.rule).and_then(RuleInfo::of);
        let info = page.ok_or_else(|| {
            let selector = Selector::flag(&self.rule);
            let of_area: Vec<&str> = rules.names().filter(|name| selector.matches(name)).collect();
            Error::Usage(if of_area.is_empty() {
                selector.unknown(rules.names())
            } else {
                format!("`{}` is an area; its rules are {}", self.rule, of_area.join(", "))
            })
        })?;
        out.print(None, |to, style| rules::explain(&info, style, to))?;
        Ok(Verdict::Fine)
    }
}
