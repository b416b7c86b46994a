//! What deployments are for: told by the words of names, by what stands beside them, and by what they run.
//!
//! Compose files, manifests, platforms and images are held to the same words. What is judged in the end, and what is
//! only named with the reason, is told in [`super::deployed`].

mod beside;
mod words;
mod workshop;

pub(in crate::link) use beside::{beside_manifests, beside_productions};
pub(in crate::link) use words::{first, is_development, of_path, of_word, of_words};
pub(in crate::link) use workshop::workshop;

/// What a deployment is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// It serves: its files or who starts it say so.
    Production,
    /// What `docker compose up` starts where nothing says what it is for.
    #[default]
    Default,
    /// People work with it.
    Development,
    /// Tests run in it.
    Test,
    /// It shows how something is used.
    Example,
}

impl Role {
    /// Whether its load is that of users: what caps the others caps nobody.
    pub fn is_deployed(self) -> bool {
        matches!(self, Role::Production | Role::Default)
    }

    /// Whether it is one of use: to work with, or to serve.
    pub(in crate::link) fn is_use(self) -> bool {
        matches!(self, Role::Production | Role::Development)
    }
}
