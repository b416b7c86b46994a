//! The scales that users and rules' pages name: how bad, and how sure.

use serde::{Deserialize, Serialize};

macro_rules! scale {
    ($( $(#[doc = $doc:literal])* $name:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal ),* $(,)? } )*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $( $(#[doc = $vdoc])* $variant ),* }

        impl $name {
            /// All of them, the least first.
            pub const ALL: &'static [$name] = &[$( $name::$variant ),*];

            /// Its word.
            pub fn word(self) -> &'static str {
                match self { $( $name::$variant => $word ),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|it| it.word() == word).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|it| format!("`{it}`")).collect();
                    format!("`{word}` is none of {}", words.join(", "))
                })
            }
        }
    )* };
}

scale! {
    /// How bad it is.
    Severity {
        /// Worth knowing.
        Info = "info",
        /// Costs little, or rarely.
        Low = "low",
        /// Costs capacity under load.
        Medium = "medium",
        /// Gives out under load.
        High = "high",
        /// Cannot start, has no effect, or is arithmetically overcommitted.
        Error = "error",
    }
    /// How sure it is: the weakest origin that was read.
    Confidence {
        /// It rests on a guess about the code.
        Low = "low",
        /// It rests on an assumption, or on a value that the environment may replace.
        Medium = "medium",
        /// It rests on what is written and on the programs' own defaults.
        High = "high",
    }
}
