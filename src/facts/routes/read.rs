//! A file's tree to what it says of routes.

use super::substitute::{self, Bound};
use super::{Asked, Class, Function, Import, RouteFile, Step};
use crate::source::SourceFile;
use crate::syntax::Spanned;
use crate::syntax::python::{self, Alias, CompareOp, Expr, ExprKind, Stmt, StmtKind};

/// A loop over more items than this is told by one turn, whose names nobody knows.
const MOST_TURNS: usize = 64;

/// What a condition ends with that holds on a developer's machine alone: `settings.ENVIRONMENT == "local"`.
const LOCAL: &[&str] =
    &["== \"local\"", "== 'local'", "== \"development\"", "== 'development'", "== \"dev\"", "== 'dev'"];

/// What a file says, when [`super::wants`] lets it be read.
pub fn read(file: &SourceFile) -> Option<RouteFile> {
    if !super::wants(file) {
        return None;
    }
    let tree = python::parse(file).tree;
    let out = RouteFile {
        file: file.id,
        path: file.path.clone(),
        imports: Vec::new(),
        steps: Vec::new(),
        functions: Vec::new(),
        classes: Vec::new(),
    };
    let mut reader = Reader { file, out, owner: None };
    reader.body(&tree.body, &[]);
    Some(reader.out)
}

struct Reader<'a> {
    file: &'a SourceFile,
    out: RouteFile,
    /// The class whose body is read.
    owner: Option<usize>,
}

impl Reader<'_> {
    fn body(&mut self, body: &[Stmt], with: &Bound<'_>) {
        for stmt in body {
            self.stmt(stmt, with);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, with: &Bound<'_>) {
        match &stmt.kind {
            StmtKind::Import(aliases) => aliases.iter().for_each(|alias| self.import(alias)),
            StmtKind::ImportFrom { module, level, names } => self.import_from(module, *level, names),
            StmtKind::Assign { targets, value } => targets.iter().for_each(|target| self.set(target, value, with)),
            StmtKind::AnnAssign { target, value: Some(value), .. } => self.set(target, value, with),
            StmtKind::AugAssign { target, value, .. } => {
                if let Some(name) = target.dotted() {
                    let value = substitute::unrolled(&substitute::expr(value, with));
                    self.out.steps.push(Step::Grow(name.into(), value));
                }
            }
            StmtKind::Expr(value) => self.call(value, with),
            StmtKind::Function(function) => self.function(function),
            StmtKind::Class(class) => self.class(class),
            StmtKind::For { target, iter, body, .. } => self.turns(target, iter, body, with),
            StmtKind::If(branches) => {
                // What only a developer's machine answers is no load.
                let debugs = |test: &Option<Expr>| {
                    test.as_ref().is_some_and(|test| {
                        let text = self.file.slice(test.span);
                        let is_local = LOCAL.iter().any(|it| text.ends_with(it));
                        text.contains("DEBUG") && !text.contains("not ") || is_local || text.starts_with("__name__")
                    })
                };
                let kept: Vec<&[Stmt]> =
                    branches.iter().filter(|(test, _)| !debugs(test)).map(|(_, body)| body.as_slice()).collect();
                kept.into_iter().for_each(|body| self.body(body, with));
            }
            _ => {
                let mut bodies: Vec<&[Stmt]> = Vec::new();
                stmt.each_body(&mut |body| bodies.push(body));
                bodies.into_iter().for_each(|body| self.body(body, with));
            }
        }
    }

    /// Each turn of a loop over what is written out, here or where a name was last set.
    fn turns(&mut self, target: &Expr, iter: &Expr, body: &[Stmt], with: &Bound<'_>) {
        let iter = match &iter.kind {
            ExprKind::Name(name) => {
                let set = self.out.steps.iter().rev().find_map(|step| match step {
                    Step::Set(set, value) if set == name => Some(value.clone()),
                    _ => None,
                });
                set.unwrap_or_else(|| iter.clone())
            }
            _ => substitute::expr(iter, with),
        };
        let items = match &iter.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) if items.len() <= MOST_TURNS => items,
            // The items of a list that stands elsewhere: the loop is told once, of all of them.
            _ => {
                let all = Expr { span: iter.span, kind: ExprKind::Starred(iter.clone().into()) };
                let turn = matches!(target.kind, ExprKind::Name(_)).then(|| substitute::bound(target, &all)).flatten();
                let inner: Vec<_> = turn.into_iter().flatten().chain(with.iter().copied()).collect();
                return self.body(body, &inner);
            }
        };
        for item in items {
            let Some(turn) = substitute::bound(target, item) else { continue };
            let inner: Vec<_> = turn.into_iter().chain(with.iter().copied()).collect();
            self.body(body, &inner);
        }
    }

    fn set(&mut self, target: &Expr, value: &Expr, with: &Bound<'_>) {
        let Some(name) = target.dotted() else { return };
        let value = substitute::unrolled(&substitute::expr(value, with));
        match self.owner.and_then(|at| self.out.classes.get_mut(at)) {
            Some(class) => class.values.push((name.into(), value)),
            None => self.out.steps.push(Step::Set(name.into(), value)),
        }
    }

    fn call(&mut self, value: &Expr, with: &Bound<'_>) {
        let Some(call) = value.call() else { return };
        if let ExprKind::Attribute { value: on, name } = &call.func.kind
            && let (Some(list), Some(item)) = (on.dotted(), call.args.last())
            && matches!((&*name.value, call.args.len()), ("append" | "extend", 1) | ("insert", 2))
        {
            let item = substitute::unrolled(&substitute::expr(item, with));
            let items = match &*name.value {
                "extend" => item,
                _ => Expr { span: item.span, kind: ExprKind::List(vec![item]) },
            };
            self.out.steps.push(Step::Grow(list.into(), items));
            return;
        }
        self.out.steps.push(Step::Call(substitute::call(call, with).into(), value.span));
    }

    fn function(&mut self, function: &python::Function) {
        let annotation = |it: &python::Param| it.annotation.as_ref().map_or("", |it| self.file.slice(it.span)).into();
        let params = function.params.iter().map(|it| (it.name.clone(), annotation(it))).collect();
        let returns = function.body.iter().rev().find_map(|stmt| match &stmt.kind {
            StmtKind::Return(Some(value)) => Some(value.dotted()),
            _ => None,
        });
        self.out.functions.push(Function {
            name: function.name.clone(),
            owner: self.owner,
            decorators: function.decorators.clone(),
            params,
            needs: needs(function),
            asked: asked(function),
            returns: returns.flatten().map(Into::into),
        });
        let owner = self.owner.take();
        self.body(&function.body, &[]);
        self.owner = owner;
    }

    fn class(&mut self, class: &python::Class) {
        let outer = self.owner.replace(self.out.classes.len());
        self.out.classes.push(Class {
            name: class.name.clone(),
            bases: class.bases.clone(),
            decorators: class.decorators.clone(),
            values: Vec::new(),
        });
        self.body(&class.body, &[]);
        self.owner = outer;
    }

    fn import(&mut self, alias: &Alias) {
        // `import a.b` binds `a`; `import a.b as c` binds `c` to the whole.
        let first = alias.name.split('.').next().unwrap_or(&alias.name);
        let (name, module) = match &alias.alias {
            Some(name) => (name.clone(), alias.name.clone()),
            None => (first.into(), first.into()),
        };
        self.out.imports.push(Import { name, module, item: None });
    }

    fn import_from(&mut self, module: &str, level: u32, names: &[Alias]) {
        let module = self.absolute(module, level);
        for alias in names {
            let name = alias.alias.clone().unwrap_or_else(|| alias.name.clone());
            self.out.imports.push(Import { name, module: module.clone(), item: Some(alias.name.clone()) });
        }
    }

    /// The module that a `from` names: one dot is the package of the file, and the name then starts at the root.
    fn absolute(&self, module: &str, level: u32) -> Box<str> {
        if level == 0 {
            return module.into();
        }
        let mut parts: Vec<&str> = self.file.folder().split('/').filter(|it| !it.is_empty()).collect();
        parts.truncate(parts.len().saturating_sub(level as usize - 1));
        parts.extend((!module.is_empty()).then_some(module));
        format!(".{}", parts.join(".")).into()
    }
}

/// The names that a framework looks at before it calls a function: in its defaults and its annotations.
fn needs(function: &python::Function) -> Vec<Spanned<Box<str>>> {
    let mut out = Vec::new();
    for param in &function.params {
        for expr in param.default.iter().chain(&param.annotation) {
            expr.each_below(&mut |inner| {
                let name = match &inner.kind {
                    ExprKind::Name(name) => name,
                    ExprKind::Attribute { name, .. } => &name.value,
                    _ => return,
                };
                out.push(Spanned::new(name.clone(), inner.span));
            });
        }
    }
    out
}

/// How a function looks at its request's method.
fn asked(function: &python::Function) -> Asked {
    let mut asked = Asked::default();
    let mut expr = |expr: &Expr| {
        expr.each_below(&mut |inner| match &inner.kind {
            ExprKind::Attribute { value, name } => {
                let of_request = value.dotted().is_some_and(|it| matches!(&*it, "request" | "self.request"));
                asked.body |= of_request && matches!(&*name.value, "POST" | "FILES" | "body" | "form" | "get_json");
            }
            ExprKind::Compare { left, rest } if left.dotted().is_some_and(|it| it.ends_with("request.method")) => {
                for (op, right) in rest {
                    let names: Vec<Box<str>> = match &right.kind {
                        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                            items.iter().filter_map(|it| Some(it.str()?.into())).collect()
                        }
                        _ => right.str().map(Into::into).into_iter().collect(),
                    };
                    match op {
                        CompareOp::Eq | CompareOp::In => asked.some.extend(names),
                        CompareOp::NotEq | CompareOp::NotIn => asked.only.extend(names),
                        _ => {}
                    }
                }
            }
            _ => {}
        });
    };
    for stmt in &function.body {
        stmt.each_below(&mut |stmt| stmt.each_expr(&mut |it| expr(it)));
    }
    asked
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    fn file(text: &str) -> RouteFile {
        let file = SourceFile::new(FileId(0), "app/main.py", PathBuf::new(), text);
        read(&file).unwrap_or_else(|| panic!("says nothing: {text}"))
    }

    #[test]
    fn loops_over_what_is_written_out_are_told_turn_by_turn() {
        let text = "app = FastAPI()\nfor router, at in [(a.router, '/a'), (b.router, '/b')]:\n    app.include_router(router, prefix=at)\n";
        let calls: Vec<(String, String)> = file(text)
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Call(call, _) => Some((call.args[0].dotted()?, call.keyword("prefix")?.str()?.to_owned())),
                _ => None,
            })
            .collect();
        assert_eq!(calls, [("a.router".to_owned(), "/a".to_owned()), ("b.router".to_owned(), "/b".to_owned())]);
    }

    #[test]
    fn methods_that_a_view_asks_for() {
        let text = "def a(request):\n    if request.method == 'POST':\n        pass\ndef b(request):\n    if request.method != 'POST':\n        return None\ndef c(request):\n    return request.body\n";
        let asked: Vec<Asked> = file(text).functions.into_iter().map(|it| it.asked).collect();
        assert_eq!(asked[0].some, ["POST".into()]);
        assert_eq!(asked[1].only, ["POST".into()]);
        assert!(asked[2].body && !asked[0].body);
    }

    #[test]
    fn relative_imports_start_at_the_root_of_the_tree() {
        let found = file("from . import views\nfrom ..core import x as y\nurlpatterns = []\n").imports;
        let shown: Vec<String> = found.iter().map(|it| format!("{} = {}", it.name, it.module)).collect();
        assert_eq!(shown, ["views = .app", "y = .core"]);
    }
}
