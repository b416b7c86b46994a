//! What statements and expressions share on the way from the parser's tree to ours: places, names, the depth.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::{Alias, Keyword, Param};
use crate::source::{SourceFile, Span};
use crate::syntax::{Spanned, SyntaxError};

/// Our tree is never deeper, so that whoever walks it may recurse.
pub(super) const MOST_LEVELS: usize = 200;

/// One pass over the parser's tree.
pub(super) struct Lower<'a> {
    pub(super) file: &'a SourceFile,
    /// What was left out, and why.
    pub(super) errors: Vec<SyntaxError>,
    /// Whether something was left out because it lies too deep.
    pub(super) cut: bool,
    depth: usize,
}

impl<'a> Lower<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        Self { file, errors: Vec::new(), cut: false, depth: 0 }
    }

    /// The place of a node of the parser's.
    pub(super) fn span(&self, node: &impl Ranged) -> Span {
        Span { file: self.file.id, start: node.start().to_u32(), end: node.end().to_u32() }
    }

    /// Goes one level down; nothing when that is too deep.
    pub(super) fn deeper<T>(&mut self, node: &impl Ranged, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth == MOST_LEVELS {
            if !self.cut {
                let message = format!("expected code, found more than {MOST_LEVELS} levels of nesting");
                self.errors.push(SyntaxError { span: self.span(node), message: message.into() });
            }
            self.cut = true;
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        Some(read)
    }

    pub(super) fn name(&self, name: &ruff::Identifier) -> Spanned<Box<str>> {
        Spanned::new(name.as_str().into(), self.span(name))
    }

    pub(super) fn alias(&self, alias: &ruff::Alias) -> Alias {
        Alias {
            name: alias.name.as_str().into(),
            alias: alias.asname.as_ref().map(|name| name.as_str().into()),
            span: self.span(alias),
        }
    }

    pub(super) fn keyword(&mut self, keyword: &ruff::Keyword) -> Keyword {
        Keyword {
            name: keyword.arg.as_ref().map(|name| self.name(name)),
            value: self.expr(&keyword.value),
            span: self.span(keyword),
        }
    }

    pub(super) fn params(&mut self, params: &ruff::Parameters) -> Vec<Param> {
        let mut all: Vec<Param> = Vec::with_capacity(params.len());
        for with_default in params.posonlyargs.iter().chain(&params.args).chain(&params.kwonlyargs) {
            let mut param = self.param("", &with_default.parameter);
            param.default = with_default.default.as_deref().map(|it| self.expr(it));
            param.span = self.span(with_default);
            all.push(param);
        }
        if let Some(rest) = &params.vararg {
            all.push(self.param("*", rest));
        }
        if let Some(rest) = &params.kwarg {
            all.push(self.param("**", rest));
        }
        all.sort_by_key(|param| param.span);
        all
    }

    fn param(&mut self, stars: &str, param: &ruff::Parameter) -> Param {
        Param {
            name: format!("{stars}{}", param.name).into(),
            annotation: param.annotation.as_deref().map(|it| self.expr(it)),
            default: None,
            span: self.span(param),
        }
    }
}
