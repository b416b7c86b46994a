//! The two macros of the vocabulary: `entity!` makes one kind of entity, `kinds!` the stack of all of them.

/// A kind of entity: its struct, and the table of its fields.
macro_rules! entity {
    ($(#[doc = $doc:literal])* $kind:ident {
        $( $(#[doc = $fdoc:literal])* $field:ident : $ty:ty $(= $words:literal)? ; )*
    }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $kind {
            /// Its name, its place, its writers.
            pub about: About,
            $( $(#[doc = $fdoc])* pub $field: $ty, )*
        }

        impl $crate::stack::vocabulary::Shape for $kind {
            const DOC: &'static str = concat!($($doc),*);
            const FIELDS: &'static [$crate::stack::vocabulary::FieldInfo] = &[ $( $crate::stack::vocabulary::FieldInfo {
                name: stringify!($field),
                ty: <$ty as $crate::stack::vocabulary::IsField>::TYPE,
                doc: concat!($($fdoc),*),
                words: concat!($($words)?),
            } ),* ];

            fn field(&self, at: usize) -> $crate::stack::vocabulary::Field {
                let readers: &[fn(&$kind) -> $crate::stack::vocabulary::Field] =
                    &[ $( |entity| $crate::stack::vocabulary::IsField::read(&entity.$field) ),* ];
                readers[at](self)
            }
        }
    };
}

/// The kinds of entities in the order in which reports show them, and the stack that holds them.
macro_rules! kinds {
    ($( $kind:ident $name:literal in $list:ident; )*) => {
        /// The kinds of entities.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind { $( #[doc = concat!("A [`", stringify!($kind), "`](struct@", stringify!($kind), ").")] $kind ),* }

        $(
            impl IsField for Option<Id<$kind>> {
                const TYPE: FieldType = FieldType::One(Kind::$kind);
                fn read(&self) -> Field { Field::One(self.map(EntityId::from)) }
            }
            impl IsField for Vec<Id<$kind>> {
                const TYPE: FieldType = FieldType::Many(Kind::$kind);
                fn read(&self) -> Field { Field::Many(self.iter().copied().map(EntityId::from).collect()) }
            }
            impl std::ops::Index<Id<$kind>> for Stack {
                type Output = $kind;
                fn index(&self, id: Id<$kind>) -> &$kind { &self.$list[id.at as usize] }
            }
            impl std::ops::IndexMut<Id<$kind>> for Stack {
                fn index_mut(&mut self, id: Id<$kind>) -> &mut $kind { &mut self.$list[id.at as usize] }
            }
            impl From<Id<$kind>> for EntityId {
                fn from(id: Id<$kind>) -> EntityId { EntityId { kind: Kind::$kind, at: id.at } }
            }
            impl Entity for $kind {
                fn about(&self) -> &About { &self.about }
                fn list(stack: &mut Stack) -> &mut Vec<Self> { &mut stack.$list }
            }
        )*

        /// One deployment: everything in it, by kind.
        #[derive(Clone, Debug, Default)]
        pub struct Stack {
            /// What it is called: the compose files that make it, or the folder.
            pub name: Box<str>,
            /// What it is for and how that is known, as the rest of a sentence that starts with its name; empty where
            /// nothing says it.
            pub because: Why,
            /// Whether Kubernetes runs it.
            pub in_pods: bool,
            /// Files of settings that are taken by their name alone, for no file says which are used.
            pub by_name: std::collections::BTreeSet<crate::source::FileId>,
            $( #[doc = concat!("Each [`", stringify!($kind), "`](struct@", stringify!($kind), ") of it.")] pub $list: Vec<$kind>, )*
        }

        /// Every kind with its fields, in the order in which reports show them.
        pub const KINDS: &[KindInfo] = &[ $( KindInfo {
            kind: Kind::$kind,
            name: $name,
            doc: <$kind as Shape>::DOC,
            fields: <$kind as Shape>::FIELDS,
        } ),* ];

        impl Stack {
            /// The entities of a kind, in order.
            pub fn all(&self, kind: Kind) -> impl Iterator<Item = EntityId> + use<> {
                let count = match kind { $( Kind::$kind => self.$list.len() ),* };
                (0..count as u32).map(move |at| EntityId { kind, at })
            }

            /// What every entity has, of this one.
            pub fn about(&self, id: EntityId) -> &About {
                match id.kind { $( Kind::$kind => &self.$list[id.at as usize].about ),* }
            }

            /// The same, to change.
            pub fn about_mut(&mut self, id: EntityId) -> &mut About {
                match id.kind { $( Kind::$kind => &mut self.$list[id.at as usize].about ),* }
            }

            /// A field of an entity by its place in the kind's table ([`KindInfo::fields`]).
            pub fn field(&self, id: EntityId, field: usize) -> Field {
                match id.kind { $( Kind::$kind => self.$list[id.at as usize].field(field) ),* }
            }
        }
    };
}
