//! Names of decorators, mixins and permissions that keep a view for the people who run a site.

/// Words of names that say so: `StaffRequiredMixin`, `superuser_required`, `JobBoardAdminRequiredMixin`.
const WORDS: &[&str] = &["staff", "superuser", "admin", "moderator"];
/// What permissions are called that say so, or end so: REST framework's `IsAdminUser`, and what projects call their own.
const PERMISSIONS: &[&str] = &["isadminuser", "isstaff", "isstaffuser", "issuperuser"];

/// Whether a decorator or a mixin asks for somebody who runs the site, or has been given a permission.
pub fn asks_for_staff(name: &str) -> bool {
    // Of all names few do.
    if name.starts_with("PermissionRequired") || name == "permission_required" || name.contains("staff_member") {
        return true;
    }
    let says = |name: &str| WORDS.iter().any(|word| name.contains(word));
    if name.contains("equired") {
        return says(&plain(name));
    }
    // `StaffOnlyMixin`
    name.contains("Only") && says(&plain(name))
}

/// Whether a permission is one that only these have.
pub fn is_of_staff(permission: &str) -> bool {
    let name = plain(permission);
    let name = name.strip_suffix("permission").unwrap_or(&name);
    PERMISSIONS.iter().any(|it| name.ends_with(it))
}

/// Whether a decorator or a mixin asks something of the user that its name does not say.
pub(super) fn asks_anything(name: &str) -> bool {
    matches!(name, "user_passes_test" | "UserPassesTestMixin")
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', "")
}

#[cfg(test)]
mod tests {
    use super::{asks_for_staff, is_of_staff};

    #[test]
    fn names_that_keep_others_out() {
        for name in [
            "StaffRequiredMixin",
            "superuser_required",
            "StaffOnlyMixin",
            "staff_member_required",
            "permission_required",
            "PermissionRequiredMixin",
        ] {
            assert!(asks_for_staff(name), "{name}");
        }
        for name in ["LoginRequiredMixin", "login_required", "ReadOnlyMixin", "StaffListMixin", "PermissionMixin"] {
            assert!(!asks_for_staff(name), "{name}");
        }
        for name in ["IsAdminUser", "UserIsStaffPermission", "IsSuperuser", "is_staff"] {
            assert!(is_of_staff(name), "{name}");
        }
        // A thing has an admin of its own, as a rule.
        for name in ["IsAdmin", "IsAdminOrReadOnly", "IsAuthenticated", "IsStaffOrOwner"] {
            assert!(!is_of_staff(name), "{name}");
        }
    }
}
