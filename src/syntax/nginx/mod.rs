//! nginx's configuration: directives with their words and blocks, cut as nginx itself cuts them.
//!
//! Every place is kept byte for byte. What nginx would refuse is an error here, and reading goes on behind it: a
//! directive whose semicolon is missing ends at the brace that follows it, a quote that is never closed at its line's
//! end. Templates for `envsubst` read as what they are, for `${NAME}` is a word to nginx too; templates of other
//! languages are not read at all.

mod lex;

use serde::{Deserialize, Serialize};

use self::lex::{Lexer, Token};
use super::{Parsed, SyntaxError, template};
use crate::source::{SourceFile, Span};

/// A configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Its directives, in order.
    pub items: Vec<Directive>,
    /// Its comments, each from `#` to the last byte before the line's end.
    pub comments: Vec<Span>,
}

/// A directive: `listen 80;` or `server { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directive {
    /// Its name. In a block such as `map` the name is the first word of a line.
    pub name: Word,
    /// Its arguments.
    pub args: Vec<Word>,
    /// Its block, if it has one.
    pub block: Option<Block>,
    /// The whole, from the name to the semicolon or the closing brace, both included.
    pub span: Span,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Its text, quotes and escapes taken off.
    pub text: Box<str>,
    /// Where it stands, quotes included.
    pub span: Span,
    /// Whether it is quoted.
    pub quoted: bool,
}

/// What stands between braces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The opening brace.
    pub open: Span,
    /// The directives; none when it holds Lua.
    pub items: Vec<Directive>,
    /// The closing brace; empty when it is missing.
    pub close: Span,
    /// Whether it holds Lua, which is not read.
    pub lua: bool,
}

/// Deeper blocks are not read.
pub const DEEPEST: usize = 64;

impl Directive {
    /// The text of an argument.
    pub fn arg(&self, at: usize) -> Option<&str> {
        self.args.get(at).map(|word| &*word.text)
    }

    /// The directives in its block; none when it has no block.
    pub fn items(&self) -> &[Directive] {
        self.block.as_ref().map_or(&[], |block| &block.items)
    }

    /// Whether it is called this.
    pub fn is(&self, name: &str) -> bool {
        &*self.name.text == name
    }
}

/// Reads a configuration file. A template of another language gives an empty tree and one error that says so.
pub fn parse(file: &SourceFile) -> Parsed<Config> {
    if let Some(at) = template::mark(file.text()) {
        let message = template::MESSAGE.into();
        let errors = vec![SyntaxError { span: file.span(at..at + 2), message }];
        return Parsed { tree: Config::default(), errors };
    }
    Parser::new(file).run()
}

/// A block that has been opened and not yet closed: its directive without the block's content, and what follows it
/// so far.
struct Open {
    name: Word,
    args: Vec<Word>,
    brace: Span,
    items: Vec<Directive>,
}

struct Parser<'a> {
    file: &'a SourceFile,
    lexer: Lexer<'a>,
    words: Vec<Word>,
    open: Vec<Open>,
    top: Vec<Directive>,
    comments: Vec<Span>,
    /// Blocks that are open and not kept: those without a name, and those too deep.
    dropped: usize,
}

impl<'a> Parser<'a> {
    fn new(file: &'a SourceFile) -> Self {
        let lexer = Lexer::new(file.text(), file.id, file.bom());
        Self { file, lexer, words: Vec::new(), open: Vec::new(), top: Vec::new(), comments: Vec::new(), dropped: 0 }
    }

    fn run(mut self) -> Parsed<Config> {
        while let Some(token) = self.lexer.next() {
            match token {
                Token::Word(word) => self.words.push(word),
                Token::Comment(span) => self.comments.push(span),
                Token::Semicolon(span) => self.end_simple(span),
                Token::Open(span) => self.open_block(span),
                Token::Close(span) => self.close_block(span),
            }
        }
        self.end();
        let mut errors = std::mem::take(&mut self.lexer.errors);
        errors.sort_by_key(|error| error.span);
        Parsed { tree: Config { items: self.top, comments: self.comments }, errors }
    }

    fn push(&mut self, directive: Directive) {
        if self.dropped == 0 {
            self.open.last_mut().map_or(&mut self.top, |open| &mut open.items).push(directive);
        }
    }

    /// The words read since the last directive, as a name and arguments.
    fn take_words(&mut self) -> Option<(Word, Vec<Word>)> {
        let mut words = std::mem::take(&mut self.words).into_iter();
        words.next().map(|name| (name, words.collect()))
    }

    fn end_simple(&mut self, end: Span) {
        match self.take_words() {
            Some((name, args)) => {
                let span = name.span.cover(end);
                self.push(Directive { name, args, block: None, span });
            }
            None => self.error(end, "expected a directive, found \";\""),
        }
    }

    fn open_block(&mut self, brace: Span) {
        let Some((name, args)) = self.take_words() else {
            self.error(brace, "expected a directive, found \"{\"");
            self.dropped += 1;
            return;
        };
        if name.text.ends_with("_by_lua_block") {
            let close = self.lexer.skip_lua().unwrap_or_else(|| {
                self.error(brace, "expected \"}\" after the Lua code, found the end of the file");
                Span::at(self.file.id, self.file.text().len())
            });
            let span = name.span.cover(close);
            self.push(Directive {
                name,
                args,
                block: Some(Block { open: brace, items: Vec::new(), close, lua: true }),
                span,
            });
        } else if self.dropped > 0 || self.open.len() >= DEEPEST {
            if self.dropped == 0 {
                self.error(brace, format!("expected at most {DEEPEST} blocks in each other, found more"));
            }
            self.dropped += 1;
        } else {
            self.open.push(Open { name, args, brace, items: Vec::new() });
        }
    }

    fn close_block(&mut self, brace: Span) {
        self.end_unfinished(brace, "\"}\"");
        if self.dropped > 0 {
            self.dropped -= 1;
        } else if let Some(open) = self.open.pop() {
            self.finish(open, brace);
        } else {
            self.error(brace, "expected a directive, found \"}\" that closes no block");
        }
    }

    fn finish(&mut self, open: Open, close: Span) {
        let Open { name, args, brace, items } = open;
        let span = name.span.cover(close);
        self.push(Directive { name, args, block: Some(Block { open: brace, items, close, lua: false }), span });
    }

    /// Ends a directive that has no semicolon where something else comes.
    fn end_unfinished(&mut self, next: Span, found: &str) {
        let Some((name, args)) = self.take_words() else { return };
        let last = args.last().map_or(name.span, |word| word.span);
        let message = format!("expected \";\" or \"{{\" after \"{}\", found {found}", shown(&name.text));
        self.error(if next.is_empty() { last } else { next }, message);
        let span = name.span.cover(last);
        self.push(Directive { name, args, block: None, span });
    }

    fn end(&mut self) {
        let end = Span::at(self.file.id, self.lexer.at().min(self.file.text().len()));
        self.end_unfinished(end, "the end of the file");
        self.dropped = 0;
        while let Some(open) = self.open.pop() {
            let message = format!("expected \"}}\" to close \"{}\", found the end of the file", shown(&open.name.text));
            self.error(open.brace, message);
            self.finish(open, end);
        }
    }

    fn error(&mut self, span: Span, message: impl Into<Box<str>>) {
        self.lexer.error(span.start as usize, span.end as usize, message);
    }
}

/// A word as a message shows it: not endless.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
