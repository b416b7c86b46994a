//! What the settings of a project say for good: `USE_QUEUE = True`.

use rustc_hash::FxHashSet as HashSet;

use super::names::Names;
use crate::facts::orm::flow::{Flow, Guard, GuardId};

/// Settings that are true in every file of settings that says what they are, those of tests aside.
#[derive(Debug, Default)]
pub(super) struct Settings<'a>(HashSet<&'a str>);

impl<'a> Settings<'a> {
    pub(super) fn read(names: &Names<'a>) -> Self {
        let (mut on, mut open) = (HashSet::default(), HashSet::default());
        for draft in names.drafts.iter().copied().filter(|it| is_of_settings(&it.path)) {
            for (name, node) in &draft.globals {
                let all = if draft.top.flag(*node) == Some(true) { &mut on } else { &mut open };
                all.insert(&**name);
            }
        }
        on.retain(|name| !open.contains(name));
        Self(on)
    }

    /// Whether code behind a test of a setting never runs.
    pub(super) fn bar(&self, guard: &Guard) -> bool {
        matches!(guard, Guard::Setting(name, false) if self.0.contains(&**name))
    }

    /// The same of all tests that a node stands behind.
    pub(super) fn bar_any(&self, flow: &Flow, guard: GuardId) -> bool {
        guard != 0 && !self.0.is_empty() && flow.guards(guard).any(|it| self.bar(it))
    }
}

/// Whether a file holds settings that a deployment may have.
fn is_of_settings(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let of_tests = file.split(['.', '_', '-']).any(|word| matches!(word, "test" | "tests" | "testing" | "ci"));
    path.contains("settings") && !of_tests
}

#[cfg(test)]
mod tests {
    use super::is_of_settings;

    #[test]
    fn settings_of_tests_say_nothing_of_a_deployment() {
        let paths =
            ["site/settings/defaults.py", "site/settings.py", "site/settings/local-ci.py", "site/settings_test.py"];
        assert_eq!(paths.map(is_of_settings), [true, true, false, false]);
    }
}
