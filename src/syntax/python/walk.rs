//! Going through a tree: what stands directly in a statement or an expression.

use super::{Call, Class, Expr, ExprKind, FPart, Function, Param, Stmt, StmtKind};

impl Expr {
    /// Calls `each` with every expression directly in this one, in order. Parameters of a lambda give their
    /// annotations and defaults.
    pub fn each_child<'a>(&'a self, each: &mut dyn FnMut(&'a Expr)) {
        match &self.kind {
            ExprKind::Attribute { value, .. }
            | ExprKind::Await(value)
            | ExprKind::Starred(value)
            | ExprKind::Unary { operand: value, .. } => each(value),
            ExprKind::Subscript { value: left, index: right }
            | ExprKind::Binary { left, right, .. }
            | ExprKind::Named { target: left, value: right } => {
                each(left);
                each(right);
            }
            ExprKind::Slice { low, high, step } => {
                [low, high, step].into_iter().flatten().for_each(|it| each(it));
            }
            ExprKind::Call(call) => call.each_child(each),
            ExprKind::FString(parts) => {
                for part in parts {
                    if let FPart::Expr(expr) = part {
                        each(expr);
                    }
                }
            }
            ExprKind::List(items)
            | ExprKind::Tuple(items)
            | ExprKind::Set(items)
            | ExprKind::And(items)
            | ExprKind::Or(items) => items.iter().for_each(each),
            ExprKind::Dict(items) => {
                for (key, value) in items {
                    key.iter().for_each(&mut *each);
                    each(value);
                }
            }
            ExprKind::Compare { left, rest } => {
                each(left);
                rest.iter().for_each(|(_, right)| each(right));
            }
            ExprKind::If { test, body, orelse } => {
                each(body);
                each(test);
                each(orelse);
            }
            ExprKind::Lambda { params, body } => {
                each_of_params(params, each);
                each(body);
            }
            ExprKind::Comprehension { element, clauses, .. } => {
                each(element);
                for clause in clauses {
                    each(&clause.target);
                    each(&clause.iter);
                    clause.conditions.iter().for_each(&mut *each);
                }
            }
            ExprKind::Yield(value) => value.iter().for_each(|it| each(it)),
            ExprKind::Name(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Ellipsis
            | ExprKind::Other => {}
        }
    }

    /// Calls `each` with this expression and all below it, outer ones first.
    pub fn each_below<'a>(&'a self, each: &mut dyn FnMut(&'a Expr)) {
        each(self);
        self.each_child(&mut |child| child.each_below(each));
    }
}

impl Call {
    fn each_child<'a>(&'a self, each: &mut dyn FnMut(&'a Expr)) {
        each(&self.func);
        self.args.iter().for_each(&mut *each);
        self.keywords.iter().for_each(|it| each(&it.value));
    }
}

fn each_of_params<'a>(params: &'a [Param], each: &mut dyn FnMut(&'a Expr)) {
    for param in params {
        param.annotation.iter().chain(&param.default).for_each(&mut *each);
    }
}

impl Function {
    fn each_expr<'a>(&'a self, each: &mut dyn FnMut(&'a Expr)) {
        self.decorators.iter().for_each(&mut *each);
        each_of_params(&self.params, each);
        self.returns.iter().for_each(each);
    }
}

impl Class {
    fn each_expr<'a>(&'a self, each: &mut dyn FnMut(&'a Expr)) {
        self.decorators.iter().chain(&self.bases).for_each(&mut *each);
        self.keywords.iter().for_each(|it| each(&it.value));
    }
}

impl Stmt {
    /// Calls `each` with every expression directly in this statement: a `for`'s target and iterable, a definition's
    /// decorators, parameters and bases, not what stands in bodies.
    pub fn each_expr<'a>(&'a self, each: &mut dyn FnMut(&'a Expr)) {
        match &self.kind {
            StmtKind::Expr(value) | StmtKind::Assert(value) | StmtKind::While { test: value, .. } => each(value),
            StmtKind::Assign { targets, value } => {
                targets.iter().for_each(&mut *each);
                each(value);
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                each(target);
                each(annotation);
                value.iter().for_each(each);
            }
            StmtKind::AugAssign { target, value, .. } => {
                each(target);
                each(value);
            }
            StmtKind::Function(function) => function.each_expr(each),
            StmtKind::Class(class) => class.each_expr(each),
            StmtKind::Return(value) | StmtKind::Raise(value) => value.iter().for_each(each),
            StmtKind::For { target, iter, .. } => {
                each(target);
                each(iter);
            }
            StmtKind::If(branches) => branches.iter().filter_map(|(test, _)| test.as_ref()).for_each(each),
            StmtKind::With { items, .. } => {
                for (manager, name) in items {
                    each(manager);
                    name.iter().for_each(&mut *each);
                }
            }
            StmtKind::Match { subject, cases } => {
                each(subject);
                cases.iter().filter_map(|(guard, _)| guard.as_ref()).for_each(each);
            }
            StmtKind::Try { handlers, .. } => handlers.iter().filter_map(|it| it.0.as_ref()).for_each(each),
            StmtKind::Delete(targets) => targets.iter().for_each(each),
            StmtKind::Import(_) | StmtKind::ImportFrom { .. } | StmtKind::Other => {}
        }
    }

    /// Calls `each` with every body directly in this statement, in order.
    pub fn each_body<'a>(&'a self, each: &mut dyn FnMut(&'a [Stmt])) {
        match &self.kind {
            StmtKind::Function(function) => each(&function.body),
            StmtKind::Class(class) => each(&class.body),
            StmtKind::With { body, .. } => each(body),
            StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
                each(body);
                each(orelse);
            }
            StmtKind::If(branches) => branches.iter().for_each(|(_, body)| each(body)),
            StmtKind::Match { cases, .. } => cases.iter().for_each(|(_, body)| each(body)),
            StmtKind::Try { body, handlers, orelse, finally } => {
                each(body);
                handlers.iter().for_each(|(_, _, body)| each(body));
                each(orelse);
                each(finally);
            }
            _ => {}
        }
    }

    /// Calls `each` with this statement and all below it, outer ones first.
    pub fn each_below<'a>(&'a self, each: &mut dyn FnMut(&'a Stmt)) {
        each(self);
        self.each_body(&mut |body| body.iter().for_each(|stmt| stmt.each_below(each)));
    }
}
