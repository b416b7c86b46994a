//! The tree against the vocabulary: every name resolved, every type checked.

use std::ops::Range;

use super::parse::{Ast, Fold, Is, Op, parse};
use super::{Expr, ExprError, Math, Node, Path, Test, Ty, Unit};
use crate::config::closest;
use crate::stack::vocabulary::{FieldInfo, FieldType};
use crate::stack::{Kind, Numbers, Set, Type, Value, Version};

/// How deep folds nest at most: the work grows with each.
const MOST_FOLDS: usize = 3;

/// The names an expression may use beside the vocabulary's.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// What `it` is.
    pub kind: Kind,
    /// The `let`s before it, in order.
    pub lets: &'a [(Box<str>, Expr)],
}

/// Compiles an expression.
///
/// # Errors
/// When it cannot be read, names something that is not there, or mixes types; the message lists what there is.
pub fn compile(text: &str, names: Names<'_>) -> Result<Expr, ExprError> {
    let ast = parse(text)?;
    let (node, ty) = Compiler { names, variables: Vec::new() }.node(&ast, None)?;
    Ok(Expr { node, ty })
}

type Typed = (Node, Ty);

struct Compiler<'a> {
    names: Names<'a>,
    variables: Vec<(&'a str, Kind)>,
}

impl<'a> Compiler<'a> {
    /// Compiles a node. `wanted` is what stands beside it, which decides what a bare word is.
    fn node(&mut self, ast: &Ast<'a>, wanted: Option<Ty>) -> Result<Typed, ExprError> {
        let fixed = |value, ty| Ok((Node::Fixed(Set::of(value)), ty));
        match &ast.is {
            Is::Number(number, unit) => fixed(Value::Number(*number), Ty::Number(*unit)),
            Is::Bool(truth) => fixed(Value::Bool(*truth), Ty::Bool),
            Is::Text(text) => match wanted {
                Some(Ty::Word(words)) if words.contains(text) => {
                    Err(ExprError::new(ast.at.clone(), format!("a word stands without quotes: `{text}`")))
                }
                _ => fixed(Value::Text((*text).into()), Ty::Text),
            },
            Is::Version(text) => match Version::release(text) {
                Some(release) => fixed(Value::Version(Version::exact(&release, *text)), Ty::Version),
                None => Err(ExprError::new(ast.at.clone(), "a version starts with a number, as `v\"5.1\"`")),
            },
            Is::Path(names) => self.path(names, &ast.at, wanted),
            Is::Not(inner) => Ok((Node::Not(Box::new(self.of(inner, Ty::Bool)?)), Ty::Bool)),
            Is::Negate(inner) => {
                let (node, unit) = self.number(inner)?;
                Ok((Node::Negate(Box::new(node)), Ty::Number(unit)))
            }
            Is::Binary(op, left, right) => self.binary(*op, left, right, &ast.at),
            Is::In(item, words) => self.member(item, words),
            Is::OrElse(first, second) => {
                let (first, ty) = self.node(first, wanted)?;
                let second_at = second.at.clone();
                let (second, other) = self.node(second, Some(ty))?;
                let ty = same(ty, other, &second_at)?;
                Ok((Node::OrElse(Box::new(first), Box::new(second)), ty))
            }
            Is::Call(name, arguments) => self.call(name, arguments, &ast.at, wanted),
            Is::Fold(fold, variable, list, body) => self.fold(*fold, variable, list, Some(body)),
        }
    }

    /// Compiles a node that must be of a type.
    fn of(&mut self, ast: &Ast<'a>, expected: Ty) -> Result<Node, ExprError> {
        let (node, ty) = self.node(ast, Some(expected))?;
        if ty == expected {
            return Ok(node);
        }
        Err(ExprError::new(ast.at.clone(), format!("expected {expected}, found {ty}")))
    }

    fn number(&mut self, ast: &Ast<'a>) -> Result<(Node, Unit), ExprError> {
        match self.node(ast, Some(Ty::Number(Unit::Plain)))? {
            (node, Ty::Number(unit)) => Ok((node, unit)),
            (_, ty) => Err(ExprError::new(ast.at.clone(), format!("expected a number, found {ty}"))),
        }
    }

    fn binary(&mut self, op: Op, left: &Ast<'a>, right: &Ast<'a>, at: &Range<usize>) -> Result<Typed, ExprError> {
        match op {
            Op::Or | Op::And => {
                let (a, b) = (self.of(left, Ty::Bool)?, self.of(right, Ty::Bool)?);
                Ok((Node::Logic(op, Box::new(a), Box::new(b)), Ty::Bool))
            }
            Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder => {
                let ((a, first), (b, second)) = (self.number(left)?, self.number(right)?);
                let unit = match op {
                    Op::Multiply => times(first, second),
                    Op::Divide if first == second => Unit::Plain,
                    Op::Divide => first,
                    _ => beside(first, second, at)?,
                };
                Ok((Node::Arithmetic(op, Box::new(a), Box::new(b)), Ty::Number(unit)))
            }
            _ => {
                let ((a, first), (b, second)) = if self.is_word(left) {
                    let second = self.node(right, None)?;
                    (self.node(left, Some(second.1))?, second)
                } else {
                    let first = self.node(left, None)?;
                    let second = self.node(right, Some(first.1))?;
                    (first, second)
                };
                let ty = same(first, second, at)?;
                let ordered = matches!(ty, Ty::Number(_) | Ty::Version);
                match ty {
                    Ty::One(_) | Ty::Many(_) => Err(ExprError::new(at.clone(), format!("{ty} cannot be compared"))),
                    _ if !ordered && !matches!(op, Op::Equal | Op::NotEqual) => Err(ExprError::new(
                        at.clone(),
                        format!("only numbers and versions have an order; this is {ty}"),
                    )),
                    _ => Ok((Node::Compare(op, Box::new(a), Box::new(b)), Ty::Bool)),
                }
            }
        }
    }

    /// `x in (a, b)`: what stands in the brackets are literals and words.
    fn member(&mut self, item: &Ast<'a>, words: &[Ast<'a>]) -> Result<Typed, ExprError> {
        let (node, ty) = self.node(item, None)?;
        let mut values = Vec::new();
        for word in words {
            let (one, other) = self.node(word, Some(ty))?;
            same(ty, other, &word.at)?;
            match one {
                Node::Fixed(Set::Values(only)) => values.extend(only),
                Node::Fixed(Set::Numbers(numbers)) => values.extend(numbers.single().map(Value::Number)),
                _ => return Err(ExprError::new(word.at.clone(), "only literals and words stand behind `in`")),
            }
        }
        Ok((Node::In(Box::new(node), values), Ty::Bool))
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Ast<'a>],
        at: &Range<usize>,
        wanted: Option<Ty>,
    ) -> Result<Typed, ExprError> {
        let math = |math| (Some(math), None);
        let test = |test| (None, Some(test));
        let (math, test) = match name {
            "ceil" => math(Math::Ceil),
            "floor" => math(Math::Floor),
            "min" => math(Math::Min),
            "max" => math(Math::Max),
            "exists" => test(Test::Exists),
            "known" => test(Test::Known),
            "written" => test(Test::Written),
            "unbounded" => test(Test::Unbounded),
            "if" | "count" => (None, None),
            "sum" | "any" | "all" => {
                let message = format!("write `{name}(x in it.clients: …)`, with what is to be made of each `x`");
                return Err(ExprError::new(at.clone(), message));
            }
            _ => {
                let functions = [
                    "ceil",
                    "floor",
                    "min",
                    "max",
                    "if",
                    "exists",
                    "known",
                    "written",
                    "unbounded",
                    "sum",
                    "any",
                    "all",
                    "count",
                ];
                let hint = did_you_mean(name, functions);
                let message = format!("there is no function `{name}`{hint} (there are {})", functions.join(", "));
                return Err(ExprError::new(at.clone(), message));
            }
        };
        let expected = match (name, math) {
            ("if", _) => 3..=3,
            (_, Some(Math::Min | Math::Max)) => 2..=8,
            _ => 1..=1,
        };
        if !expected.contains(&arguments.len()) {
            let message = format!("`{name}` takes {} arguments, found {}", expected.start(), arguments.len());
            return Err(ExprError::new(at.clone(), message));
        }
        if let Some(math) = math {
            let mut nodes = Vec::new();
            let mut unit = Unit::Plain;
            for argument in arguments {
                let (node, other) = self.number(argument)?;
                unit = beside(unit, other, &argument.at)?;
                nodes.push(node);
            }
            return Ok((Node::Math(math, nodes), Ty::Number(unit)));
        }
        match (test, arguments) {
            (Some(test), [field]) => {
                let (path, ty) = self.field(field, name)?;
                match (test, ty) {
                    (Test::Exists, Ty::One(_))
                    | (_, Ty::Number(_) | Ty::Bool | Ty::Text | Ty::Word(_) | Ty::Version) => {
                        Ok((Node::Test(test, path), Ty::Bool))
                    }
                    _ => Err(ExprError::new(field.at.clone(), format!("`{name}` takes a field, found {ty}"))),
                }
            }
            (_, [condition, yes, no]) => {
                let condition = self.of(condition, Ty::Bool)?;
                let (yes, ty) = self.node(yes, wanted)?;
                let no_at = no.at.clone();
                let (no, other) = self.node(no, Some(ty))?;
                let ty = same(ty, other, &no_at)?;
                Ok((Node::If(Box::new([condition, yes, no])), ty))
            }
            (_, [list]) => self.fold(Fold::Count, "", list, None),
            _ => Err(ExprError::new(at.clone(), format!("`{name}` has the wrong number of arguments"))),
        }
    }

    fn fold(
        &mut self,
        fold: Fold,
        variable: &'a str,
        list: &Ast<'a>,
        body: Option<&Ast<'a>>,
    ) -> Result<Typed, ExprError> {
        let (path, ty) = self.field(list, "a fold")?;
        let Ty::Many(kind) = ty else {
            return Err(ExprError::new(list.at.clone(), format!("expected a list of entities, found {ty}")));
        };
        let Some(body) = body else {
            let yes = Box::new(Node::Fixed(Set::of(Value::Bool(true))));
            return Ok((Node::Fold(fold, path, yes), Ty::Number(Unit::Plain)));
        };
        if self.variables.len() == MOST_FOLDS {
            return Err(ExprError::new(list.at.clone(), format!("folds nest at most {MOST_FOLDS} deep")));
        }
        self.variables.push((variable, kind));
        let (body, ty) = if fold == Fold::Sum {
            let (body, unit) = self.number(body)?;
            (body, Ty::Number(unit))
        } else {
            let body = self.of(body, Ty::Bool)?;
            (body, if fold == Fold::Count { Ty::Number(Unit::Plain) } else { Ty::Bool })
        };
        self.variables.pop();
        Ok((Node::Fold(fold, path, Box::new(body)), ty))
    }

    /// A node that must be a path from `it` or a fold's variable.
    fn field(&mut self, ast: &Ast<'a>, of: &str) -> Result<(Path, Ty), ExprError> {
        if let Is::Path(names) = &ast.is
            && let Some((start, rest)) = names.split_first()
            && let Some((variable, kind)) = self.entity(start.0)
        {
            return resolve(variable, kind, rest);
        }
        Err(ExprError::new(ast.at.clone(), format!("{of} takes a field, such as `it.name`")))
    }

    /// The entity of a name: `it`, or a fold's variable.
    fn entity(&self, name: &str) -> Option<(Option<usize>, Kind)> {
        if let Some(at) = self.variables.iter().rposition(|(variable, _)| *variable == name) {
            return self.variables.get(at).map(|(_, kind)| (Some(at), *kind));
        }
        (name == "it").then_some((None, self.names.kind))
    }

    /// Whether a node can only be a word of the vocabulary.
    fn is_word(&self, ast: &Ast<'a>) -> bool {
        matches!(&ast.is, Is::Path(names) if names.len() == 1
            && names.iter().all(|(name, _)| self.entity(name).is_none() && self.let_of(name).is_none()))
    }

    fn let_of(&self, name: &str) -> Option<(usize, Ty)> {
        self.names.lets.iter().position(|(own, _)| &**own == name).map(|at| (at, self.names.lets[at].1.ty))
    }

    fn path(
        &mut self,
        names: &[(&'a str, Range<usize>)],
        at: &Range<usize>,
        wanted: Option<Ty>,
    ) -> Result<Typed, ExprError> {
        let Some(((name, name_at), rest)) = names.split_first() else {
            return Err(ExprError::new(at.clone(), "expected a name"));
        };
        if let Some((variable, kind)) = self.entity(name) {
            let (path, ty) = resolve(variable, kind, rest)?;
            let node = if matches!(ty, Ty::One(_) | Ty::Many(_)) { Node::Entity(path) } else { Node::Fact(path) };
            return Ok((node, ty));
        }
        if rest.is_empty() {
            if let Some(Ty::Word(words)) = wanted
                && let Some(word) = words.iter().find(|word| *word == name)
            {
                return Ok((Node::Fixed(Set::of(Value::Word(word))), Ty::Word(words)));
            }
            if let Some((place, ty)) = self.let_of(name) {
                return Ok((Node::Let(place), ty));
            }
            if *name == "unbounded" {
                return Ok((Node::Fixed(Set::Numbers(Numbers::unbounded())), Ty::Number(Unit::Plain)));
            }
            if let Some(Ty::Word(words)) = wanted {
                let hint = did_you_mean(name, words.iter().copied());
                let message = format!("there is no word `{name}` here{hint} (there are {})", words.join(", "));
                return Err(ExprError::new(name_at.clone(), message));
            }
        }
        let mut there: Vec<&str> = vec!["it"];
        there.extend(self.variables.iter().map(|(variable, _)| *variable));
        there.extend(self.names.lets.iter().map(|(own, _)| &**own));
        let hint = did_you_mean(name, there.iter().copied());
        let message = format!("there is no name `{name}`{hint} (there are {})", there.join(", "));
        Err(ExprError::new(name_at.clone(), message))
    }
}

/// ``; did you mean `x`?``, or nothing when no candidate is near.
fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    closest(name, candidates).map_or_else(String::new, |candidate| format!("; did you mean `{candidate}`?"))
}

/// A path through the vocabulary's tables, from an entity of `kind`.
fn resolve(variable: Option<usize>, kind: Kind, names: &[(&str, Range<usize>)]) -> Result<(Path, Ty), ExprError> {
    let mut path = Path { variable, kind, steps: Vec::new(), field: None };
    let mut ty = Ty::One(kind);
    for (at, (name, span)) in names.iter().enumerate() {
        let Ty::One(kind) = ty else {
            let before = names.get(at.wrapping_sub(1)).map_or("it", |(before, _)| before);
            let message = match ty {
                Ty::Many(_) => format!("`{before}` is a list: take its items by a fold, as `any(x in …: x.{name})`"),
                _ => format!("`{before}` is {ty}, which has no fields"),
            };
            return Err(ExprError::new(span.clone(), message));
        };
        let info = kind.info();
        let Some(place) = info.fields.iter().position(|field| field.name == *name) else {
            let fields: Vec<&str> = info.fields.iter().map(|field| field.name).collect();
            let hint = did_you_mean(name, fields.iter().copied());
            let message = format!("`{}` has no field `{name}`{hint} (it has {})", info.name, fields.join(", "));
            return Err(ExprError::new(span.clone(), message));
        };
        path.steps.extend(path.field.take());
        path.field = Some(place);
        ty = type_of(&info.fields[place]);
    }
    // The last step to one entity is a step like the others: the path names that entity.
    if matches!(ty, Ty::One(_)) {
        path.steps.extend(path.field.take());
    }
    Ok((path, ty))
}

/// What a field is, its unit as its doc comment states it.
fn type_of(field: &FieldInfo) -> Ty {
    match field.ty {
        FieldType::One(kind) => Ty::One(kind),
        FieldType::Many(kind) => Ty::Many(kind),
        FieldType::Fact(Type::Number) => Ty::Number(field_unit(field)),
        FieldType::Fact(Type::Bool) => Ty::Bool,
        FieldType::Fact(Type::Text) => Ty::Text,
        FieldType::Fact(Type::Word(words)) => Ty::Word(words),
        FieldType::Fact(Type::Version) => Ty::Version,
    }
}

/// The unit of a number, which its name or its doc comment states.
pub fn field_unit(field: &FieldInfo) -> Unit {
    if field.name.ends_with("port") {
        Unit::Name
    } else if field.doc.contains("in bytes") {
        Unit::Bytes
    } else if field.doc.contains("seconds") {
        Unit::Seconds
    } else {
        Unit::Plain
    }
}

/// The type of two that stand beside each other.
fn same(a: Ty, b: Ty, at: &Range<usize>) -> Result<Ty, ExprError> {
    match (a, b) {
        (Ty::Number(a), Ty::Number(b)) => Ok(Ty::Number(beside(a, b, at)?)),
        (Ty::Version, Ty::Number(_)) | (Ty::Number(_), Ty::Version) => {
            Err(ExprError::new(at.clone(), "a version is written `v\"5.1\"`"))
        }
        _ if a == b => Ok(a),
        _ => Err(ExprError::new(at.clone(), format!("expected {a}, found {b}"))),
    }
}

/// The unit of a sum: a bare number takes that of its neighbour.
fn beside(a: Unit, b: Unit, at: &Range<usize>) -> Result<Unit, ExprError> {
    match (a, b) {
        (Unit::Plain, other) | (other, Unit::Plain) => Ok(other),
        _ if a == b => Ok(a),
        _ => Err(ExprError::new(at.clone(), format!("{} stands beside {}", Ty::Number(a), Ty::Number(b)))),
    }
}

/// The unit of a product.
fn times(a: Unit, b: Unit) -> Unit {
    match (a, b) {
        (Unit::Plain, other) | (other, Unit::Plain) => other,
        _ => Unit::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        compile(text, Names { kind: Kind::Process, lets: &[] }).unwrap_err().message
    }

    fn ty(kind: Kind, text: &str) -> Ty {
        compile(text, Names { kind, lets: &[] }).unwrap().ty()
    }

    #[test]
    fn expressions_have_types() {
        assert_eq!(ty(Kind::Process, "it.processes * 2 > it.cpus"), Ty::Bool);
        assert_eq!(ty(Kind::Process, "it.memory / it.processes"), Ty::Number(Unit::Bytes));
        assert_eq!(ty(Kind::Process, "it.service.replicas"), Ty::Number(Unit::Plain));
        assert_eq!(ty(Kind::Process, "it.mode in (wsgi_sync, wsgi_threads)"), Ty::Bool);
        assert_eq!(ty(Kind::Process, "asgi_django == it.mode"), Ty::Bool);
        assert_eq!(ty(Kind::Process, "it.version < v\"0.30\" || it.timeout > 5m"), Ty::Bool);
        assert_eq!(ty(Kind::Database, "sum(c in it.clients: c.replicas * c.pool.max)"), Ty::Number(Unit::Plain));
        assert_eq!(ty(Kind::Database, "count(it.clients)"), Ty::Number(Unit::Plain));
        assert_eq!(ty(Kind::Process, "it.service"), Ty::One(Kind::Service));
        assert_eq!(ty(Kind::Process, "exists(it.service) && written(it.processes)"), Ty::Bool);
        assert_eq!(ty(Kind::DjangoDatabase, "it.conn_max_age == unbounded"), Ty::Bool);
        assert_eq!(ty(Kind::Process, "if(it.reload, it.mode, wsgi_sync) == asgi_django"), Ty::Bool);
    }

    #[test]
    fn a_misspelt_name_is_an_error_that_says_what_there_is() {
        assert!(error("it.proceses > 1").starts_with(
            "`process` has no field `proceses`; did you mean `processes`? (it has program, mode, framework, "
        ));
        assert!(error("it.mode == agsi_django").starts_with(
            "there is no word `agsi_django` here; did you mean `asgi_django`? (there are wsgi_sync, wsgi_threads"
        ));
        assert_eq!(error("its.mode"), "there is no name `its`; did you mean `it`? (there are it)");
        assert!(error("flor(1)").starts_with("there is no function `flor`; did you mean `floor`?"));
    }

    #[test]
    fn types_do_not_mix() {
        assert_eq!(error("it.version > 5.1"), "a version is written `v\"5.1\"`");
        assert_eq!(error("it.mode == \"asgi_django\""), "a word stands without quotes: `asgi_django`");
        assert_eq!(error("it.timeout > it.memory"), "a number of seconds stands beside a number of bytes");
        assert_eq!(error("it.processes && true"), "expected true or false, found a number");
        assert_eq!(error("it.clients.pool"), "`clients` is a list: take its items by a fold, as `any(x in …: x.pool)`");
        assert_eq!(error("it.processes.x"), "`processes` is a number, which has no fields");
        assert_eq!(error("min(1)"), "`min` takes 2 arguments, found 1");
        assert_eq!(error("sum(it.clients)"), "write `sum(x in it.clients: …)`, with what is to be made of each `x`");
        assert!(error("it.worker_class < \"a\"").starts_with("only numbers and versions have an order"));
    }

    #[test]
    fn a_word_wins_over_a_let_of_its_name_where_a_word_is_meant() {
        let lets = [("memory".into(), compile("1", Names { kind: Kind::Cache, lets: &[] }).unwrap())];
        let names = Names { kind: Kind::Cache, lets: &lets };
        assert!(compile("it.storage == memory && memory > 0", names).is_ok());
    }
}
