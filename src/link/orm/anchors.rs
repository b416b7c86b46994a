//! The names under which what code does is known from run to run.

use rustc_hash::FxHashMap as HashMap;

use super::names::Names;
use super::types::Unit;
use crate::source::Span;
use crate::stack::vocabulary::About;
use crate::stack::{Anchor, Writer};

/// Gives anchors, the second of a name with its number.
#[derive(Default)]
pub(super) struct Anchors {
    given: HashMap<Anchor, u32>,
}

impl Anchors {
    /// What is done in a unit, known by `what`: a call as it is written, or what it is about.
    pub(super) fn about(
        &mut self,
        names: &Names<'_>,
        unit: Unit,
        what: &str,
        span: Span,
        writers: Vec<Writer>,
    ) -> About {
        let entity = match unit {
            Unit::Top(_) => "module".into(),
            Unit::Class(class) => names.class(class).name.to_string(),
            Unit::Function(id) => names.path_of(id),
        };
        let draft = names.draft(unit.draft());
        let what = what.replace("(...)", "").replace("()", "");
        let mut anchor = Anchor::new(draft.path.clone(), format!("{entity}:{what}"));
        let count = self.given.entry(anchor.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            anchor.entity = format!("{}:{count}", anchor.entity).into();
        }
        About { name: format!("{}.{entity}", draft.module).into(), anchor, span: Some(span), owner: None, writers }
    }
}
