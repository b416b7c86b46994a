//! `plimsoll explain`

use clap::Args;
use plimsoll::config::Selector;
use plimsoll::report::rules;
use plimsoll::view::{RuleInfo, Seen, seen_as};

use super::output::Out;
use super::{Error, Verdict};

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule's name, `area/rule`, or what is seen: words of a log or an error message.
    #[arg(value_name = "RULE", required = true, num_args = 1..)]
    words: Vec<String>,
}

impl Explain {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let rules = super::rules(&std::env::current_dir()?)?;
        let asked = self.words.join(" ");
        let mut found = match rules.page(&asked).and_then(RuleInfo::of) {
            Some(page) => vec![Seen { rule: page, symptom: String::new() }],
            None => seen_as(rules.pages().iter().filter_map(RuleInfo::of), &asked),
        };
        if found.len() > 1 {
            out.print(None, |to, style| rules::seen(&found, style, to))?;
            return Ok(Verdict::Fine);
        }
        let Some(Seen { rule, .. }) = found.pop() else {
            let selector = Selector::flag(&asked);
            let of_area: Vec<&str> = rules.names().filter(|name| selector.matches(name)).collect();
            return Err(Error::Usage(match of_area.is_empty() {
                true if asked.contains(' ') => {
                    format!("no rule names `{asked}` among what is seen when it bites; `plimsoll rules` lists them")
                }
                true => selector.unknown(rules.names()),
                false => format!("`{asked}` is an area; its rules are {}", of_area.join(", ")),
            }));
        };
        out.print(None, |to, style| rules::explain(&rule, style, to))?;
        Ok(Verdict::Fine)
    }
}
