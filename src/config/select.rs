//! Which rules, and for which paths.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Severity, closest};

/// Names rules: one by its whole name `area/name`, or all of an `area`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// As it is written.
    pub text: Box<str>,
    /// Its line in the configuration, from 1; 0 when it came by a flag.
    pub line: usize,
    /// Its column, from 1; 0 when it came by a flag.
    pub column: usize,
}

impl Selector {
    /// A selector that came by a flag.
    pub fn flag(text: &str) -> Self {
        Self { text: text.into(), line: 0, column: 0 }
    }

    /// Whether it names this rule.
    pub fn matches(&self, rule: &str) -> bool {
        match rule.strip_prefix(&*self.text) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }

    /// Whether it names one rule and not an area.
    pub fn is_whole(&self) -> bool {
        self.text.contains('/')
    }

    /// What to say when it names none of the rules.
    pub fn unknown<'a>(&self, rules: impl Iterator<Item = &'a str>) -> String {
        // `ORM`, `orm/` and `orm/*` are ways in which other tools write `orm`.
        let meant = self.text.trim_end_matches(['/', '*']).to_lowercase();
        let mut names: Vec<&str> = Vec::new();
        for rule in rules {
            let name = if meant.contains('/') { rule } else { rule.split('/').next().unwrap_or(rule) };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match closest(&meant, names) {
            Some(name) => format!("no rule is called `{}`; did you mean `{name}`?", self.text),
            None => format!("no rule is called `{}`; `plimsoll rules` lists them", self.text),
        }
    }
}

/// A rule's severity replaced, or the rule switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remap {
    /// Which rules.
    pub rule: Selector,
    /// The severity; [`None`] when they are switched off.
    pub severity: Option<Severity>,
}

/// What holds for some paths only.
#[derive(Clone, Debug)]
pub struct Override {
    /// The rules not to report there.
    pub ignore: Vec<Selector>,
    /// Severities there.
    pub rules: Vec<Remap>,
    paths: Gitignore,
}

impl Override {
    /// What holds for the paths that these lines of a `.gitignore` match.
    ///
    /// # Errors
    /// The glob that cannot be understood, and why.
    pub fn new<'a>(
        globs: impl IntoIterator<Item = &'a str>,
        ignore: Vec<Selector>,
        rules: Vec<Remap>,
    ) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new("");
        for glob in globs {
            builder.add_line(None, glob).map_err(|error| error.to_string())?;
        }
        let paths = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { ignore, rules, paths })
    }

    /// Whether it holds for the file at this path below the root.
    pub fn matches(&self, path: &str) -> bool {
        // The matcher wants paths without a root.
        !path.starts_with('/') && self.paths.matched_path_or_any_parents(path, false).is_ignore()
    }
}
