//! Attributes that are the same for all that have them: what the body of a class binds once, what all rows of a queryset
//! have by its conditions.

use super::super::asked::Meets;
use super::super::names::{ClassId, Def};
use super::super::types::{Row, Type};
use super::Eval;
use crate::facts::orm::flow::{NodeId, NodeKind, Wanted, last_of};
use crate::stack::vocabulary::Orm;

/// Fields whose values are true wherever they are not null, but for what is empty.
const OF_TEXT: &[&str] = &[
    "CharField",
    "TextField",
    "SlugField",
    "URLField",
    "EmailField",
    "UUIDField",
    "DateField",
    "DateTimeField",
    "FileField",
    "ImageField",
];

impl Eval<'_> {
    /// Whether an attribute of a value is what a test wants, where that is certain.
    pub(super) fn is_attribute(&self, of: NodeId, name: &str, wanted: &Wanted) -> Option<bool> {
        match self.type_of(of) {
            Type::Row(row) => {
                let by_class = self.by_class(row.model, name, wanted);
                by_class.or_else(|| self.by_conditions(&row, name, wanted).filter(|_| !row.guessed))
            }
            Type::Instance(class) | Type::Made(class, _) | Type::Def(Def::Class(class)) => {
                self.by_class(class, name, wanted)
            }
            _ => None,
        }
    }

    /// What the body of a class binds a name to once and for all.
    fn by_class(&self, class: ClassId, name: &str, wanted: &Wanted) -> Option<bool> {
        let (at, place) = self.names.attribute(class, name)?;
        let draft = self.names.class(at);
        let value = &draft.body.node(draft.attributes.get(place)?.value?).kind;
        let is = match (wanted, value) {
            (Wanted::Truth, NodeKind::Text(text)) => !text.is_empty(),
            (Wanted::Truth, NodeKind::Flag(flag)) => *flag,
            (Wanted::Nothing, NodeKind::Nothing) => true,
            (_, NodeKind::Nothing) => false,
            (Wanted::Nothing, NodeKind::Text(_) | NodeKind::Flag(_)) => false,
            (Wanted::Texts(all), NodeKind::Text(text)) => all.contains(text),
            _ => return None,
        };
        // Whoever makes a view may give it another: `as_view(name=…)`.
        let open =
            self.names.method(class, name, None).is_some() || self.handed.has(name) || self.names.stores.puts(name);
        let binds = |it: &ClassId| self.names.attribute(*it, name).is_some_and(|(of, _)| of != at);
        (!open && !self.names.below(class).iter().any(binds)).then_some(is)
    }

    /// What all rows of a queryset have: `exclude(sent__isnull=True)`.
    fn by_conditions(&self, row: &Row, name: &str, wanted: &Wanted) -> Option<bool> {
        let root = row.root.as_ref().filter(|root| root.orm == Orm::Django && row.path.is_empty() && !root.partly)?;
        let field = name.strip_suffix("_id").unwrap_or(name);
        let own = |it: &&(Box<str>, Meets)| it.0.strip_suffix("_id").unwrap_or(&it.0) == field;
        let meets = &root.asked.sure.iter().find(own)?.1;
        let is = match (wanted, meets) {
            (Wanted::Nothing, Meets::Null) => true,
            (_, Meets::Null) => false,
            (Wanted::Nothing, _) => false,
            (Wanted::Truth, Meets::Flag(flag)) => *flag,
            (Wanted::Truth, Meets::Text(text)) => !text.is_empty(),
            (Wanted::Truth, Meets::NotNull) => {
                [name, field].iter().any(|it| self.is_true_unless_null(row.model, it)).then_some(true)?
            }
            (Wanted::Texts(all), Meets::Text(text)) => all.contains(text),
            (Wanted::Texts(all), Meets::Not(text)) => (all.as_slice() == [text.clone()]).then_some(false)?,
            _ => return None,
        };
        // What code has put there meanwhile is another thing.
        let puts = |kind: &NodeKind| matches!(kind, NodeKind::Store { name: put, .. } if **put == *name);
        let put = self.frames.iter().any(|frame| frame.flow.nodes.iter().any(|node| puts(&node.kind)));
        (!put).then_some(is)
    }

    fn is_true_unless_null(&self, model: ClassId, name: &str) -> bool {
        if self.models.relation(model, name).is_some() {
            return true;
        }
        let Some((class, at)) = self.names.attribute(model, name) else { return false };
        let draft = self.names.class(class);
        let call = draft.attributes.get(at).and_then(|it| it.value).and_then(|value| draft.body.call(value));
        let kind = call.and_then(|call| draft.body.dotted(call.func));
        kind.is_some_and(|kind| OF_TEXT.contains(&last_of(&kind)))
    }
}
