//! Views that only the people who run a site come to: by what they derive from, by their decorators, by their permissions.

use crate::facts::orm::FunctionDraft;
use crate::facts::orm::flow::{NodeKind, last_of};
use crate::link::orm::names::{ClassId, FunctionId, Names};

/// Words of names that say so: `StaffRequiredMixin`, `superuser_required`, `JobBoardAdminRequiredMixin`.
const WORDS: &[&str] = &["staff", "superuser", "admin", "moderator"];
/// Permission classes that say so, or end so: REST framework's `IsAdminUser`, and what projects call their own.
const PERMISSIONS: &[&str] = &["isadminuser", "isstaff", "isstaffuser", "issuperuser"];

/// Whether only staff come to the views of a class.
pub(super) fn is_class(names: &Names<'_>, class: ClassId) -> bool {
    let lineage = names.lineage(class);
    let bases = lineage.classes.iter().filter(|it| **it != class).map(|it| &*names.class(*it).name);
    bases.chain(lineage.external.iter().map(|it| last_of(it))).any(keeps_others_out)
        || lineage.external.iter().any(|it| it.starts_with("django.contrib.auth.mixins.PermissionRequired"))
        || has_permissions(names, class)
        || tests_for_staff(names, class)
}

/// Whether only staff come to what a function answers.
pub(super) fn is_function(function: &FunctionDraft) -> bool {
    let keeps = |name: &str| name == "permission_required" || name.contains("staff_member") || keeps_others_out(name);
    function.decorators.iter().any(|it| keeps(last_of(it)))
}

/// A mixin or a decorator that asks for somebody: `…Required…`.
fn keeps_others_out(name: &str) -> bool {
    // Of all names of bases few do.
    if !name.contains("equired") {
        return false;
    }
    let name = name.to_lowercase().replace('_', "");
    name.contains("required") && WORDS.iter().any(|word| name.contains(word))
}

fn has_permissions(names: &Names<'_>, class: ClassId) -> bool {
    let Some((at, place)) = names.attribute(class, "permission_classes") else { return false };
    let body = &names.class(at).body;
    let value = names.class(at).attributes.get(place).and_then(|it| it.value);
    let Some(NodeKind::List(items)) = value.map(|value| &body.node(value).kind) else { return false };
    items.iter().filter_map(|item| body.dotted(*item)).any(|name| {
        let name = last_of(&name).to_lowercase().replace('_', "");
        PERMISSIONS.iter().any(|it| name.ends_with(it))
    })
}

/// `def test_func(self): return self.request.user.is_staff`
fn tests_for_staff(names: &Names<'_>, class: ClassId) -> bool {
    let reads = |id: FunctionId| {
        names.function(id).flow.nodes.iter().any(
            |node| matches!(&node.kind, NodeKind::Attr { name, .. } if matches!(&**name, "is_staff" | "is_superuser")),
        )
    };
    names.derives_external(class, "UserPassesTestMixin") && names.method(class, "test_func", None).is_some_and(reads)
}
