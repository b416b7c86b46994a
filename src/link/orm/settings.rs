//! What the settings of a project say for good: `USE_QUEUE = True`.

use rustc_hash::FxHashSet as HashSet;

use super::names::Names;
use crate::facts::orm::flow::{Flow, Guard, GuardId, NodeId};

/// What the files of settings say for good, those of tests aside.
#[derive(Debug, Default)]
pub(super) struct Settings<'a> {
    /// Settings that are true in every file that says what they are.
    on: HashSet<&'a str>,
    /// Settings that are false in every such file, or false where the environment says nothing.
    off: HashSet<&'a str>,
}

impl<'a> Settings<'a> {
    pub(super) fn read(names: &Names<'a>) -> Self {
        let (mut on, mut off, mut open) = (HashSet::default(), HashSet::default(), HashSet::default());
        for draft in names.drafts.iter().copied().filter(|it| is_of_settings(&it.path)) {
            for (name, node) in &draft.globals {
                let all = match draft.top.flag(*node).or_else(|| by_default(&draft.top, *node)) {
                    Some(true) if draft.top.flag(*node).is_some() => &mut on,
                    Some(false) => &mut off,
                    _ => &mut open,
                };
                all.insert(&**name);
            }
        }
        let is_open = |name: &&str| open.contains(name);
        let both: HashSet<&str> = on.intersection(&off).copied().collect();
        on.retain(|name| !is_open(name) && !both.contains(name));
        off.retain(|name| !is_open(name) && !both.contains(name));
        Self { on, off }
    }

    /// Whether code behind a test of a setting never runs.
    pub(super) fn bar(&self, guard: &Guard) -> bool {
        matches!(guard, Guard::Setting(name, false) if self.on.contains(&**name))
    }

    /// Whether a setting is false where nobody sets it.
    pub(super) fn is_off(&self, name: &str) -> bool {
        self.off.contains(name)
    }

    /// The same of all tests that a node stands behind.
    pub(super) fn bar_any(&self, flow: &Flow, guard: GuardId) -> bool {
        guard != 0 && !self.on.is_empty() && flow.guards(guard).any(|it| self.bar(it))
    }
}

/// What a call that asks the environment gives where that says nothing: `config("USE_QUEUE", default=False)`,
/// `env.bool("USE_QUEUE", False)`.
fn by_default(flow: &Flow, id: NodeId) -> Option<bool> {
    let call = flow.call(id)?;
    let given = call.keyword("default").or_else(|| call.args.get(1).copied())?;
    flow.flag(given)
}

/// Whether a file holds settings that a deployment may have.
pub(super) fn is_of_settings(path: &str) -> bool {
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
