//! What if a number were another: the model before and after.

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::named;
use super::mask::clean;
use super::{Range, Report, View};
use crate::capacity::{Band, Inputs, Model, Study, Verdict, from_stacks};
use crate::config::{Assume, closest};

/// What becomes of one application.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WhatIfRow {
    /// The deployment.
    pub stack: String,
    /// The service.
    pub service: String,
    /// Requests a second as it is.
    pub before: Range,
    /// Requests a second if it were so.
    pub after: Range,
    /// What gives out first as it is; empty where it is undetermined.
    pub binds_before: String,
    /// What gives out first if it were so.
    pub binds_after: String,
    /// What would refuse requests if it were so, beside what limits a rate.
    pub fails: Vec<String>,
}

/// A number that is changed: `web.processes`, 8.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What it is called.
    pub name: String,
    /// The number.
    pub value: f64,
}

impl Setting {
    /// What a flag says: `web.workers=8`.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("expected NAME=NUMBER")?;
        let value: f64 = value.trim().parse().map_err(|_| format!("`{}` is no number", value.trim()))?;
        if !(0.0..=1e9).contains(&value) {
            return Err("expected a number from 0 to 1,000,000,000".to_owned());
        }
        // What servers call workers is a process.
        let name = name.trim();
        let name = name.strip_suffix(".workers").map_or_else(|| name.to_owned(), |it| format!("{it}.processes"));
        Ok(Self { name, value })
    }
}

impl View {
    /// The same with what would become of each application that a setting speaks of.
    ///
    /// # Errors
    /// The names that no application has, with the nearest that one has.
    pub fn with_what_if(mut self, report: &Report, assume: &Assume, settings: &[Setting]) -> Result<Self, String> {
        if settings.is_empty() {
            return Ok(self);
        }
        let models = from_stacks(&report.stacks, assume);
        let all = || models.iter().flatten();
        for setting in settings {
            if !all().any(|model| model.inputs.by_symbol(&setting.name).is_some()) {
                let names: Vec<&str> = all().flat_map(|model| symbols(&model.inputs)).collect();
                let hint = match closest(&setting.name, names.iter().copied()) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => {
                        let mut names = names;
                        names.sort_unstable();
                        names.dedup();
                        format!("; there are {}", names.join(", "))
                    }
                };
                return Err(format!("--set {}: no application has such a number{hint}", setting.name));
            }
        }
        for (stack, models) in report.stacks.iter().zip(&models) {
            for model in models {
                let mut changed = model.clone();
                for setting in settings {
                    if let Some(id) = changed.inputs.by_symbol(&setting.name) {
                        changed.inputs.get_mut(id).band = Band::point(setting.value);
                    }
                }
                if changed != *model {
                    self.what_if.push(row(&stack.name, model, &changed));
                }
            }
        }
        Ok(self)
    }
}

fn symbols(inputs: &Inputs) -> impl Iterator<Item = &str> {
    inputs.iter().map(|(_, input)| &*input.symbol).filter(|it| it.contains('.') || it.len() <= 3)
}

fn row(stack: &str, before: &Model, after: &Model) -> WhatIfRow {
    let (old, new) = (before.study(), after.study());
    let name =
        |model: &Model, at: usize| model.resources.get(at).map_or_else(String::new, |it| named(it.kind, &it.owner));
    let binds = |model: &Model, study: &Study| match study.verdict {
        Verdict::Clear(at) => name(model, at),
        Verdict::Undetermined(_) | Verdict::Nothing => String::new(),
    };
    WhatIfRow {
        stack: clean(stack).into_owned(),
        service: clean(&before.app.name).into_owned(),
        before: Range::of(old.rate),
        after: Range::of(new.rate),
        binds_before: binds(before, &old),
        binds_after: binds(after, &new),
        fails: new.cliffs.iter().map(|it| name(after, it.resource)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::Setting;

    #[test]
    fn workers_are_processes() {
        let setting = Setting::parse("web.workers=8").unwrap();
        assert_eq!((setting.name.as_str(), setting.value), ("web.processes", 8.0));
        assert!(Setting::parse("web.workers").is_err());
        assert!(Setting::parse("web.workers=many").is_err());
        assert!(Setting::parse("web.workers=-1").is_err());
    }
}
