//! The words of names that tell what something is for.

use super::Role;

/// Words, and what they say that something is for; of several the first line's counts.
const WORDS: [(Role, &[&str]); 4] = [
    (
        Role::Example,
        &[
            "example",
            "examples",
            "sample",
            "samples",
            "demo",
            "demos",
            "doc",
            "docs",
            "tutorial",
            "vendor",
            "vendored",
            "third_party",
        ],
    ),
    (
        Role::Test,
        &[
            "test",
            "tests",
            "testing",
            "ci",
            "e2e",
            "integration",
            "bench",
            "benchmark",
            "benchmarks",
            "loadtest",
            "github",
        ],
    ),
    (
        Role::Development,
        &["dev", "devel", "develop", "development", "devstack", "local", "debug", "devcontainer", "hotreload", "watch"],
    ),
    (Role::Production, &["prod", "production", "live", "deploy", "deployment", "release", "staging", "stack", "swarm"]),
];

/// What a word says, in lower case.
pub(in crate::link) fn of_word(word: &str) -> Option<Role> {
    WORDS.iter().find(|(_, telling)| telling.contains(&word)).map(|(role, _)| *role)
}

/// What a text's words say of a role, and the word.
pub(in crate::link) fn of_words(text: &str) -> Option<(Role, String)> {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    WORDS.iter().find_map(|(role, telling)| {
        let word = words.iter().find(|word| telling.contains(word))?;
        Some((*role, (*word).to_string()))
    })
}

/// Whether a word of a text tells of development, whatever the others tell.
pub(in crate::link) fn is_development(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| of_word(word) == Some(Role::Development))
}

/// What a path says. A folder is no test or example by a part of its name: `integration-service` is none.
pub(in crate::link) fn of_path(path: &str) -> Option<(Role, String)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folders = || folder.split('/').map(|part| part.trim_start_matches('.').to_ascii_lowercase());
    // `load_testing` is about tests, `integration-service` is a service.
    let tells = |telling: &[&str], part: &str| {
        let last = part.rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
        telling.contains(&part) || last.is_some_and(|last| telling.contains(&last))
    };
    let whole = WORDS.iter().find_map(|(role, telling)| {
        let part = folders().find(|part| tells(telling, part))?;
        Some((*role, part))
    });
    // What is only built is not started so. A folder of that name may hold anything.
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if matches!(stem, "build" | "compose.build" | "compose-build" | "docker-compose.build" | "docker-compose-build") {
        return whole.or_else(|| Some((Role::Development, "build".to_owned())));
    }
    // What stands last may be a word, too: `Dockerfile.dev`.
    whole.or_else(|| of_words(name)).or_else(|| of_words(folder).filter(|(role, _)| role.is_use()))
}

/// What counts of several things said: what stands first among the words.
pub(in crate::link) fn first(said: Vec<(Role, String)>) -> Option<(Role, String)> {
    WORDS.iter().find_map(|(role, _)| said.iter().find(|(said, _)| said == role).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_by_whole_folders_and_last_words() {
        let role = |path: &str| of_path(path).map(|(role, _)| role);
        assert_eq!(role("integration-service/Dockerfile"), None);
        assert_eq!(role("load_testing/compose.yaml"), Some(Role::Test));
        assert_eq!(role("docs/production/compose.yaml"), Some(Role::Example));
        assert_eq!(role("deploy/local/compose.yaml"), Some(Role::Development));
        assert_eq!(role(".github/workflows/compose.yaml"), Some(Role::Test));
        assert_eq!(role("third_party/redis/Dockerfile"), Some(Role::Example));
        assert_eq!(role("app/compose.prod.yaml"), Some(Role::Production));
        assert_eq!(role("Dockerfile.dev"), Some(Role::Development));
    }
}
