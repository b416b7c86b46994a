//! Imports: the names that they bind, and what each comes from.

use super::Builder;
use crate::facts::orm::draft::Import;
use crate::syntax::python::Alias;

impl<'a> Builder<'a> {
    pub(super) fn import(&mut self, alias: &'a Alias) {
        // `import a.b` binds `a`; `import a.b as c` binds `c` to the whole.
        let (name, module) = match &alias.alias {
            Some(name) => (&**name, &*alias.name),
            None => {
                let root = alias.name.split('.').next().unwrap_or(&alias.name);
                (root, root)
            }
        };
        self.imports.push(Import { name: name.into(), module: module.into(), item: None });
    }

    pub(super) fn import_from(&mut self, module: &str, level: u32, names: &'a [Alias]) {
        let mut base = self.package;
        for _ in 1..level {
            base = base.rsplit_once('.').map_or("", |(above, _)| above);
        }
        let module: Box<str> = match (level, base, module) {
            (0, _, module) | (_, "", module) => module.into(),
            (_, base, "") => base.into(),
            (_, base, module) => format!("{base}.{module}").into(),
        };
        for alias in names {
            let name = alias.alias.as_ref().unwrap_or(&alias.name);
            self.imports.push(Import { name: name.clone(), module: module.clone(), item: Some(alias.name.clone()) });
        }
    }
}
