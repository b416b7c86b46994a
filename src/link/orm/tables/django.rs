//! Tables of Django's models, as its backend for PostgreSQL makes them (`django/db/backends/postgresql/base.py` and
//! `schema.py`, Django 5.2).

use super::super::django_models::{app_of, is_abstract};
use super::super::indexes::{self, MetaIndex};
use super::super::models::{AUTH_USER, Models};
use super::super::names::{ClassId, Def, Names};
use super::{Draft, number};
use crate::facts::orm::flow::{CallView, Flow, last_of};
use crate::facts::orm::{Attribute, ClassDraft};
use crate::stack::{ColumnKind, Table, TextKind};

/// A key that nobody chose: `bigint`, as new projects have it.
const KEY: ColumnKind = ColumnKind::Fixed(8);
/// So many bases are followed to find the type of a key.
const MOST_KEYS: u32 = 4;

/// The table of a model, and those of its many-to-many relations.
pub(super) fn tables(names: &Names<'_>, models: &Models, class: ClassId, out: &mut Vec<Table>) {
    let own_meta = |flag: &str| {
        let meta = names.inner(class, "Meta").map(|it| names.class(it));
        let value = |it: &ClassDraft| {
            let attribute = it.attributes.iter().find(|at| &*at.name == flag)?;
            it.body.flag(attribute.value?)
        };
        meta.and_then(value)
    };
    // Neither has a table of its own, or it is made by somebody else.
    if is_abstract(names, class) || own_meta("proxy") == Some(true) || own_meta("managed") == Some(false) {
        return;
    }
    let model = names.class(class);
    let app: Box<str> = app_of(names.draft(class.draft)).into();
    let mut table = Draft::new();
    let key = key_of(names, models, class, MOST_KEYS);
    let classes: Vec<ClassId> = names.lineage(class).classes.clone();
    let parent = |it: &ClassId| *it != class && models.get(*it).is_some() && !is_abstract(names, *it);
    let parents: Vec<ClassId> = classes.iter().copied().filter(parent).collect();
    let own = classes.iter().filter(|it| !parents.iter().any(|parent| names.derives(*parent, **it)));
    let fields: Vec<(ClassId, &Attribute)> = own.flat_map(|it| fields(names, *it)).collect();
    let keyed = fields.iter().any(|(of, it)| {
        let flow = &names.class(*of).body;
        it.value.and_then(|value| flow.call(value)).is_some_and(|call| flow.says(call, "primary_key"))
    });
    if !keyed {
        let name =
            parents.first().map_or("id".to_owned(), |it| format!("{}_ptr_id", names.class(*it).name.to_lowercase()));
        let place = table.column(&name, key, false);
        table.index(vec![place], true);
    }
    let mut pairs: Vec<(Box<str>, ClassId, Option<ClassId>)> = Vec::new();
    for (of, attribute) in fields {
        // A class nearer by may say it again, or take it out.
        if names.attribute(class, &attribute.name).is_some_and(|(nearest, _)| nearest != of) {
            continue;
        }
        let flow = &names.class(of).body;
        let Some(call) = attribute.value.and_then(|value| flow.call(value)) else { continue };
        let Some(func) = flow.called(call) else { continue };
        let target = || models.relation(class, &attribute.name).and_then(|it| it.target);
        match &*func {
            "ManyToManyField" | "TaggableManager" | "ParentalManyToManyField" | "SortedManyToManyField" => {
                if call.keyword("through").is_none() && func != "TaggableManager" {
                    pairs.push((attribute.name.clone(), class, target()));
                }
            }
            "ForeignKey" | "OneToOneField" | "ParentalKey" | "TreeForeignKey" => {
                let kind = target().map_or(KEY, |it| key_of(names, models, it, MOST_KEYS));
                let place = table.key(&format!("{}_id", attribute.name), kind, flow.says(call, "null"));
                let unique = func == "OneToOneField" || flow.says(call, "unique") || flow.says(call, "primary_key");
                let index = call.keyword("db_index").is_none_or(|node| flow.flag(node) != Some(false));
                if unique || index {
                    table.index(vec![place], unique);
                }
            }
            "GenericForeignKey" | "GenericRelation" => {}
            _ => field(&mut table, names, of, attribute, call, &func),
        }
    }
    bases(names, class, &parents, &mut table);
    for of in &classes {
        for index in indexes::metas(names, *of).flat_map(indexes::in_meta).flatten().filter(MetaIndex::is_plain) {
            let fields: Vec<&str> = index.fields.iter().copied().flatten().collect();
            table.index_of(&fields, index.is_unique());
        }
    }
    let Draft { columns, indexes, unread } = table;
    out.push(Table { name: model.name.clone(), app: app.clone(), span: model.span, columns, indexes, unread });
    for (field, from, to) in pairs {
        let mut table = Draft::new();
        let id = table.column("id", default_key(names), false);
        let from_id = table.key("from_id", key_of(names, models, from, MOST_KEYS), false);
        let to_kind = to.map_or(KEY, |it| key_of(names, models, it, MOST_KEYS));
        let to_id = table.key("to_id", to_kind, false);
        table.index(vec![id], true);
        table.index(vec![from_id, to_id], true);
        table.index(vec![from_id], false);
        table.index(vec![to_id], false);
        let Draft { columns, indexes, unread } = table;
        let name = format!("{}.{field}", model.name).into();
        out.push(Table { name, app: app.clone(), span: model.span, columns, indexes, unread });
    }
}

/// What the body of a class binds to a call, in its order.
fn fields<'n>(names: &Names<'n>, class: ClassId) -> Vec<(ClassId, &'n Attribute)> {
    let draft = names.class(class);
    let is_call = |it: &&Attribute| it.value.is_some_and(|value| draft.body.call(value).is_some());
    draft.attributes.iter().filter(is_call).map(|it| (class, it)).collect()
}

/// The type of a model's primary key.
fn key_of(names: &Names<'_>, models: &Models, class: ClassId, hops: u32) -> ColumnKind {
    if class == AUTH_USER || hops == 0 {
        return default_key(names);
    }
    for of in &names.lineage(class).classes {
        let flow = &names.class(*of).body;
        for (_, attribute) in fields(names, *of) {
            let Some(call) = attribute.value.and_then(|value| flow.call(value)) else { continue };
            if !flow.says(call, "primary_key") {
                continue;
            }
            let func = flow.called(call).unwrap_or_default();
            if matches!(&*func, "ForeignKey" | "OneToOneField") {
                let target = models.relation(class, &attribute.name).and_then(|it| it.target);
                return target.map_or(KEY, |it| key_of(names, models, it, hops - 1));
            }
            return kind(names, *of, flow, call, &func).unwrap_or(KEY);
        }
    }
    default_key(names)
}

/// The type of keys that no model chooses: what settings say.
fn default_key(names: &Names<'_>) -> ColumnKind {
    let said = names.drafts.iter().find_map(|draft| {
        let (_, node) = draft.globals.iter().find(|(name, _)| &**name == "DEFAULT_AUTO_FIELD")?;
        draft.top.text(*node)
    });
    match said.map(last_of) {
        Some("AutoField") => ColumnKind::Fixed(4),
        Some("SmallAutoField") => ColumnKind::Fixed(2),
        _ => KEY,
    }
}

/// A field that is a column by itself, with its indexes.
fn field(table: &mut Draft, names: &Names<'_>, of: ClassId, attribute: &Attribute, call: CallView<'_>, func: &str) {
    let flow = &names.class(of).body;
    // What is no field of Django's is not told from what is none at all, unless its name says so.
    let Some(kind) = kind(names, of, flow, call, func) else {
        let is_field = func.ends_with("Field")
            || matches!(names.of_node(of.draft, flow, call.func), Some(Def::External(name)) if name.contains(".fields."));
        if is_field {
            table.column(&attribute.name, ColumnKind::Unknown, true);
            table.unread.push(format!("{} = {func}(…)", attribute.name).into());
        }
        return;
    };
    let place = table.column(&attribute.name, kind, flow.says(call, "null"));
    let unique = flow.says(call, "unique") || flow.says(call, "primary_key");
    let slug = func == "SlugField" && call.keyword("db_index").is_none();
    if unique || slug || flow.says(call, "db_index") {
        table.index(vec![place], unique);
        if matches!(kind, ColumnKind::Text(..)) {
            table.index_by_bytes(place, unique);
        }
    }
}

/// What a field of this class holds; nothing where it is not known.
fn kind(names: &Names<'_>, of: ClassId, flow: &Flow, call: CallView<'_>, func: &str) -> Option<ColumnKind> {
    let most = |word: &str| call.keyword(word).and_then(|node| number(names, of, flow, node));
    let text = |kind, usual| ColumnKind::Text(kind, most("max_length").or(usual));
    Some(match func {
        "BooleanField" | "NullBooleanField" => ColumnKind::Fixed(1),
        "SmallIntegerField" | "PositiveSmallIntegerField" | "SmallAutoField" => ColumnKind::Fixed(2),
        "IntegerField" | "PositiveIntegerField" | "AutoField" | "DateField" => ColumnKind::Fixed(4),
        "BigIntegerField"
        | "PositiveBigIntegerField"
        | "BigAutoField"
        | "FloatField"
        | "DateTimeField"
        | "TimeField"
        | "CreationDateTimeField"
        | "ModificationDateTimeField"
        | "AutoCreatedField"
        | "AutoLastModifiedField"
        | "MonitorField" => ColumnKind::Fixed(8),
        "DurationField" => ColumnKind::Interval,
        "UUIDField" => ColumnKind::Uuid,
        "DecimalField" => ColumnKind::Decimal(most("max_digits").map_or(12, |it| it.min(1000) as u16)),
        "GenericIPAddressField" | "IPAddressField" => ColumnKind::Address,
        "CharField" | "CICharField" if call.keyword("choices").is_some() => text(TextKind::Choice, None),
        "CharField" | "CICharField" => text(TextKind::Line, None),
        "SlugField" | "AutoSlugField" => text(TextKind::Slug, Some(50)),
        "EmailField" | "CIEmailField" => text(TextKind::Email, Some(254)),
        "URLField" => text(TextKind::Url, Some(200)),
        "FileField" | "ImageField" | "FilePathField" => text(TextKind::Path, Some(100)),
        "TextField" | "CITextField" | "RichTextField" | "MarkdownField" => ColumnKind::Text(TextKind::Long, None),
        "JSONField" | "ArrayField" | "HStoreField" | "StreamField" => ColumnKind::Json,
        "BinaryField" => ColumnKind::Binary,
        _ => return None,
    })
}

/// The columns of well-known bases that are not in the repository, and the names of those that are not known.
fn bases(names: &Names<'_>, class: ClassId, parents: &[ClassId], table: &mut Draft) {
    const WHEN: ColumnKind = ColumnKind::Fixed(8);
    for base in &names.lineage(class).external {
        // What a parent has stands in its own table.
        if parents.iter().any(|it| names.lineage(*it).external.contains(base)) {
            continue;
        }
        let text = |kind, most| ColumnKind::Text(kind, Some(most));
        match last_of(base) {
            "Model" | "object" => {}
            "TimeStampedModel" => {
                table.column("created", WHEN, false);
                table.column("modified", WHEN, false);
            }
            "AbstractBaseUser" => {
                table.column("password", text(TextKind::Hash, 128), false);
                table.column("last_login", WHEN, true);
            }
            "PermissionsMixin" => {
                table.column("is_superuser", ColumnKind::Fixed(1), false);
            }
            "AbstractUser" => {
                table.column("password", text(TextKind::Hash, 128), false);
                table.column("last_login", WHEN, true);
                table.column("is_superuser", ColumnKind::Fixed(1), false);
                let name = table.column("username", text(TextKind::Line, 150), false);
                table.index(vec![name], true);
                table.index_by_bytes(name, true);
                table.column("first_name", text(TextKind::Line, 150), false);
                table.column("last_name", text(TextKind::Line, 150), false);
                table.column("email", text(TextKind::Email, 254), false);
                table.column("is_staff", ColumnKind::Fixed(1), false);
                table.column("is_active", ColumnKind::Fixed(1), false);
                table.column("date_joined", WHEN, false);
            }
            "MPTTModel" => {
                for name in ["lft", "rght", "tree_id", "level"] {
                    let place = table.column(name, ColumnKind::Fixed(4), false);
                    if name == "tree_id" {
                        table.index(vec![place], false);
                    }
                }
            }
            last if last.ends_with("Mixin") => {}
            _ => table.unread.push((**base).into()),
        }
    }
}
