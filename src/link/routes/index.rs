//! What is done with routers and applications anywhere: who is put into whom, and which functions are decorated by which.

use std::collections::BTreeMap;

use super::names::{At, Def, Names};
use crate::facts::routes::Step;
use crate::source::Span;
use crate::syntax::python::{Call, Expr, ExprKind};

/// A method that is called on an object: `app.include_router(...)`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use<'a> {
    /// Where.
    pub(super) file: usize,
    /// The method.
    pub(super) method: &'a str,
    pub(super) call: &'a Call,
    pub(super) span: Span,
}

/// Something that a method of an object decorates: `@app.get("/")`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decorated<'a> {
    /// The function, or the class.
    pub(super) what: Handler,
    /// The method.
    pub(super) method: &'a str,
    pub(super) call: &'a Call,
    pub(super) span: Span,
}

/// What a route leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Handler {
    Function(At),
    Class(At),
}

impl Handler {
    /// The file it stands in.
    pub(super) fn file(self) -> usize {
        match self {
            Handler::Function(at) | Handler::Class(at) => at.file,
        }
    }
}

/// What is done with each object.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    uses: BTreeMap<At, Vec<Use<'a>>>,
    decorated: BTreeMap<At, Vec<Decorated<'a>>>,
    /// What is done with something that a function is given: most often the application.
    given_uses: Vec<Use<'a>>,
    given_decorated: Vec<Decorated<'a>>,
    /// Objects that are made around another: `api = Api(app)`.
    around: BTreeMap<At, Vec<At>>,
    /// What functions are given, by their files and the names of their parameters: `create_app(router=router)`.
    handed: BTreeMap<(usize, Box<str>), At>,
}

/// Methods that put routes into what they are called on.
const PUTS: &[&str] = &[
    "include_router",
    "add_router",
    "register_blueprint",
    "add_url_rule",
    "add_api_route",
    "add_route",
    "add_resource",
    "mount",
    "register",
    "blueprint",
];

impl<'a> Index<'a> {
    pub(super) fn new(names: &Names<'a>) -> Self {
        let mut index = Self::default();
        for (file, draft) in names.files.iter().enumerate() {
            for (at, step) in draft.steps.iter().enumerate() {
                match step {
                    Step::Call(call, span) => index.used(names, file, call, *span),
                    Step::Set(_, value) => index.made(names, At { file, at }, value),
                    Step::Grow(..) => {}
                }
            }
            for (at, function) in draft.functions.iter().enumerate() {
                let what = Handler::Function(At { file, at });
                function.decorators.iter().for_each(|it| index.decorates(names, what, it));
            }
            for (at, class) in draft.classes.iter().enumerate() {
                let what = Handler::Class(At { file, at });
                class.decorators.iter().for_each(|it| index.decorates(names, what, it));
            }
        }
        index
    }

    fn used(&mut self, names: &Names<'a>, file: usize, call: &'a Call, span: Span) {
        self.hands(names, file, call);
        let ExprKind::Attribute { value, name } = &call.func.kind else { return };
        let used = Use { file, method: &name.value, call, span };
        match object(names, file, value) {
            Some(at) => self.uses.entry(at).or_default().push(used),
            None if PUTS.contains(&used.method) => self.given_uses.push(used),
            None => {}
        }
        // `api.init_app(app)`
        if used.method == "init_app"
            && let (Some(own), Some(other)) =
                (object(names, file, value), call.args.first().and_then(|it| object(names, file, it)))
        {
            self.around.entry(other).or_default().push(own);
        }
    }

    fn made(&mut self, names: &Names<'a>, at: At, value: &'a Expr) {
        let Some(call) = value.call() else { return };
        self.hands(names, at.file, call);
        let is_api = call.func.dotted().is_some_and(|it| super::names::last(&it) == "Api");
        if is_api && let Some(other) = call.args.first().and_then(|it| object(names, at.file, it)) {
            self.around.entry(other).or_default().push(at);
        }
    }

    /// What a function of the repository is given by a call.
    fn hands(&mut self, names: &Names<'a>, file: usize, call: &'a Call) {
        if call.args.is_empty() && call.keywords.is_empty() {
            return;
        }
        let Some(Def::Function(function)) = names.of_expr(file, &call.func) else { return };
        let params = names.function(function).params.iter().map(|it| it.0.clone());
        let placed = params.zip(&call.args);
        let named = call.keywords.iter().filter_map(|it| Some((it.name.as_ref()?.value.clone(), &it.value)));
        for (name, value) in placed.chain(named) {
            if let Some(at) = object(names, file, value) {
                self.handed.entry((function.file, name)).or_insert(at);
            }
        }
    }

    /// What a parameter of this name is given, in any function of a file.
    pub(super) fn handed(&self, file: usize, name: &str) -> Option<At> {
        self.handed.get(&(file, name.into())).copied()
    }

    fn decorates(&mut self, names: &Names<'a>, what: Handler, decorator: &'a Expr) {
        let Some(call) = decorator.call() else { return };
        let ExprKind::Attribute { value, name } = &call.func.kind else { return };
        let found = Decorated { what, method: &name.value, call, span: decorator.span };
        match object(names, what.file(), value) {
            Some(at) => self.decorated.entry(at).or_default().push(found),
            None if super::object::methods_of(found.method).is_some() => self.given_decorated.push(found),
            None => {}
        }
    }

    /// What is called on an object.
    pub(super) fn uses(&self, at: At) -> &[Use<'a>] {
        self.uses.get(&at).map_or(&[], Vec::as_slice)
    }

    /// What an object's methods decorate.
    pub(super) fn decorated(&self, at: At) -> &[Decorated<'a>] {
        self.decorated.get(&at).map_or(&[], Vec::as_slice)
    }

    /// Objects around another.
    pub(super) fn around(&self, at: At) -> &[At] {
        self.around.get(&at).map_or(&[], Vec::as_slice)
    }

    /// What is done with something that functions are given, and what that decorates.
    pub(super) fn given(&self) -> (&[Use<'a>], &[Decorated<'a>]) {
        (&self.given_uses, &self.given_decorated)
    }
}

/// The object that an expression names: what a statement makes, here or in a function that returns it.
pub(super) fn object(names: &Names<'_>, file: usize, expr: &Expr) -> Option<At> {
    match names.of_expr(file, expr)? {
        Def::Value(at) => Some(origin(names, at)),
        Def::Function(at) => returned(names, at, None),
        _ => None,
    }
}

/// The object itself, where a statement takes it from a function that makes it: `app = create_app()`.
pub(super) fn origin(names: &Names<'_>, at: At) -> At {
    let made = names.made(at).and_then(|call| names.of_expr(at.file, &call.func));
    match made {
        Some(Def::Function(function)) => returned(names, function, Some(at)).unwrap_or(at),
        _ => at,
    }
}

/// What a function makes and returns.
fn returned(names: &Names<'_>, function: At, not: Option<At>) -> Option<At> {
    let name = names.function(function).returns.as_deref()?;
    let steps = names.file(function.file).steps.iter().enumerate();
    let sets =
        steps.filter(|(_, step)| matches!(step, Step::Set(set, value) if **set == *name && value.call().is_some()));
    let mut found = sets.map(|(at, _)| At { file: function.file, at }).filter(|at| Some(*at) != not);
    // What calls the function itself is not what it makes.
    let is_own = |at: &At| {
        let called = names.made(*at).and_then(|call| names.of_expr(at.file, &call.func));
        called != Some(Def::Function(function))
    };
    found.rfind(is_own)
}

/// What a factory makes and returns: `create_app`.
pub(super) fn object_of(names: &Names<'_>, factory: At) -> Option<At> {
    returned(names, factory, None)
}
