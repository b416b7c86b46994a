//! What a finding rests on where not all of it is known.

use super::UNNAMED;

/// What is guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::link::orm) enum Guess {
    /// That a loop over what nobody knows is long.
    Loop,
    /// That it is over rows of this model, of which nothing is loaded.
    Rows(Box<str>),
    /// That a method of this name is the only one there is.
    Name(Box<str>),
    /// That a serializer, or a list of the admin, that chooses its fields by code has all that it names.
    Fields,
    /// That a value is a row of the model that has what is read of it.
    Row,
    /// That code for some kinds of rows only is for those of the loop.
    Kind,
    /// That rows are not yet in memory, where their class keeps one object for each of them.
    Kept,
}

impl Guess {
    /// Whether it is about rows of which nobody knows where they come from.
    pub(in crate::link::orm) fn is_of_strangers(&self) -> bool {
        !matches!(self, Guess::Fields | Guess::Kind | Guess::Kept)
    }

    /// What makes it one, as a sentence about a loop over this.
    pub(in crate::link::orm) fn because(&self, over: &str) -> String {
        let over = if over == UNNAMED { "what the loop goes through".into() } else { format!("what `{over}` holds") };
        match self {
            Guess::Loop => format!("{over} is not known: it is taken to be long"),
            Guess::Rows(model) => {
                format!("{over} is not known: it is taken for rows of `{model}` with nothing loaded")
            }
            Guess::Name(name) => {
                format!("what has `{name}` is not known: it is taken for the one function of that name")
            }
            Guess::Fields => {
                "which fields there are is chosen by code (`get_fields`, `get_list_display`): this is taken to be one"
                    .into()
            }
            Guess::Row => {
                "of which model the row is, is not known: it is taken for that which has what is read of it".into()
            }
            Guess::Kept => {
                "the class keeps one object for each row: which of them have it loaded already is not known".into()
            }
            Guess::Kind => "it is read of some kinds of rows only: those of the loop are taken to be of one".into(),
        }
    }
}
