//! What a path says of a Python file: its module, and whether it serves.

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

/// Whether the code of a file serves requests or tasks.
pub(super) fn is_hot(path: &str) -> bool {
    const COLD: &[&str] = &[
        "commands",
        "management",
        "scripts",
        "script",
        "bin",
        "tools",
        "alembic",
        "docs",
        "examples",
        "seeds",
        "fixtures",
    ];
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    !folder.split('/').any(|part| COLD.contains(&part))
        && !matches!(name, "manage.py" | "setup.py" | "fabfile.py" | "commands.py" | "cli.py" | "tasks_cli.py")
}
