//! Expressions: from the parser's tree to ours.

use ruff_python_ast as ruff;

use super::lower::Lower;
use super::{BinOp, Call, Clause, CompareOp, ComprehensionKind, Expr, ExprKind, FPart, UnaryOp};

impl Lower<'_> {
    pub(super) fn expr(&mut self, expr: &ruff::Expr) -> Expr {
        let kind = self.deeper(expr, |lower| lower.expr_kind(expr)).unwrap_or(ExprKind::Other);
        Expr { kind, span: self.span(expr) }
    }

    fn boxed(&mut self, expr: &ruff::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn maybe(&mut self, expr: Option<&ruff::Expr>) -> Option<Box<Expr>> {
        expr.map(|it| self.boxed(it))
    }

    fn exprs<'t>(&mut self, exprs: impl IntoIterator<Item = &'t ruff::Expr>) -> Vec<Expr> {
        exprs.into_iter().map(|it| self.expr(it)).collect()
    }

    fn expr_kind(&mut self, expr: &ruff::Expr) -> ExprKind {
        use ruff::Expr as E;
        match expr {
            E::Name(it) if it.id.is_empty() => ExprKind::Other,
            E::Name(it) => ExprKind::Name(it.id.as_str().into()),
            E::Attribute(it) => ExprKind::Attribute { value: self.boxed(&it.value), name: self.name(&it.attr) },
            E::Subscript(it) => ExprKind::Subscript { value: self.boxed(&it.value), index: self.boxed(&it.slice) },
            E::Slice(it) => ExprKind::Slice {
                low: self.maybe(it.lower.as_deref()),
                high: self.maybe(it.upper.as_deref()),
                step: self.maybe(it.step.as_deref()),
            },
            E::Call(it) => ExprKind::Call(Box::new(self.call(it))),
            E::StringLiteral(it) => ExprKind::Str(it.value.to_str().into()),
            E::FString(it) => self.fstring(it),
            E::BytesLiteral(_) => ExprKind::Bytes,
            E::NumberLiteral(it) => number(&it.value),
            E::BooleanLiteral(it) => ExprKind::Bool(it.value),
            E::NoneLiteral(_) => ExprKind::None,
            E::EllipsisLiteral(_) => ExprKind::Ellipsis,
            E::List(it) => ExprKind::List(self.exprs(&it.elts)),
            E::Tuple(it) => ExprKind::Tuple(self.exprs(&it.elts)),
            E::Set(it) => ExprKind::Set(self.exprs(&it.elts)),
            E::Dict(it) => ExprKind::Dict(
                it.items
                    .iter()
                    .map(|item| (item.key.as_ref().map(|key| self.expr(key)), self.expr(&item.value)))
                    .collect(),
            ),
            E::BinOp(it) => {
                ExprKind::Binary { left: self.boxed(&it.left), op: binary(it.op), right: self.boxed(&it.right) }
            }
            E::UnaryOp(it) => ExprKind::Unary { op: unary(it.op), operand: self.boxed(&it.operand) },
            E::BoolOp(it) => match it.op {
                ruff::BoolOp::And => ExprKind::And(self.exprs(&it.values)),
                ruff::BoolOp::Or => ExprKind::Or(self.exprs(&it.values)),
            },
            E::Compare(it) => ExprKind::Compare {
                left: self.boxed(&it.left),
                rest: it.ops.iter().zip(&it.comparators).map(|(op, to)| (compare(*op), self.expr(to))).collect(),
            },
            E::If(it) => {
                ExprKind::If { test: self.boxed(&it.test), body: self.boxed(&it.body), orelse: self.boxed(&it.orelse) }
            }
            E::Lambda(it) => ExprKind::Lambda {
                params: it.parameters.as_deref().map(|params| self.params(params)).unwrap_or_default(),
                body: self.boxed(&it.body),
            },
            E::ListComp(it) => self.comprehension(ComprehensionKind::List, &it.elt, &it.generators),
            E::SetComp(it) => self.comprehension(ComprehensionKind::Set, &it.elt, &it.generators),
            E::Generator(it) => self.comprehension(ComprehensionKind::Generator, &it.elt, &it.generators),
            E::DictComp(it) => self.dict_comprehension(it),
            E::Await(it) => ExprKind::Await(self.boxed(&it.value)),
            E::Yield(it) => ExprKind::Yield(self.maybe(it.value.as_deref())),
            E::YieldFrom(it) => ExprKind::Yield(Some(self.boxed(&it.value))),
            E::Starred(it) => ExprKind::Starred(self.boxed(&it.value)),
            E::Named(it) => ExprKind::Named { target: self.boxed(&it.target), value: self.boxed(&it.value) },
            E::TString(_) | E::IpyEscapeCommand(_) => ExprKind::Other,
        }
    }

    fn call(&mut self, call: &ruff::ExprCall) -> Call {
        Call {
            func: self.expr(&call.func),
            args: self.exprs(&call.arguments.args),
            keywords: call.arguments.keywords.iter().map(|it| self.keyword(it)).collect(),
            parens: self.span(&call.arguments),
        }
    }

    fn fstring(&mut self, text: &ruff::ExprFString) -> ExprKind {
        let mut parts: Vec<FPart> = Vec::new();
        for part in &text.value {
            match part {
                ruff::FStringPart::Literal(literal) => push_text(&mut parts, &literal.value),
                ruff::FStringPart::FString(fstring) => {
                    for element in &fstring.elements {
                        match element {
                            ruff::InterpolatedStringElement::Literal(it) => push_text(&mut parts, &it.value),
                            ruff::InterpolatedStringElement::Interpolation(it) => {
                                parts.push(FPart::Expr(self.expr(&it.expression)));
                            }
                        }
                    }
                }
            }
        }
        ExprKind::FString(parts)
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &ruff::Expr,
        clauses: &[ruff::Comprehension],
    ) -> ExprKind {
        ExprKind::Comprehension { kind, element: self.boxed(element), clauses: self.clauses(clauses) }
    }

    fn dict_comprehension(&mut self, dict: &ruff::ExprDictComp) -> ExprKind {
        let value = self.expr(&dict.value);
        let pair = match &dict.key {
            Some(key) => {
                let key = self.expr(key);
                let span = key.span.cover(value.span);
                Expr { kind: ExprKind::Tuple(vec![key, value]), span }
            }
            None => value,
        };
        ExprKind::Comprehension {
            kind: ComprehensionKind::Dict,
            element: Box::new(pair),
            clauses: self.clauses(&dict.generators),
        }
    }

    fn clauses(&mut self, clauses: &[ruff::Comprehension]) -> Vec<Clause> {
        clauses
            .iter()
            .map(|it| Clause {
                is_async: it.is_async,
                target: self.expr(&it.target),
                iter: self.expr(&it.iter),
                conditions: self.exprs(&it.ifs),
            })
            .collect()
    }
}

/// Puts text behind an f-string's pieces, joined with text that stands there.
fn push_text(parts: &mut Vec<FPart>, text: &str) {
    match parts.last_mut() {
        Some(FPart::Text(last)) => *last = format!("{last}{text}").into(),
        _ => parts.push(FPart::Text(text.into())),
    }
}

fn number(number: &ruff::Number) -> ExprKind {
    match number {
        ruff::Number::Int(int) => ExprKind::Int(int.as_i64()),
        ruff::Number::Float(float) => ExprKind::Float(*float),
        ruff::Number::Complex { .. } => ExprKind::Other,
    }
}

pub(super) fn binary(op: ruff::Operator) -> BinOp {
    match op {
        ruff::Operator::Add => BinOp::Add,
        ruff::Operator::Sub => BinOp::Sub,
        ruff::Operator::Mult => BinOp::Mul,
        ruff::Operator::MatMult => BinOp::MatMul,
        ruff::Operator::Div => BinOp::Div,
        ruff::Operator::Mod => BinOp::Mod,
        ruff::Operator::Pow => BinOp::Pow,
        ruff::Operator::LShift => BinOp::LShift,
        ruff::Operator::RShift => BinOp::RShift,
        ruff::Operator::BitOr => BinOp::BitOr,
        ruff::Operator::BitXor => BinOp::BitXor,
        ruff::Operator::BitAnd => BinOp::BitAnd,
        ruff::Operator::FloorDiv => BinOp::FloorDiv,
    }
}

fn unary(op: ruff::UnaryOp) -> UnaryOp {
    match op {
        ruff::UnaryOp::Not => UnaryOp::Not,
        ruff::UnaryOp::Invert => UnaryOp::Invert,
        ruff::UnaryOp::UAdd => UnaryOp::Plus,
        ruff::UnaryOp::USub => UnaryOp::Minus,
    }
}

fn compare(op: ruff::CmpOp) -> CompareOp {
    match op {
        ruff::CmpOp::Eq => CompareOp::Eq,
        ruff::CmpOp::NotEq => CompareOp::NotEq,
        ruff::CmpOp::Lt => CompareOp::Lt,
        ruff::CmpOp::LtE => CompareOp::LtE,
        ruff::CmpOp::Gt => CompareOp::Gt,
        ruff::CmpOp::GtE => CompareOp::GtE,
        ruff::CmpOp::Is => CompareOp::Is,
        ruff::CmpOp::IsNot => CompareOp::IsNot,
        ruff::CmpOp::In => CompareOp::In,
        ruff::CmpOp::NotIn => CompareOp::NotIn,
    }
}
