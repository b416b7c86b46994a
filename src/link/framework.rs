//! What an application is written with, by what its module imports.

use crate::stack::Framework;

use super::values::{Code, ModuleId};

/// The frameworks, by the package that is imported. FastAPI imports Starlette's names often enough to come first.
const BY_PACKAGE: &[(&str, Framework)] = &[
    ("fastapi", Framework::Fastapi),
    ("starlette", Framework::Starlette),
    ("django", Framework::Django),
    ("channels", Framework::Django),
    ("flask", Framework::Flask),
    ("quart", Framework::Quart),
    ("sanic", Framework::Sanic),
    ("litestar", Framework::Litestar),
];

/// What the application that a command names (`app.main:app`) is written with, for code in `folder`. Its own module
/// says it, or one that it loads.
pub fn of(code: &Code, folder: &str, application: &str) -> Option<Framework> {
    let dotted = application.split(':').next().unwrap_or(application).trim_end_matches("()");
    of_module(code, code.resolve(folder, dotted)?)
}

/// What an application's module is written with: by its own imports, or those of what it loads.
pub fn of_module(code: &Code, module: ModuleId) -> Option<Framework> {
    imported(code, module).or_else(|| code.reached(module).into_iter().find_map(|id| imported(code, id)))
}

fn imported(code: &Code, id: ModuleId) -> Option<Framework> {
    let imports = &code.module(id)?.imports;
    let has = |package: &str| imports.iter().any(|name| name.split('.').next() == Some(package));
    BY_PACKAGE.iter().find(|(package, _)| has(package)).map(|(_, framework)| *framework)
}
