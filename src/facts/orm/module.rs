//! A module to its draft.

use super::build::{Builder, Lambda};
use super::draft::{Attribute, ClassDraft, FunctionDraft, Import, LoaderImport, OrmDraft, Parameter};
use super::flow::NodeKind;
use super::place;
use crate::source::{SourceFile, Span};
use crate::syntax::python::{Call, Class, Expr, ExprKind, Function, Module, Stmt, StmtKind};

/// Words without which a file says nothing to a mapper, and nothing of what waits for what.
const TOKENS: &[&str] = &[
    ".objects",
    "models.",
    "models import",
    "queryset",
    "QuerySet",
    "relationship(",
    "Relationship(",
    "Mapped[",
    "__tablename__",
    "select(",
    ".query",
    ".session",
    "Serializer",
    "AUTH_USER_MODEL",
    "REST_FRAMEWORK",
    "INSTALLED_APPS",
    ".as_view(",
    "router.register(",
    "agination",
    // Views and tasks, which say who runs what they call.
    "(request",
    ", request",
    "shared_task",
    "template.Library",
    "app.task",
    // What runs in an event loop, and what may hold it up.
    "async def",
    "requests",
    "httpx",
    "urllib",
    "time.sleep",
    "import sleep",
    "boto3",
    "subprocess",
    "psycopg",
    "pymysql",
    "sqlite3",
    "smtplib",
    "bcrypt",
    "argon2",
    "passlib",
    "pwdlib",
    "redis",
    "pymongo",
    "Session",
    "create_engine",
    "send_mail",
    "urlpatterns",
];

/// Whether a file may say anything here: by its path, then by its words. What does not is not parsed for this.
pub fn wants(path: &str, text: &str) -> bool {
    let has = |token: &str| memchr::memmem::find(text.as_bytes(), token.as_bytes()).is_some();
    // A package hands on what its modules define.
    let hands_on = || path.ends_with("__init__.py") && has("import ");
    path.ends_with(".py") && !place::is_aside(path) && (hands_on() || TOKENS.iter().any(|token| has(token)))
}

/// What a file says.
pub fn read(file: &SourceFile, module: &Module) -> OrmDraft {
    let (name, is_package) = place::module(&file.path);
    let package: Box<str> =
        if is_package { name.clone() } else { name.rsplit_once('.').map_or("", |(up, _)| up).into() };
    let mut reader =
        Reader { file, package: &package, imports: Vec::new(), classes: Vec::new(), functions: Vec::new() };
    let mut builder = reader.builder();
    builder.is_top = true;
    builder.block(&module.body);
    let globals = builder.variables();
    let top = reader.take(builder, None, None);
    OrmDraft {
        file: file.id,
        path: file.path.clone(),
        module: name,
        is_package,
        place: place::of(&file.path, &reader.imports),
        quote: quote(file.text()),
        crlf: file.newline() == "\r\n",
        loader: loader(file, module, &reader.imports),
        last_import: last_import(file, module),
        imports_asyncio: imports_asyncio(module),
        imports: reader.imports,
        top,
        globals,
        classes: reader.classes,
        functions: reader.functions,
    }
}

struct Reader<'a> {
    file: &'a SourceFile,
    package: &'a str,
    imports: Vec<Import>,
    classes: Vec<ClassDraft>,
    functions: Vec<FunctionDraft>,
}

impl<'a> Reader<'a> {
    fn builder(&self) -> Builder<'a> {
        Builder::new(self.file, self.package)
    }

    /// Takes a finished flow, and reads the classes and functions that were found on its way.
    fn take(&mut self, builder: Builder<'a>, owner: Option<u32>, within: Option<&str>) -> super::flow::Flow {
        self.imports.extend(builder.imports);
        for class in builder.classes {
            self.class(class, owner);
        }
        for function in builder.functions {
            self.function(function, owner, within);
        }
        for lambda in builder.lambdas {
            self.lambda(lambda, within);
        }
        builder.flow
    }

    fn class(&mut self, class: &'a Class, within: Option<u32>) {
        let at = self.classes.len() as u32;
        self.classes.push(ClassDraft {
            name: class.name.value.clone(),
            span: class.name.span,
            within,
            bases: class.bases.iter().flat_map(bases).collect(),
            metaclass: metaclass(class),
            body: Default::default(),
            attributes: Vec::new(),
        });
        let mut builder = self.builder();
        // `@admin.register(Book)` says whose class it is.
        for decorator in &class.decorators {
            builder.expr(decorator);
        }
        let mut attributes = Vec::new();
        for stmt in &class.body {
            let attribute = match &stmt.kind {
                StmtKind::Assign { targets, value } => {
                    let value = builder.expr(value);
                    for target in targets {
                        builder.assign(target, value);
                    }
                    name_of(targets.first()).map(|name| (name, None, Some(value)))
                }
                StmtKind::AnnAssign { target, annotation, value } => {
                    let annotation = builder.expr(annotation);
                    let value = value.as_ref().map(|value| builder.expr(value));
                    if let Some(value) = value {
                        builder.assign(target, value);
                    }
                    name_of(Some(target)).map(|name| (name, Some(annotation), value))
                }
                _ => {
                    builder.block(std::slice::from_ref(stmt));
                    None
                }
            };
            if let Some((name, annotation, value)) = attribute {
                attributes.push(Attribute {
                    name: name.into(),
                    span: stmt.span,
                    line: line_of(self.file, stmt.span),
                    annotation,
                    value,
                });
            }
        }
        let flow = self.take(builder, Some(at), None);
        if let Some(draft) = self.classes.get_mut(at as usize) {
            draft.body = flow;
            draft.attributes = attributes;
        }
    }

    fn function(&mut self, function: &'a Function, owner: Option<u32>, within: Option<&str>) {
        let mut builder = self.builder();
        let mut params = Vec::with_capacity(function.params.len());
        for (at, param) in function.params.iter().enumerate() {
            builder.node(NodeKind::Param(at as u32), param.span);
        }
        for param in &function.params {
            let annotation = param.annotation.as_ref().map(|annotation| builder.expr(annotation));
            let default = param.default.as_ref().map(|default| builder.expr(default));
            params.push(Parameter { name: param.name.clone(), annotation, default });
        }
        // What a parameter is given by default is named outside: `rate: float = Depends(rate)`.
        for (at, param) in function.params.iter().enumerate() {
            builder.bind((None, param.name.trim_start_matches('*')), at as u32);
        }
        let answer = answer(function).map(|said| builder.expr(said));
        let body = builder.next();
        builder.block(&function.body);
        let alone = builder.functions.is_empty() && builder.lambdas.is_empty();
        let locals = if alone { Vec::new() } else { builder.variables() };
        let path = match (within, owner.and_then(|owner| self.classes.get(owner as usize))) {
            (Some(within), _) => format!("{within}.{}", function.name.value),
            (None, Some(class)) => format!("{}.{}", class.name, function.name.value),
            (None, None) => function.name.value.to_string(),
        };
        // What is defined within a function is no method, even where the function is one.
        let flow = self.take(builder, None, Some(&path));
        self.functions.push(FunctionDraft {
            name: function.name.value.clone(),
            span: function.name.span,
            owner: owner.filter(|_| within.is_none()),
            within: within.map(Into::into),
            is_async: function.is_async,
            decorators: function.decorators.iter().filter_map(decorator).collect(),
            depends: function.decorators.iter().flat_map(depends).collect(),
            async_word: async_word(self.file, function),
            body,
            params,
            answer,
            locals,
            flow,
        });
    }
}

impl<'a> Reader<'a> {
    /// A lambda is a function that returns its body.
    fn lambda(&mut self, lambda: Lambda<'a>, within: Option<&str>) {
        let mut builder = self.builder();
        for (at, param) in lambda.params.iter().enumerate() {
            builder.node(NodeKind::Param(at as u32), param.span);
        }
        let mut params = Vec::with_capacity(lambda.params.len());
        for param in lambda.params {
            let default = param.default.as_ref().map(|default| builder.expr(default));
            params.push(Parameter { name: param.name.clone(), annotation: None, default });
        }
        for (at, param) in lambda.params.iter().enumerate() {
            builder.bind((None, param.name.trim_start_matches('*')), at as u32);
        }
        let body = builder.next();
        let value = builder.expr(lambda.body);
        builder.flow.returns.push(value);
        let locals = if builder.lambdas.is_empty() { Vec::new() } else { builder.variables() };
        let path = within.map_or_else(|| lambda.name.to_string(), |within| format!("{within}.{}", lambda.name));
        let flow = self.take(builder, None, Some(&path));
        self.functions.push(FunctionDraft {
            name: lambda.name,
            span: lambda.span,
            owner: None,
            within: within.map(Into::into),
            is_async: false,
            decorators: Vec::new(),
            params,
            depends: Vec::new(),
            async_word: None,
            body,
            answer: None,
            locals,
            flow,
        });
    }
}

/// `async` and the blanks before `def`.
fn async_word(file: &SourceFile, function: &Function) -> Option<Span> {
    let text = file.slice(function.span).strip_prefix("async")?;
    let blanks = text.len() - text.trim_start_matches([' ', '\t']).len();
    let end = function.span.start + ("async".len() + blanks) as u32;
    Some(Span { end, ..function.span })
}

/// What a decorator asks FastAPI to run: `Depends(get_user)`, wherever it stands there.
fn depends(decorator: &Expr) -> Vec<Box<str>> {
    let mut found = Vec::new();
    decorator.each_below(&mut |expr| {
        let ExprKind::Call(call) = &expr.kind else { return };
        let func = call.func.dotted().unwrap_or_default();
        if matches!(func.rsplit('.').next(), Some("Depends" | "Security")) {
            found.extend(call.args.first().and_then(Expr::dotted).map(Into::into));
        }
    });
    found
}

/// What a statement beside one would start with: the line ending and the same blanks.
fn line_of(file: &SourceFile, span: Span) -> Option<Box<str>> {
    let before = file.text().get(..span.start as usize)?;
    let blanks = before.rsplit('\n').next()?;
    blanks.trim().is_empty().then(|| format!("{}{blanks}", file.newline()).into())
}

fn name_of(target: Option<&Expr>) -> Option<&str> {
    match &target?.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

fn metaclass(class: &Class) -> Option<Box<str>> {
    let said = class.keywords.iter().find(|it| it.name.as_ref().is_some_and(|name| &*name.value == "metaclass"))?;
    said.value.dotted().map(Into::into)
}

/// The names of classes that a base is made of.
fn bases(expr: &Expr) -> Vec<Box<str>> {
    match &expr.kind {
        ExprKind::Subscript { value, .. } => bases(value),
        // `SomeManager.from_queryset(SomeQuerySet)`, `with_metaclass(Meta, Base)`.
        ExprKind::Call(call) => {
            let made_from = match &call.func.kind {
                ExprKind::Attribute { value, name } if &*name.value == "from_queryset" => value.dotted(),
                _ => None,
            };
            made_from.into_iter().chain(call.args.iter().filter_map(Expr::dotted)).map(Into::into).collect()
        }
        _ => expr.dotted().map(Into::into).into_iter().collect(),
    }
}

fn decorator(expr: &Expr) -> Option<Box<str>> {
    match &expr.kind {
        ExprKind::Call(call) => call.func.dotted(),
        _ => expr.dotted(),
    }
    .map(Into::into)
}

/// What a function that a route leads to says that it answers with.
fn answer(function: &Function) -> Option<&Expr> {
    const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "api_operation", "route"];
    let mut routed = false;
    for decorator in &function.decorators {
        let ExprKind::Call(call) = &decorator.kind else { continue };
        let keyword =
            |wanted: &str| call.keywords.iter().find(|it| it.name.as_ref().is_some_and(|name| &*name.value == wanted));
        // An action of a view set may have a serializer of its own.
        if call.func.dotted().is_some_and(|name| name.rsplit('.').next() == Some("action"))
            && let Some(said) = keyword("serializer_class")
        {
            return Some(&said.value);
        }
        if let Some(said) = schema_said(call) {
            return Some(said);
        }
        let ExprKind::Attribute { name, .. } = &call.func.kind else { continue };
        // A tag of templates that fills one.
        if &*name.value == "inclusion_tag" {
            return call.args.first().or_else(|| keyword("filename").map(|it| &it.value));
        }
        routed |= METHODS.contains(&&*name.value);
        let said = keyword("response").or_else(|| keyword("response_model"));
        if let Some(said) = said.filter(|_| METHODS.contains(&&*name.value)) {
            return Some(&said.value);
        }
    }
    function.returns.as_ref().filter(|_| routed)
}

/// The schema that a decorator of Flask's extensions fills with what the function gives: `response(200, Books(many=True))`,
/// `output(Books(many=True))`, `marshal_with(Books(many=True))`.
fn schema_said(call: &Call) -> Option<&Expr> {
    let name = call.func.dotted()?;
    let at = match name.rsplit('.').next()? {
        "response" if name.contains('.') => 1,
        "output" if name.contains('.') => 0,
        "marshal_with" | "marshal_list_with" => 0,
        _ => return None,
    };
    let named = || call.keywords.iter().find(|it| it.name.as_ref().is_some_and(|name| &*name.value == "schema"));
    let said = call.args.get(at).or_else(|| named().map(|it| &it.value))?;
    matches!(said.kind, ExprKind::Call(_) | ExprKind::Name(_) | ExprKind::Attribute { .. }).then_some(said)
}

/// The quote that opens most of a file's texts.
fn quote(text: &str) -> char {
    let single = memchr::memchr_iter(b'\'', text.as_bytes()).count();
    let double = memchr::memchr_iter(b'"', text.as_bytes()).count();
    if single > double { '\'' } else { '"' }
}

/// Where `selectinload` is or can be imported: among the statements at the top of the module only.
fn loader(file: &SourceFile, module: &Module, imports: &[Import]) -> LoaderImport {
    let is_loader = |import: &Import| &*import.name == "selectinload" && import.item.as_deref() == Some("selectinload");
    if imports.iter().any(is_loader) {
        return LoaderImport::Present;
    }
    let mut last: Option<&Stmt> = None;
    for stmt in &module.body {
        match &stmt.kind {
            StmtKind::ImportFrom { module, level: 0, names } => {
                if let (true, Some(name)) = (&**module == "sqlalchemy.orm", names.last().filter(|it| &*it.name != "*"))
                {
                    return LoaderImport::Extend(Span::at(file.id, name.span.end as usize));
                }
                last = Some(stmt);
            }
            StmtKind::Import(_) | StmtKind::ImportFrom { .. } => last = Some(stmt),
            _ => {}
        }
    }
    last.map_or(LoaderImport::Nowhere, |stmt| LoaderImport::Insert(Span::at(file.id, stmt.span.end as usize)))
}

/// Whether the top of a module binds `asyncio` to the module of that name.
fn imports_asyncio(module: &Module) -> bool {
    module.body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Import(names) => names.iter().any(|it| &*it.name == "asyncio" && it.alias.is_none()),
        _ => false,
    })
}

/// Behind the last import at the top of a module.
fn last_import(file: &SourceFile, module: &Module) -> Option<Span> {
    let is_import = |it: &&Stmt| matches!(it.kind, StmtKind::Import(_) | StmtKind::ImportFrom { .. });
    let last = module.body.iter().rfind(is_import)?;
    Some(Span::at(file.id, last.span.end as usize))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::facts::orm::flow::Node;
    use crate::source::FileId;
    use crate::syntax::python;

    fn draft(path: &str, text: &str) -> OrmDraft {
        let file = SourceFile::new(FileId(0), path, PathBuf::new(), text);
        read(&file, &python::parse(&file).tree)
    }

    fn attributes<'a>(draft: &'a OrmDraft, name: &str) -> Vec<&'a Node> {
        let nodes = draft.functions.iter().flat_map(|it| &it.flow.nodes);
        nodes.filter(|it| matches!(&it.kind, NodeKind::Attr { name: found, .. } if **found == *name)).collect()
    }

    #[test]
    fn only_files_that_speak_to_a_mapper_are_wanted() {
        assert!(wants("chat/views.py", "threads = Thread.objects.all()"));
        assert!(!wants("chat/utils.py", "def add(a, b): return a + b"));
        assert!(!wants("chat/tests/test_views.py", "Thread.objects.all()"));
        assert!(!wants("chat/migrations/0001_initial.py", "models.CharField()"));
        assert!(!wants("chat/views.txt", "Thread.objects.all()"));
    }

    #[test]
    fn imports_are_absolute() {
        let text = "from . import models\nfrom ..core.utils import a as b\nimport os.path\nfrom x import *\n";
        let of = |path: &str| {
            let line = |it: &Import| format!("{} = {}:{}", it.name, it.module, it.item.as_deref().unwrap_or("-"));
            draft(path, text).imports.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(
            of("app/chat/views.py"),
            ["models = app.chat:models", "b = app.core.utils:a", "os = os:-", "* = x:*"]
        );
        assert_eq!(of("app/chat/__init__.py")[0], "models = app.chat:models");
    }

    #[test]
    fn what_leaves_a_loop_is_not_in_it() {
        let text = "def f(rows):\n    for row in rows:\n        row.always\n        if row.test:\n            row.once\n            break\n        for other in row.inner:\n            if other:\n                return row.last\n            if row:\n                other.mid\n                break\n";
        let draft = draft("a.py", text);
        let scope = |name: &str| attributes(&draft, name)[0].scope;
        assert_eq!((scope("always"), scope("test"), scope("once")), (1, 1, 0));
        assert_eq!((scope("last"), scope("mid")), (0, 1));
    }

    #[test]
    fn variables_hold_what_branches_gave_them() {
        let text = "def f(a, b):\n    x = a\n    if b:\n        x = b\n    return x.name\n";
        let draft = draft("a.py", text);
        let NodeKind::Attr { of, variable, .. } = &attributes(&draft, "name")[0].kind else { panic!("no attribute") };
        assert_eq!(draft.functions[0].flow.node(*of).kind, NodeKind::Either(vec![0, 1]));
        assert_eq!(variable.as_deref(), Some("x"));
        let draft = self::draft("a.py", &text.replace("x = b", "return None"));
        let NodeKind::Attr { of, .. } = &attributes(&draft, "name")[0].kind else { panic!("no attribute") };
        assert_eq!(*of, 0);
    }

    #[test]
    fn lines_of_a_chain_are_known() {
        let draft = draft("a.py", "def f():\n    return (\n        T.objects\n        .one()\n        .two()\n    )\n");
        let line = |name: &str| match &attributes(&draft, name)[0].kind {
            NodeKind::Attr { line, .. } => line.as_deref().map(str::to_owned),
            _ => None,
        };
        assert_eq!((line("objects"), line("two")), (None, Some("\n        ".to_owned())));
    }

    #[test]
    fn selectinload_can_be_imported() {
        let loader = |text: &str| draft("a.py", text).loader;
        let at = |place: usize| Span::at(FileId(0), place);
        assert_eq!(loader("from sqlalchemy.orm import selectinload\n"), LoaderImport::Present);
        assert_eq!(loader("from sqlalchemy.orm import Session\n"), LoaderImport::Extend(at(34)));
        assert_eq!(loader("import os\n\nx = 1\n"), LoaderImport::Insert(at(9)));
        assert_eq!(loader("x = 1\n"), LoaderImport::Nowhere);
    }

    #[test]
    fn classes_within_classes_and_functions_within_functions() {
        let text = "class A(B[int], M.from_queryset(Q)):\n    class Meta:\n        abstract = True\n\n    def f(self):\n        def g():\n            pass\n";
        let draft = draft("a.py", text);
        let classes: Vec<_> = draft.classes.iter().map(|it| (&*it.name, it.within, it.bases.len())).collect();
        assert_eq!(classes, [("A", None, 3), ("Meta", Some(0), 0)]);
        let functions: Vec<_> = draft.functions.iter().map(|it| (&*it.name, it.owner, it.within.as_deref())).collect();
        assert_eq!(functions, [("g", None, Some("A.f")), ("f", Some(0), None)]);
    }

    #[test]
    fn what_an_event_loop_is_asked_is_read() {
        let text = "import time\n\n@router.get(\"/\", dependencies=[Depends(auth.staff)])\nasync  def f(db=Depends(db)):\n    async with x() as y:\n        await y\n    requests.get((url),)\n    yield 1\n";
        let draft = draft("a.py", text);
        let function = &draft.functions[0];
        assert_eq!(function.async_word.map(|it| &text[it.range()]), Some("async  "));
        assert_eq!(function.depends, ["auth.staff".into()]);
        assert_eq!(draft.last_import.map(|it| it.start), Some(11));
        assert!(!draft.imports_asyncio);
        let flow = &function.flow;
        let (with, behind) = (flow.withs[0], flow.behind[0].1);
        assert!(with.is_async && with.from < with.to);
        assert_eq!(text[..behind.start as usize].rsplit('\n').next(), Some("    requests.get((url)"));
        assert_eq!(flow.yields.len(), 1);
        // What a parameter is given by default is named outside.
        let asked =
            function.params[0].default.and_then(|it| flow.call(it)).map(|it| flow.node(it.args[0]).kind.clone());
        assert_eq!(asked, Some(NodeKind::Name("db".into())));
    }

    #[test]
    fn branches_say_what_may_follow_what() {
        let text = "def f(a):\n    if a:\n        one()\n        return\n    elif two():\n        three()\n    else:\n        four()\n    five()\n";
        let draft = draft("a.py", text);
        let flow = &draft.functions[0].flow;
        let call = |name: &str| {
            let is_it = |id: &u32| flow.call(*id).and_then(|it| flow.dotted(it.func)).as_deref() == Some(name);
            (0..flow.nodes.len() as u32).find(is_it).unwrap()
        };
        let follows = |one: &str, other: &str| flow.may_follow(call(one), call(other));
        assert!(!follows("one", "five") && !follows("one", "three") && !follows("three", "four"));
        assert!(follows("two", "three") && follows("three", "five") && !follows("five", "four"));
    }
}
