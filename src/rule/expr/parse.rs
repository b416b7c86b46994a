//! Tokens to a tree, by precedence.
//!
//! From the weakest: `||`, `&&`, comparisons and `in`, `+ -`, `* / %`, `! -`, `??`. That `??` binds tightest lets
//! `c.replicas ?? 1 * c.processes` mean what it looks like: one term with a stand-in, times another.

use std::ops::Range;

use super::lex::{Placed, Token, lex};
use super::{ExprError, Unit};

/// How deep expressions nest at most.
const MOST_DEPTH: usize = 40;
/// How many operators an expression has at most: a long chain is a deep tree, too, and trees are walked by recursion.
const MOST_OPERATORS: usize = 60;

/// A node of the tree, and its place in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ast<'a> {
    pub(super) is: Is<'a>,
    pub(super) at: Range<usize>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Is<'a> {
    Number(f64, Unit),
    Bool(bool),
    Text(&'a str),
    Version(&'a str),
    /// Names parted by dots, one or more.
    Path(Vec<(&'a str, Range<usize>)>),
    Not(Box<Ast<'a>>),
    Negate(Box<Ast<'a>>),
    Binary(Op, Box<Ast<'a>>, Box<Ast<'a>>),
    In(Box<Ast<'a>>, Vec<Ast<'a>>),
    OrElse(Box<Ast<'a>>, Box<Ast<'a>>),
    Call(&'a str, Vec<Ast<'a>>),
    Fold(Fold, &'a str, Box<Ast<'a>>, Box<Ast<'a>>),
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// What is made of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Sum,
    Any,
    All,
    Count,
}

impl Fold {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Fold::Sum,
            "any" => Fold::Any,
            "all" => Fold::All,
            "count" => Fold::Count,
            _ => return None,
        })
    }
}

const LEVELS: &[&[(&str, Op)]] = &[
    &[("||", Op::Or)],
    &[("&&", Op::And)],
    &[
        ("==", Op::Equal),
        ("!=", Op::NotEqual),
        ("<", Op::Less),
        ("<=", Op::LessEqual),
        (">", Op::Greater),
        (">=", Op::GreaterEqual),
    ],
    &[("+", Op::Add), ("-", Op::Subtract)],
    &[("*", Op::Multiply), ("/", Op::Divide), ("%", Op::Remainder)],
];
/// The level of the comparisons, of which one follows no other.
const COMPARISONS: usize = 2;

/// Reads one expression, which must be the whole text.
pub(super) fn parse(text: &str) -> Result<Ast<'_>, ExprError> {
    let mut parser = Parser { tokens: lex(text)?, next: 0, depth: 0, operators: 0 };
    let ast = parser.level(0)?;
    match parser.peek() {
        Token::End => Ok(ast),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser<'a> {
    tokens: Vec<Placed<'a>>,
    next: usize,
    depth: usize,
    operators: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> &Token<'a> {
        self.tokens.get(self.next).map_or(&Token::End, |placed| &placed.token)
    }

    fn place(&self) -> Range<usize> {
        let end = || self.tokens.last().map_or(0..0, |placed| placed.at.clone());
        self.tokens.get(self.next).map_or_else(end, |placed| placed.at.clone())
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(it) if *it == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn unexpected(&self, expected: &str) -> ExprError {
        let found = match self.peek() {
            Token::Number(..) => "a number".to_owned(),
            Token::Text(text) | Token::Version(text) => format!("\"{text}\""),
            Token::Name(name) => format!("`{name}`"),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end".to_owned(),
        };
        ExprError::new(self.place(), format!("expected {expected}, found {found}"))
    }

    /// The end of the token before.
    fn end(&self) -> usize {
        self.next.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |placed| placed.at.end)
    }

    /// Takes an operator that has been seen.
    fn operator(&mut self) -> Result<(), ExprError> {
        self.operators += 1;
        if self.operators > MOST_OPERATORS {
            return Err(ExprError::new(self.place(), format!("an expression has at most {MOST_OPERATORS} operators")));
        }
        self.next += 1;
        Ok(())
    }

    fn level(&mut self, level: usize) -> Result<Ast<'a>, ExprError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        loop {
            let op = operators.iter().find(|(sign, _)| matches!(self.peek(), Token::Sign(it) if it == sign));
            if let Some((_, op)) = op {
                self.operator()?;
                let right = self.level(level + 1)?;
                let at = left.at.start..right.at.end;
                left = Ast { is: Is::Binary(*op, Box::new(left), Box::new(right)), at };
            } else if level == COMPARISONS && *self.peek() == Token::Name("in") {
                self.operator()?;
                self.expect("(")?;
                let items = self.items()?;
                let at = left.at.start..self.end();
                left = Ast { is: Is::In(Box::new(left), items), at };
            } else {
                return Ok(left);
            }
            if level == COMPARISONS {
                return Ok(left);
            }
        }
    }

    fn unary(&mut self) -> Result<Ast<'a>, ExprError> {
        let start = self.place().start;
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(ExprError::new(self.place(), format!("expressions nest at most {MOST_DEPTH} deep")));
        }
        let ast = if self.take("!") {
            let inner = self.unary()?;
            Ast { at: start..inner.at.end, is: Is::Not(Box::new(inner)) }
        } else if self.take("-") {
            let inner = self.unary()?;
            Ast { at: start..inner.at.end, is: Is::Negate(Box::new(inner)) }
        } else {
            let mut left = self.primary()?;
            while *self.peek() == Token::Sign("??") {
                self.operator()?;
                let right = self.primary()?;
                left = Ast { at: start..right.at.end, is: Is::OrElse(Box::new(left), Box::new(right)) };
            }
            left
        };
        self.depth -= 1;
        Ok(ast)
    }

    fn primary(&mut self) -> Result<Ast<'a>, ExprError> {
        let at = self.place();
        let is = match self.peek().clone() {
            Token::Number(number, unit) => Is::Number(number, unit),
            Token::Text(text) => Is::Text(text),
            Token::Version(text) => Is::Version(text),
            Token::Name("true") => Is::Bool(true),
            Token::Name("false") => Is::Bool(false),
            Token::Name(name) => {
                self.next += 1;
                return self.named(name, at);
            }
            Token::Sign("(") => {
                self.next += 1;
                let inner = self.level(0)?;
                self.expect(")")?;
                return Ok(inner);
            }
            _ => return Err(self.unexpected("a value")),
        };
        self.next += 1;
        Ok(Ast { is, at })
    }

    /// What starts with a name, which has been taken: a call, a fold, a path.
    fn named(&mut self, name: &'a str, at: Range<usize>) -> Result<Ast<'a>, ExprError> {
        if self.take("(") {
            let is = match (Fold::of(name), self.bound()) {
                (Some(fold), Some(variable)) => {
                    let list = self.path()?;
                    self.expect(":")?;
                    let body = self.level(0)?;
                    self.expect(")")?;
                    Is::Fold(fold, variable, Box::new(list), Box::new(body))
                }
                _ => Is::Call(name, self.items()?),
            };
            return Ok(Ast { is, at: at.start..self.end() });
        }
        self.rest_of_path(name, at)
    }

    /// The variable of `x in`, when that is what comes.
    fn bound(&mut self) -> Option<&'a str> {
        let Token::Name(variable) = *self.peek() else { return None };
        let follows = self.tokens.get(self.next + 1).is_some_and(|placed| placed.token == Token::Name("in"));
        if follows {
            self.next += 2;
        }
        follows.then_some(variable)
    }

    fn path(&mut self) -> Result<Ast<'a>, ExprError> {
        let at = self.place();
        let Token::Name(name) = *self.peek() else { return Err(self.unexpected("a list, such as `it.clients`")) };
        self.next += 1;
        self.rest_of_path(name, at)
    }

    fn rest_of_path(&mut self, name: &'a str, at: Range<usize>) -> Result<Ast<'a>, ExprError> {
        let start = at.start;
        let mut names = vec![(name, at)];
        while self.take(".") {
            let Token::Name(field) = *self.peek() else { return Err(self.unexpected("a field's name")) };
            names.push((field, self.place()));
            self.next += 1;
        }
        Ok(Ast { is: Is::Path(names), at: start..self.end() })
    }

    /// Values parted by commas, up to the closing bracket.
    fn items(&mut self) -> Result<Vec<Ast<'a>>, ExprError> {
        let mut items = Vec::new();
        while !self.take(")") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.level(0)?);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree with every bracket written.
    fn show(ast: &Ast<'_>) -> String {
        match &ast.is {
            Is::Number(number, _) => number.to_string(),
            Is::Bool(truth) => truth.to_string(),
            Is::Text(text) => format!("{text:?}"),
            Is::Version(text) => format!("v{text}"),
            Is::Path(names) => names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("."),
            Is::Not(inner) => format!("!{}", show(inner)),
            Is::Negate(inner) => format!("-{}", show(inner)),
            Is::Binary(op, a, b) => format!("({} {op:?} {})", show(a), show(b)),
            Is::In(x, items) => {
                format!("({} in {})", show(x), items.iter().map(show).collect::<Vec<_>>().join("|"))
            }
            Is::OrElse(a, b) => format!("({} ?? {})", show(a), show(b)),
            Is::Call(name, items) => format!("{name}[{}]", items.iter().map(show).collect::<Vec<_>>().join("|")),
            Is::Fold(fold, variable, list, body) => format!("{fold:?}[{variable} {}: {}]", show(list), show(body)),
        }
    }

    fn shown(text: &str) -> String {
        show(&parse(text).unwrap())
    }

    #[test]
    fn operators_bind_as_they_look() {
        assert_eq!(shown("a || b && !c == d"), "(a Or (b And (!c Equal d)))");
        assert_eq!(shown("a + b * c - d"), "((a Add (b Multiply c)) Subtract d)");
        assert_eq!(shown("it.a ?? 1 * it.b ?? 2 > 3"), "(((it.a ?? 1) Multiply (it.b ?? 2)) Greater 3)");
        assert_eq!(shown("it.mode in (a, b) && x"), "((it.mode in a|b) And x)");
        assert_eq!(shown("-(a + b)"), "-(a Add b)");
    }

    #[test]
    fn folds_and_calls() {
        assert_eq!(shown("sum(c in it.clients: c.a * c.pool.max)"), "Sum[c it.clients: (c.a Multiply c.pool.max)]");
        assert_eq!(shown("ceil(max(a, 2) / 3)"), "ceil[(max[a|2] Divide 3)]");
        assert_eq!(shown("count(it.clients) > 0"), "(count[it.clients] Greater 0)");
    }

    #[test]
    fn errors_name_what_was_expected() {
        let message = |text: &str| parse(text).unwrap_err().message;
        assert_eq!(message("a &&"), "expected a value, found the end");
        assert_eq!(message("(a"), "expected `)`, found the end");
        assert_eq!(message("a b"), "expected an operator or the end, found `b`");
        assert_eq!(message("a < b < c"), "expected an operator or the end, found `<`");
        assert_eq!(message("it."), "expected a field's name, found the end");
        assert_eq!(message("sum(c in 3: c)"), "expected a list, such as `it.clients`, found a number");
    }

    #[test]
    fn depth_has_an_end() {
        assert!(parse(&"(".repeat(2000)).is_err());
        assert!(parse(&"!".repeat(2000)).is_err());
        assert!(parse(&"max(".repeat(1000)).is_err());
    }
}
