//! What a path says of a Python file: its module, and who runs it.

use super::draft::{Import, Place};
use super::keepers::{asks_anything, asks_for_staff};

/// The dotted module of a path, and whether it is a package's `__init__.py`.
pub(super) fn module(path: &str) -> (Box<str>, bool) {
    let stem = path.strip_suffix(".py").unwrap_or(path);
    match stem.strip_suffix("__init__") {
        Some(package) => (package.trim_end_matches('/').replace('/', ".").into(), true),
        None => (stem.replace('/', ".").into(), false),
    }
}

/// Whether a file is of no interest: tests, migrations, fixtures for tests.
pub(super) fn is_aside(path: &str) -> bool {
    const FOLDERS: &[&str] = &["tests", "test", "testing", "migrations", "versions", "site-packages", "node_modules"];
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder_aside = folder.split('/').any(|part| FOLDERS.contains(&part) || part.starts_with("test_"));
    let name_aside = name.starts_with("test_")
        || name.ends_with("_test.py")
        || name.ends_with("_tests.py")
        || matches!(name, "conftest.py" | "tests.py" | "test.py" | "factories.py");
    folder_aside || name_aside
}

/// Whether a file is of tests.
pub(super) fn is_test(path: &str) -> bool {
    const OTHERS: &[&str] = &["migrations", "versions", "site-packages", "node_modules"];
    is_aside(path) && !path.split('/').any(|part| OTHERS.contains(&part))
}

/// Who runs the code of a file, by its path and what it imports.
pub(super) fn of(path: &str, imports: &[Import]) -> Place {
    const COLD: &[&str] =
        &["commands", "scripts", "script", "bin", "tools", "alembic", "docs", "examples", "seed", "seeds", "fixtures"];
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let cold =
        |name| matches!(name, "manage.py" | "setup.py" | "fabfile.py" | "commands.py" | "cli.py" | "tasks_cli.py");
    if folder.split('/').any(|part| COLD.contains(&part)) || cold(name) || helps_migrations(name) || makes_samples(name)
    {
        Place::Command
    } else if is_of_admin(folder, name, imports) {
        Place::Admin
    } else {
        Place::Any
    }
}

/// Whether a file holds what staff come to: Django's admin, one that a project or a package builds upon it, and their views.
fn is_of_admin(folder: &str, name: &str, imports: &[Import]) -> bool {
    let within = || folder.split('/').any(|part| part == "admin");
    let views = || name.starts_with("view") || folder.split('/').any(|part| part == "views");
    let builds_on = |import: &Import| import.module.split('.').any(|part| part == "admin");
    (name == "admin.py" || within()) && imports.iter().any(is_admin)
        || (name == "admin.py" || within() && views()) && imports.iter().any(builds_on)
}

/// Whether a file is what migrations call, by its name: `migrations.py`, `_migration_helpers.py`.
fn helps_migrations(name: &str) -> bool {
    const WORDS: &[&str] = &["migration", "migrations"];
    const OTHERS: &[&str] = &["helper", "helpers", "utils", "util", "functions", ""];
    let words = || name.trim_end_matches(".py").split('_');
    words().any(|it| WORDS.contains(&it)) && words().all(|it| WORDS.contains(&it) || OTHERS.contains(&it))
}

/// Whether a file makes rows to try a program with, by its name: `seed.py`, `load_demo_data.py`.
fn makes_samples(name: &str) -> bool {
    const SEEDS: &[&str] = &["seed", "seeds", "seeder", "seeding"];
    const SAMPLES: &[&str] = &["demo", "dummy", "fake", "sample", "test"];
    let words = || name.trim_end_matches(".py").split('_');
    let has = |of: &[&str]| words().any(|it| of.contains(&it));
    has(SEEDS) || has(SAMPLES) && has(&["data", "db", "database", "load", "create", "generate", "populate"])
}

/// Whether an import is of Django's admin, or of what keeps views for the people who run the site.
fn is_admin(import: &Import) -> bool {
    import.module.starts_with("django.contrib.admin")
        || (&*import.module == "django.contrib" && import.item.as_deref() == Some("admin"))
        || import.module.starts_with("django.contrib.auth")
            && import.item.as_deref().is_some_and(|item| asks_for_staff(item) || asks_anything(item))
}

#[cfg(test)]
mod tests {
    use super::{Import, Place, of};

    #[test]
    fn what_builds_upon_the_admin_is_of_staff() {
        let from = |module: &str| vec![Import { name: "it".into(), module: module.into(), item: Some("it".into()) }];
        assert_eq!(of("shop/admin.py", &from("back.admin.mixins")), Place::Admin);
        assert_eq!(of("back/admin/views/pages.py", &from("back.admin.forms")), Place::Admin);
        // An app may be called so, and what it has may serve others.
        assert_eq!(of("mail/admin/lib.py", &from("mail.admin.models")), Place::Any);
        assert_eq!(of("shop/admin.py", &from("shop.models")), Place::Any);
    }

    #[test]
    fn what_makes_samples_is_run_by_hand() {
        for path in [
            "shop/seed.py",
            "shop/seed_users.py",
            "shop/load_demo_data.py",
            "shop/create_test_data.py",
            "shop/seed/users.py",
        ] {
            assert_eq!(of(path, &[]), Place::Command, "{path}");
        }
        for path in ["shop/demo.py", "shop/data.py", "shop/sampling.py", "shop/reseed_rules.py"] {
            assert_eq!(of(path, &[]), Place::Any, "{path}");
        }
    }

    #[test]
    fn what_migrations_call_is_run_by_hand() {
        for path in ["shop/_migration_helpers.py", "shop/utils/migrations.py", "core/migration_utils.py"] {
            assert_eq!(of(path, &[]), Place::Command, "{path}");
        }
        for path in ["shop/migration_tasks.py", "shop/helpers.py", "shop/immigration.py"] {
            assert_eq!(of(path, &[]), Place::Any, "{path}");
        }
    }
}
