//! Words that are looked for in every file, whoever it is read by, and found once: a copy of the files shares what was
//! found, and every proof of a fix looks again.

use memchr::memmem;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// A command that may start containers, or a variable that says which.
    Start,
    /// A command that builds an image.
    Build,
    /// A comment that speaks to this program.
    Comment,
    /// One that speaks to ruff or flake8.
    Noqa,
    /// What stands before the name of a command of Django's, or of a script.
    Command,
}

impl Sought {
    /// The word that a text starts with.
    pub fn found_at(self, text: &str) -> Option<&'static str> {
        self.words().iter().copied().find(|word| text.starts_with(word))
    }

    /// The words; none holds a line ending.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Sought::Start => &["compose", "COMPOSE_FILE", "stack deploy"],
            Sought::Build => &[
                "docker build",
                "docker buildx build",
                "docker image build",
                "podman build",
                "buildah bud",
                "buildah build",
            ],
            Sought::Comment => &["plimsoll:"],
            Sought::Noqa => &["noqa:", "NOQA:", "noqa :", "NOQA :"],
            Sought::Command => &["manage.py", "django-admin", "scripts/", "bin/"],
        }
    }
}

/// The places of all words in a text.
#[derive(Clone, Debug)]
pub(super) struct Places {
    start: Box<[u32]>,
    build: Box<[u32]>,
    comment: Box<[u32]>,
    noqa: Box<[u32]>,
    command: Box<[u32]>,
}

impl Places {
    pub(super) fn of(text: &str) -> Self {
        let places = |sought: Sought| {
            let words = sought.words().iter();
            let mut all: Vec<u32> = words
                .flat_map(|word| memmem::find_iter(text.as_bytes(), word.as_bytes()))
                .map(|at| at as u32)
                .collect();
            all.sort_unstable();
            all.into_boxed_slice()
        };
        Self {
            start: places(Sought::Start),
            build: places(Sought::Build),
            comment: places(Sought::Comment),
            noqa: places(Sought::Noqa),
            command: places(Sought::Command),
        }
    }

    pub(super) fn get(&self, sought: Sought) -> &[u32] {
        match sought {
            Sought::Start => &self.start,
            Sought::Build => &self.build,
            Sought::Comment => &self.comment,
            Sought::Noqa => &self.noqa,
            Sought::Command => &self.command,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_in_their_order() {
        let places = Places::of("COMPOSE_FILE=a docker-compose up\ndocker build .\n# plimsoll: ignore\n");
        assert_eq!(places.get(Sought::Start), [0, 22]);
        assert_eq!(places.get(Sought::Build), [33]);
        assert_eq!(places.get(Sought::Comment), [50]);
    }
}
