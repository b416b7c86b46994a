//! Names and the modules they come from.

use std::collections::BTreeMap;

use super::{Event, EventKind};
use crate::source::{SourceFile, Span};
use crate::syntax::python::{Alias, Expr, ExprKind, Module, StmtKind};

/// The names that a file's imports bind, at whatever place, and the modules they name.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The package that the file is in, dotted, for relative imports.
    package: Vec<Box<str>>,
    /// What a name stands for, dotted.
    bound: BTreeMap<Box<str>, Box<str>>,
    /// All modules named.
    pub(super) modules: Vec<Box<str>>,
}

impl Names {
    pub(super) fn of(file: &SourceFile, tree: &Module) -> Self {
        let mut names = Self::in_package(file);
        for stmt in &tree.body {
            stmt.each_below(&mut |stmt| match &stmt.kind {
                StmtKind::Import(aliases) => names.import(aliases),
                StmtKind::ImportFrom { module, level, names: aliases } => names.import_from(module, *level, aliases),
                _ => {}
            });
        }
        names.modules.sort();
        names.modules.dedup();
        names
    }

    fn in_package(file: &SourceFile) -> Self {
        let package = file.folder().split('/').filter(|it| !it.is_empty()).map(Into::into).collect();
        Self { package, ..Self::default() }
    }

    fn import(&mut self, aliases: &[Alias]) {
        for alias in aliases {
            self.modules.push(alias.name.clone());
            match &alias.alias {
                Some(name) => self.bound.insert(name.clone(), alias.name.clone()),
                None => {
                    let first = alias.name.split('.').next().unwrap_or(&alias.name);
                    self.bound.insert(first.into(), first.into())
                }
            };
        }
    }

    fn import_from(&mut self, module: &str, level: u32, aliases: &[Alias]) {
        let module = self.absolute(module, level);
        self.modules.push(module.clone());
        for alias in aliases {
            if &*alias.name != "*" {
                let dot = if &*module == "." { "" } else { "." };
                let whole: Box<str> = format!("{module}{dot}{}", alias.name).into();
                self.modules.push(whole.clone());
                self.bound.insert(alias.alias.clone().unwrap_or_else(|| alias.name.clone()), whole);
            }
        }
    }

    /// The module that a `from` names. One dot is the package of the file; the name then starts at the root of the
    /// tree, with a slash's place taken by a dot, and is marked by a dot in front.
    pub(super) fn absolute(&self, module: &str, level: u32) -> Box<str> {
        if level == 0 {
            return module.into();
        }
        let up = self.package.len().saturating_sub(level as usize - 1);
        let mut parts: Vec<&str> = self.package[..up].iter().map(|it| &**it).collect();
        if !module.is_empty() {
            parts.push(module);
        }
        format!(".{}", parts.join(".")).into()
    }

    /// What an expression names, imports followed: `sa.create_engine` is `sqlalchemy.create_engine`. A call within is
    /// followed by what it is called on: `get_app().conf` is nothing.
    pub(super) fn dotted(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Name(name) => Some(self.bound.get(name).unwrap_or(name).to_string()),
            ExprKind::Attribute { value, name } => Some(format!("{}.{}", self.dotted(value)?, name.value)),
            _ => None,
        }
    }
}

/// What a file imports, told from its lines alone: the modules at any depth, and what the imports of the module itself
/// bind.
pub(super) fn scan(file: &SourceFile) -> (Vec<Box<str>>, Vec<Event>) {
    let mut names = Names::in_package(file);
    let mut events = Vec::new();
    let text = file.text();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"import ") {
        let start = text[..at].rfind('\n').map_or(file.bom(), |newline| newline + 1);
        let Some(before) = text.get(start..at) else { continue };
        let indented = before.starts_with([' ', '\t']);
        let (before, after) = (before.trim(), &text[at + "import ".len()..]);
        let (list, end) = match after.trim_start().strip_prefix('(') {
            Some(list) => (list.split(')').next().unwrap_or(list), after.find(')').map_or(after.len(), |it| it + 1)),
            None => (line(after), line(after).trim_end().len()),
        };
        let span = file.span(start..at + "import ".len() + end);
        let aliases = aliases(list, span);
        let mut bind = |kind: EventKind| {
            if !indented {
                events.push(Event { kind, guards: Vec::new(), span });
            }
        };
        if before.is_empty() {
            names.import(&aliases);
            aliases.iter().map(imported).for_each(&mut bind);
        } else if let Some(module) = before.strip_prefix("from ") {
            let module = module.trim();
            let bare = module.trim_start_matches('.');
            let level = (module.len() - bare.len()) as u32;
            names.import_from(bare, level, &aliases);
            let module = names.absolute(bare, level);
            aliases.iter().map(|alias| imported_from(&module, alias)).for_each(&mut bind);
        }
    }
    names.modules.sort();
    names.modules.dedup();
    (names.modules, events)
}

/// What `import a.b` binds: `a`; and `import a.b as c`: `c`.
pub(super) fn imported(alias: &Alias) -> EventKind {
    let first = alias.name.split('.').next().unwrap_or(&alias.name);
    let (name, module) = match &alias.alias {
        Some(name) => (name.clone(), alias.name.clone()),
        None => (first.into(), first.into()),
    };
    EventKind::Import { name, module, item: None }
}

/// What `from module import a as b` binds.
pub(super) fn imported_from(module: &str, alias: &Alias) -> EventKind {
    if &*alias.name == "*" {
        return EventKind::Star { module: module.into() };
    }
    EventKind::Import {
        name: alias.alias.clone().unwrap_or_else(|| alias.name.clone()),
        module: module.into(),
        item: Some(alias.name.clone()),
    }
}

/// The rest of a line, without a comment.
fn line(text: &str) -> &str {
    text.split(['\n', '\r', '#', ';']).next().unwrap_or(text)
}

/// The names of a list such as `a as b, c`, without what is no name.
fn aliases(list: &str, span: Span) -> Vec<Alias> {
    let is_name = |name: &str| {
        name == "*" || !name.is_empty() && name.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '.')
    };
    list.split(['\n', ','])
        .filter_map(|it| {
            let mut words = it.split('#').next().unwrap_or("").split_whitespace();
            let name = words.next().filter(|name| is_name(name))?;
            let alias = words.next().filter(|word| *word == "as").and_then(|_| words.next());
            Some(Alias { name: name.into(), alias: alias.map(Into::into), span })
        })
        .collect()
}
