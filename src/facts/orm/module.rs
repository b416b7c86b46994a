//! A module to its draft.

use super::build::Builder;
use super::draft::{Attribute, ClassDraft, FunctionDraft, Import, LoaderImport, OrmDraft, Parameter};
use super::flow::NodeKind;
use super::place;
use crate::source::{SourceFile, Span};
use crate::syntax::python::{Class, Expr, ExprKind, Function, Module, Stmt, StmtKind};

/// Words without which a file says nothing to a mapper.
const TOKENS: &[&str] = &[
    ".objects",
    "models.",
    "models import",
    "queryset",
    "QuerySet",
    "relationship(",
    "Relationship(",
    "Mapped[",
    "select(",
    ".query",
    ".session",
    "Serializer",
    "AUTH_USER_MODEL",
    "REST_FRAMEWORK",
    "INSTALLED_APPS",
    ".as_view(",
    "agination",
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
    builder.block(&module.body);
    let globals = builder.variables();
    let top = reader.take(builder, None, None);
    OrmDraft {
        file: file.id,
        path: file.path.clone(),
        module: name,
        is_package,
        hot: place::is_hot(&file.path),
        quote: quote(file.text()),
        crlf: file.newline() == "\r\n",
        loader: loader(file, module, &reader.imports),
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
        builder.flow
    }

    fn class(&mut self, class: &'a Class, within: Option<u32>) {
        let at = self.classes.len() as u32;
        self.classes.push(ClassDraft {
            name: class.name.value.clone(),
            span: class.name.span,
            within,
            bases: class.bases.iter().flat_map(bases).collect(),
            body: Default::default(),
            attributes: Vec::new(),
        });
        let mut builder = self.builder();
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
            let node = builder.node(NodeKind::Param(at as u32), param.span);
            builder.bind((None, param.name.trim_start_matches('*')), node);
        }
        for param in &function.params {
            let annotation = param.annotation.as_ref().map(|annotation| builder.expr(annotation));
            let default = param.default.as_ref().map(|default| builder.expr(default));
            params.push(Parameter { name: param.name.clone(), annotation, default });
        }
        builder.block(&function.body);
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
            params,
            flow,
        });
    }
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
