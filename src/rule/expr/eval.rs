//! The value of an expression over one entity, as a set, with the facts that decided it.

use std::cell::RefCell;

use super::parse::{Fold, Op};
use super::sets::{arithmetic, compare_sets, is_unknown, member, numbers_of, set_of_truth, truth_of};
use super::{Expr, Math, Node, Path, Test};
use crate::stack::vocabulary::FieldType;
use crate::stack::{EntityId, Fact, Field, Numbers, Origin, Set, Stack, Truth, Type, Value};

/// A field that does not mean anything here was read: the rule does not speak of this entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent;

/// A fact that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Of which entity.
    pub of: EntityId,
    /// Which field, as its place in the kind's table.
    pub field: usize,
    /// What `??` took in its place, because it is unknown.
    pub taken: Option<Set>,
}

/// The set a value lies in, and what was read to know it, without repetition, in the order of reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The set.
    pub set: Set,
    /// The facts that decided it.
    pub reads: Vec<Reading>,
}

impl Seen {
    fn fixed(set: Set) -> Self {
        Self { set, reads: Vec::new() }
    }

    /// The truth of a condition.
    pub fn truth(&self) -> Truth {
        truth_of(&self.set)
    }
}

type Evaluated = Result<Seen, Absent>;

/// What an expression is evaluated over: an entity, and the `let`s of its rule, each evaluated at most once.
#[derive(Debug)]
pub struct Scope<'a> {
    stack: &'a Stack,
    it: EntityId,
    lets: &'a [(Box<str>, Expr)],
    values: RefCell<Vec<Option<Evaluated>>>,
}

impl<'a> Scope<'a> {
    /// The scope of an entity of `stack`, which must be of the kind that the expressions were compiled for.
    pub fn new(stack: &'a Stack, it: EntityId, lets: &'a [(Box<str>, Expr)]) -> Self {
        Self { stack, it, lets, values: RefCell::new(vec![None; lets.len()]) }
    }

    /// The stack.
    pub fn stack(&self) -> &'a Stack {
        self.stack
    }

    /// The entity.
    pub fn it(&self) -> EntityId {
        self.it
    }

    /// Evaluates an expression compiled with this scope's `let`s, or those before some of them.
    ///
    /// # Errors
    /// When it reads what is not there.
    pub fn eval(&self, expr: &Expr) -> Evaluated {
        Eval { scope: self, variables: Vec::new() }.node(&expr.node)
    }

    /// The terms of a sum of products, each with its entity: what it comes to, and its factors in order. None for any
    /// other expression, and none for a term that reads what is not there.
    pub(crate) fn terms(&self, expr: &Expr) -> Vec<(EntityId, Seen)> {
        let Node::Fold(Fold::Sum, list, body) = &expr.node else { return Vec::new() };
        if !is_product(body) {
            return Vec::new();
        }
        let mut eval = Eval { scope: self, variables: Vec::new() };
        let items = eval.walk(list).ok().and_then(|owner| list.field.map(|field| self.stack.field(owner, field)));
        let Some(Field::Many(items)) = items else { return Vec::new() };
        let mut terms = Vec::new();
        for item in items {
            eval.variables.push(item);
            terms.extend(eval.node(body).ok().map(|seen| (item, seen)));
            eval.variables.pop();
        }
        terms
    }

    /// The entity that a path names, and the field at its end.
    ///
    /// # Errors
    /// When a relation on the way is missing.
    pub(crate) fn place(&self, expr: &Expr) -> Result<Option<(EntityId, Option<usize>)>, Absent> {
        match &expr.node {
            Node::Fact(path) | Node::Entity(path) => {
                let eval = Eval { scope: self, variables: Vec::new() };
                Ok(Some((eval.walk(path)?, path.field)))
            }
            _ => Ok(None),
        }
    }
}

struct Eval<'a> {
    scope: &'a Scope<'a>,
    variables: Vec<EntityId>,
}

impl Eval<'_> {
    fn node(&mut self, node: &Node) -> Evaluated {
        match node {
            Node::Fixed(set) => Ok(Seen::fixed(set.clone())),
            Node::Fact(path) => self.fact(path),
            // Its name is printed where it is asked for; it has no value to compute with.
            Node::Entity(path) => self.walk(path).map(|_| Seen::fixed(Set::Any)),
            Node::Let(place) => self.named(*place),
            Node::Not(inner) => {
                let inner = self.node(inner)?;
                Ok(Seen { set: set_of_truth(!inner.truth()), reads: inner.reads })
            }
            Node::Negate(inner) => self.numbers(inner, |numbers| numbers.map(|number| -number)),
            Node::Logic(op, left, right) => self.logic(*op, left, right),
            Node::Compare(op, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                let truth = compare_sets(*op, &left.set, &right.set);
                Ok(Seen { set: set_of_truth(truth), reads: join(left.reads, right.reads) })
            }
            Node::Arithmetic(op, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                let set = Set::Numbers(arithmetic(*op, &numbers_of(&left.set), &numbers_of(&right.set)));
                Ok(Seen { set, reads: join(left.reads, right.reads) })
            }
            Node::In(item, values) => {
                let item = self.node(item)?;
                Ok(Seen { set: set_of_truth(member(&item.set, values)), reads: item.reads })
            }
            Node::OrElse(first, second) => self.or_else(first, second),
            Node::Math(math, nodes) => self.math(*math, nodes),
            Node::If(parts) => self.choose(parts),
            Node::Test(test, path) => Ok(self.test(*test, path)),
            Node::Fold(fold, list, body) => self.fold(*fold, list, body),
        }
    }

    fn numbers(&mut self, node: &Node, change: impl Fn(&Numbers) -> Numbers) -> Evaluated {
        let seen = self.node(node)?;
        Ok(Seen { set: Set::Numbers(change(&numbers_of(&seen.set))), reads: seen.reads })
    }

    fn named(&mut self, place: usize) -> Evaluated {
        // Those before it first, so that a chain of them is no recursion.
        for (at, (_, expr)) in self.scope.lets.iter().enumerate().take(place + 1) {
            if self.scope.values.borrow().get(at).is_some_and(Option::is_none) {
                let seen = self.scope.eval(expr);
                if let Some(value) = self.scope.values.borrow_mut().get_mut(at) {
                    *value = Some(seen);
                }
            }
        }
        self.scope.values.borrow().get(place).cloned().flatten().unwrap_or(Err(Absent))
    }

    /// Only what decided is kept: of `a && b` that is false, the one that is false.
    fn logic(&mut self, op: Op, left: &Node, right: &Node) -> Evaluated {
        let decides = if op == Op::And { Truth::No } else { Truth::Yes };
        let left = self.node(left)?;
        if left.truth() == decides {
            return Ok(left);
        }
        let right = self.node(right)?;
        if right.truth() == decides {
            return Ok(right);
        }
        let (a, b) = (left.truth(), right.truth());
        let truth = if op == Op::And { a.and(b) } else { a.or(b) };
        Ok(Seen { set: set_of_truth(truth), reads: join(left.reads, right.reads) })
    }

    fn or_else(&mut self, first: &Node, second: &Node) -> Evaluated {
        let first = match self.node(first) {
            Ok(first) if !is_unknown(&first.set) => return Ok(first),
            Ok(first) => first.reads,
            Err(Absent) => Vec::new(),
        };
        let second = self.node(second)?;
        let taken = first.into_iter().map(|read| Reading { taken: Some(second.set.clone()), ..read }).collect();
        Ok(Seen { set: second.set, reads: join(taken, second.reads) })
    }

    fn math(&mut self, math: Math, nodes: &[Node]) -> Evaluated {
        let round = |number: f64| if math == Math::Ceil { number.ceil() } else { number.floor() };
        let mut all: Option<Seen> = None;
        for node in nodes {
            let next = self.numbers(node, |numbers| match math {
                Math::Ceil | Math::Floor => numbers.map(round),
                Math::Min | Math::Max => numbers.clone(),
            })?;
            all = Some(match all {
                None => next,
                Some(before) => {
                    let each = if math == Math::Min { f64::min } else { f64::max };
                    let numbers = numbers_of(&before.set).combine(&numbers_of(&next.set), each);
                    Seen { set: Set::Numbers(numbers), reads: join(before.reads, next.reads) }
                }
            });
        }
        all.ok_or(Absent)
    }

    fn choose(&mut self, parts: &[Node; 3]) -> Evaluated {
        let [condition, yes, no] = parts;
        let condition = self.node(condition)?;
        let chosen = match condition.truth() {
            Truth::Yes => self.node(yes)?,
            Truth::No => self.node(no)?,
            Truth::Maybe => {
                let (yes, no) = (self.node(yes)?, self.node(no)?);
                Seen { set: yes.set.union(no.set), reads: join(yes.reads, no.reads) }
            }
        };
        Ok(Seen { set: chosen.set, reads: join(condition.reads, chosen.reads) })
    }

    /// An element of which the body does not speak is left out.
    fn fold(&mut self, fold: Fold, list: &Path, body: &Node) -> Evaluated {
        let owner = self.walk(list)?;
        let items = match list.field.map(|field| self.scope.stack.field(owner, field)) {
            Some(Field::Many(items)) => items,
            _ => return Err(Absent),
        };
        let mut seen = Vec::new();
        for item in items {
            self.variables.push(item);
            seen.extend(self.node(body));
            self.variables.pop();
        }
        let decides = match fold {
            Fold::Sum => {
                let zero = Seen::fixed(Set::of(Value::Number(0.0)));
                return Ok(seen.into_iter().fold(zero, |sum, next| Seen {
                    set: Set::Numbers(arithmetic(Op::Add, &numbers_of(&sum.set), &numbers_of(&next.set))),
                    reads: join(sum.reads, next.reads),
                }));
            }
            Fold::Any | Fold::Count => Truth::Yes,
            Fold::All => Truth::No,
        };
        let sure = seen.iter().filter(|it| it.truth() == decides).count();
        let open = seen.iter().filter(|it| it.truth() == Truth::Maybe).count();
        let reads_of = |keep: &dyn Fn(Truth) -> bool| {
            let kept = seen.iter().filter(|it| keep(it.truth()));
            kept.fold(Vec::new(), |reads, it| join(reads, it.reads.clone()))
        };
        if fold == Fold::Count {
            let set = Set::between(sure as f64, (sure + open) as f64);
            return Ok(Seen { set, reads: reads_of(&|truth| truth != Truth::No) });
        }
        let (truth, reads) = match (sure, open) {
            (1.., _) => (decides, reads_of(&|truth| truth == decides)),
            (0, 1..) => (Truth::Maybe, reads_of(&|truth| truth == Truth::Maybe)),
            (0, 0) => (!decides, reads_of(&|_| true)),
        };
        Ok(Seen { set: set_of_truth(truth), reads })
    }

    fn test(&mut self, test: Test, path: &Path) -> Seen {
        let no = Seen::fixed(set_of_truth(Truth::No));
        let Ok(of) = self.walk(path) else { return no };
        let Some(field) = path.field else { return Seen::fixed(set_of_truth(Truth::Yes)) };
        let Field::Fact(fact) = self.scope.stack.field(of, field) else { return no };
        let truth = match (test, &fact) {
            (_, Fact::Absent) => Truth::No,
            (Test::Exists, _) => Truth::Yes,
            (Test::Known, fact) => Truth::of(!matches!(fact, Fact::Unknown(_))),
            (Test::Unbounded, Fact::Unbounded(_)) => Truth::Yes,
            (Test::Unbounded, Fact::Unknown(_)) => Truth::Maybe,
            (Test::Unbounded, _) => Truth::No,
            (Test::Written, Fact::Known(sourced)) => Truth::of(matches!(sourced.origin, Origin::Written(_))),
            (Test::Written, Fact::OneOf(branches)) => branches
                .iter()
                .map(|(_, sourced)| Truth::of(matches!(sourced.origin, Origin::Written(_))))
                .reduce(|a, b| if a == b { a } else { Truth::Maybe })
                .unwrap_or(Truth::Maybe),
            // What is unknown is, as a rule, said somewhere that is not read.
            (Test::Written, Fact::Unbounded(_) | Fact::Unknown(_)) => Truth::Maybe,
        };
        // That a field has a meaning is no reason to point at its value.
        let reads = if test == Test::Exists { Vec::new() } else { vec![Reading { of, field, taken: None }] };
        Seen { set: set_of_truth(truth), reads }
    }

    fn fact(&mut self, path: &Path) -> Evaluated {
        let of = self.walk(path)?;
        let field = path.field.ok_or(Absent)?;
        let Field::Fact(fact) = self.scope.stack.field(of, field) else { return Err(Absent) };
        let set = set_of_fact(&fact, of, field).ok_or(Absent)?;
        Ok(Seen { set, reads: vec![Reading { of, field, taken: None }] })
    }

    /// The entity at the end of the path's relations.
    fn walk(&self, path: &Path) -> Result<EntityId, Absent> {
        let start = match path.variable {
            None => Some(self.scope.it),
            Some(variable) => self.variables.get(variable).copied(),
        };
        let mut entity = start.filter(|entity| entity.kind == path.kind).ok_or(Absent)?;
        for step in &path.steps {
            match self.scope.stack.field(entity, *step) {
                Field::One(Some(next)) => entity = next,
                _ => return Err(Absent),
            }
        }
        Ok(entity)
    }
}

/// The set of a fact; [`None`] when it is absent.
pub(super) fn set_of_fact(fact: &Fact<Value>, of: EntityId, field: usize) -> Option<Set> {
    let number = of.kind.info().fields.get(field).is_some_and(|info| info.ty == FieldType::Fact(Type::Number));
    match fact {
        Fact::Known(sourced) => Some(Set::of(sourced.value.clone())),
        Fact::OneOf(branches) => {
            let sets = branches.iter().map(|(_, sourced)| Set::of(sourced.value.clone()));
            Some(sets.reduce(Set::union).unwrap_or(Set::Any))
        }
        Fact::Unbounded(_) if number => Some(Set::Numbers(Numbers::unbounded())),
        Fact::Unknown(_) if number => Some(Set::Numbers(Numbers::any())),
        Fact::Unbounded(_) | Fact::Unknown(_) => Some(Set::Any),
        Fact::Absent => None,
    }
}

/// Whether a node is fields multiplied, so that what was read for it are its factors.
fn is_product(node: &Node) -> bool {
    match node {
        Node::Arithmetic(Op::Multiply, left, right) => is_product(left) && is_product(right),
        Node::OrElse(first, _) => is_product(first),
        Node::Fact(_) => true,
        _ => false,
    }
}

fn join(mut reads: Vec<Reading>, more: Vec<Reading>) -> Vec<Reading> {
    for read in more {
        if !reads.iter().any(|it| it.of == read.of && it.field == read.field) {
            reads.push(read);
        }
    }
    reads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::expr::{Names, compile};
    use crate::source::{FileId, Span};
    use crate::stack::vocabulary::{Client, Database, Mode, Pool, Process};
    use crate::stack::{Condition, Kind, Sourced, Version};

    fn span(at: usize) -> Span {
        Span::new(FileId(0), at, at + 1)
    }

    fn one_of<T>(values: impl IntoIterator<Item = T>) -> Fact<T> {
        Fact::OneOf(
            values
                .into_iter()
                .map(|value| {
                    let origin = Origin::Written(vec![span(0)]);
                    (Condition { text: "DEBUG".into(), at: None }, Sourced { value, origin, slots: Vec::new() })
                })
                .collect(),
        )
    }

    /// A process with 8 workers, an unknown number of threads, 2 or 4 CPUs, no memory limit.
    fn stack() -> Stack {
        let mut stack = Stack::default();
        let written = Version { low: vec![0, 30], high: None, written: ">=0.30".into() };
        let process = Process {
            processes: Fact::written(8, span(1)),
            threads: Fact::unknown("set by the environment (THREADS)"),
            cpus: one_of([2.0, 4.0]),
            mode: Fact::written(Mode::AsgiDjango, span(2)),
            replicas: Fact::default_of(1, "Docker", "replicas", None),
            keepalive: Fact::Unbounded(crate::stack::Why::new("never closed")),
            version: Fact::written(written, span(3)),
            ..Default::default()
        };
        let process = stack.add(process);
        let database = stack.add(Database { max_connections: Fact::written(100, span(4)), ..Default::default() });
        let pool = stack.add(Pool { max: Fact::written(15, span(5)), ..Default::default() });
        for (replicas, pool) in [
            (Fact::written(3, span(6)), Some(pool)),
            (Fact::unknown("scaled by hand"), Some(pool)),
            (Fact::written(2, span(7)), None),
        ] {
            let client = Client {
                replicas,
                pool,
                process: Some(process),
                processes: Fact::written(4, span(8)),
                ..Default::default()
            };
            let client = stack.add(client);
            stack[database].clients.push(client);
        }
        stack
    }

    fn eval(kind: Kind, text: &str) -> Evaluated {
        let stack = stack();
        let expr = compile(text, Names { kind, lets: &[] }).unwrap();
        Scope::new(&stack, EntityId { kind, at: 0 }, &[]).eval(&expr)
    }

    fn truth(text: &str) -> Truth {
        eval(Kind::Process, text).unwrap().truth()
    }

    fn fields(kind: Kind, text: &str) -> Vec<&'static str> {
        let seen = eval(kind, text).unwrap();
        seen.reads.iter().map(|read| read.of.kind.info().fields[read.field].name).collect()
    }

    #[test]
    fn a_condition_is_judged_over_the_whole_set() {
        assert_eq!(truth("it.processes > it.cpus"), Truth::Yes);
        assert_eq!(truth("it.cpus > 2"), Truth::Maybe);
        assert_eq!(truth("it.cpus < 2"), Truth::No);
        assert_eq!(truth("it.processes * it.threads > 4"), Truth::Maybe);
        assert_eq!(truth("it.processes + it.threads >= 8"), Truth::Yes);
        assert_eq!(truth("it.keepalive > 1000000"), Truth::Yes);
        assert_eq!(truth("it.keepalive == unbounded"), Truth::Yes);
        assert_eq!(truth("it.mode in (asgi_django, asgi_starlette)"), Truth::Yes);
        assert_eq!(truth("it.mode != asgi_django"), Truth::No);
        assert_eq!(truth("it.version >= v\"0.29\""), Truth::Yes);
        assert_eq!(truth("it.version >= v\"0.34\""), Truth::Maybe);
        assert_eq!(truth("it.version < v\"0.30\""), Truth::No);
        assert_eq!(truth("if(it.cpus > 2, 10, 20) >= 10"), Truth::Yes);
    }

    #[test]
    fn an_absent_field_ends_the_rule_unless_it_is_shielded() {
        assert_eq!(eval(Kind::Process, "it.memory > 1"), Err(Absent));
        assert_eq!(eval(Kind::Process, "it.service.replicas > 1"), Err(Absent));
        assert_eq!(truth("it.memory ?? 5 > 1"), Truth::Yes);
        assert_eq!(truth("exists(it.memory) || exists(it.service)"), Truth::No);
        assert_eq!(truth("it.processes > 100 && it.memory > 1"), Truth::No);
        assert_eq!(truth("written(it.processes) && !written(it.replicas)"), Truth::Yes);
        assert_eq!(truth("known(it.threads)"), Truth::No);
    }

    #[test]
    fn an_unknown_term_does_not_silence_a_sum() {
        let sum = "sum(c in it.clients: c.replicas * c.processes * c.pool.max)";
        let seen = eval(Kind::Database, sum).unwrap();
        assert_eq!(seen.set, Set::between(180.0, f64::INFINITY));
        assert_eq!(eval(Kind::Database, &format!("{sum} > it.max_connections")).unwrap().truth(), Truth::Yes);
        assert_eq!(eval(Kind::Database, &format!("{sum} > 200")).unwrap().truth(), Truth::Maybe);
    }

    #[test]
    fn only_what_decided_is_read() {
        assert_eq!(fields(Kind::Process, "it.processes > 1 || it.cpus > 0"), ["processes"]);
        assert_eq!(fields(Kind::Process, "it.processes < 1 || it.cpus > 0"), ["cpus"]);
        assert_eq!(fields(Kind::Process, "it.processes > 1 && it.cpus > 0"), ["processes", "cpus"]);
        assert_eq!(fields(Kind::Database, "any(c in it.clients: c.replicas > 2)"), ["replicas"]);
        assert_eq!(eval(Kind::Database, "count(c in it.clients: c.replicas > 2)").unwrap().set, Set::between(1.0, 2.0));
    }

    #[test]
    fn what_stands_in_for_the_unknown_is_remembered() {
        let seen = eval(Kind::Process, "it.threads ?? 4").unwrap();
        assert_eq!(seen.set, Set::between(4.0, 4.0));
        assert_eq!(seen.reads[0].taken, Some(Set::between(4.0, 4.0)));
    }
}
