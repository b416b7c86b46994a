//! A template of Django's or Jinja2's, as a function of its context.
//!
//! Both languages are read alike: tags, and expressions of dotted names, calls and filters. What is not known is read for
//! the names that stand in it. The one parameter is the context; a name that nothing within the template binds is an item
//! of it.

use rustc_hash::FxHashMap as HashMap;

use super::draft::{FunctionDraft, Import, LoaderImport, OrmDraft, Parameter, Place};
use super::flow::{Flow, Guard, GuardId, Guarded, Node, NodeId, NodeKind, Scope};
use super::words::{self, Word};
use crate::source::{SourceFile, Span};

/// The node of the context.
pub(super) const CONTEXT: NodeId = 0;
/// A template is read so far.
const MOST_NODES: usize = 20_000;
/// Tags lie in each other at most so deep; what lies deeper is not read.
const MOST_OPEN: usize = 128;

/// Whether a file is a template that pages are made of, by its path and its text.
pub fn is_template(path: &str, text: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let among = folder.split('/').any(|part| matches!(part, "templates" | "jinja" | "jinja2"));
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let page = match ending {
        "html" | "htm" | "txt" | "jinja" | "jinja2" => true,
        // Other tools have templates of that ending, too.
        "j2" => name.ends_with(".html.j2") || folder.split('/').any(|part| part.starts_with("jinja")),
        _ => false,
    };
    among && page && (text.contains("{%") || text.contains("{{"))
}

/// The names by which code may call a template: what stands behind each folder of templates on its path.
pub fn names(path: &str) -> impl Iterator<Item = &str> {
    ["templates/", "jinja/", "jinja2/"].into_iter().flat_map(move |folder| {
        path.match_indices(folder).filter_map(move |(at, _)| {
            let opens = at == 0 || path.as_bytes().get(at - 1) == Some(&b'/');
            path.get(at + folder.len()..).filter(|_| opens)
        })
    })
}

/// What a template says.
pub fn read_template(file: &SourceFile) -> OrmDraft {
    let mut reader = Reader {
        file,
        flow: Flow::default(),
        scope: 0,
        guard: 0,
        bound: vec![HashMap::default()],
        open: Vec::new(),
        functions: Vec::new(),
        macros: Vec::new(),
        imports: Vec::new(),
        depth: 0,
        forks: 0,
    };
    reader.node(NodeKind::Param(0), 0, 0);
    reader.whole();
    let whole = reader.function("template", None, vec!["**context".into()], reader.flow.clone());
    let mut functions = std::mem::take(&mut reader.functions);
    functions.push(whole);
    OrmDraft {
        file: file.id,
        path: file.path.clone(),
        module: format!("<{}>", file.path.replace('.', ":")).into(),
        is_package: false,
        place: Place::Template,
        quote: '"',
        crlf: false,
        imports: reader.imports,
        top: Flow::default(),
        globals: Vec::new(),
        classes: Vec::new(),
        functions,
        loader: LoaderImport::Nowhere,
        last_import: None,
        imports_asyncio: false,
    }
}

/// A tag that waits for its end.
pub(super) struct Open {
    pub(super) tag: Box<str>,
    pub(super) scope: Scope,
    guard: GuardId,
    /// Whether names that are bound within it end with it.
    binds: bool,
    /// Where it takes what it holds only when a test holds: its number, and the first node of its present branch.
    pub(super) branch: Option<(u32, NodeId)>,
    /// A macro's name, its parameters, and what was read around it.
    of_macro: Option<(Box<str>, Vec<Box<str>>, Flow)>,
}

pub(super) struct Reader<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) flow: Flow,
    pub(super) scope: Scope,
    /// What is read now stands behind this.
    guard: GuardId,
    pub(super) bound: Vec<HashMap<Box<str>, NodeId>>,
    pub(super) open: Vec<Open>,
    functions: Vec<FunctionDraft>,
    pub(super) macros: Vec<Box<str>>,
    imports: Vec<Import>,
    /// How deep expressions lie in each other.
    pub(super) depth: u32,
    /// How many statements there are that take one of their branches.
    pub(super) forks: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn node(&mut self, kind: NodeKind, start: usize, end: usize) -> NodeId {
        if self.flow.nodes.len() >= MOST_NODES {
            return CONTEXT;
        }
        let span = Span { file: self.file.id, start: start as u32, end: end as u32 };
        self.flow.nodes.push(Node { kind, span, scope: self.scope, sorted: false, guard: self.guard });
        (self.flow.nodes.len() - 1) as NodeId
    }

    pub(super) fn next(&self) -> NodeId {
        self.flow.nodes.len() as NodeId
    }

    fn function(&self, name: &str, within: Option<Box<str>>, params: Vec<Box<str>>, flow: Flow) -> FunctionDraft {
        let params = params.into_iter().map(|name| Parameter { name, annotation: None, default: None });
        FunctionDraft {
            name: name.into(),
            span: Span::at(self.file.id, 0),
            owner: None,
            within,
            is_async: false,
            decorators: Vec::new(),
            depends: Vec::new(),
            async_word: None,
            body: 0,
            params: params.collect(),
            answer: None,
            locals: Vec::new(),
            flow,
        }
    }

    fn bind(&mut self, name: &str, value: NodeId) {
        if let Some(inner) = self.bound.last_mut() {
            inner.insert(name.into(), value);
        }
    }

    fn whole(&mut self) {
        let text = self.file.text();
        let mut at = 0;
        while self.flow.nodes.len() < MOST_NODES
            && self.open.len() < MOST_OPEN
            && let Some(found) = text.get(at..).and_then(|rest| rest.find('{'))
        {
            let start = at + found;
            let (close, kind) = match text.as_bytes().get(start + 1) {
                Some(b'%') => ("%}", '%'),
                Some(b'{') => ("}}", '{'),
                Some(b'#') => ("#}", '#'),
                _ => {
                    at = start + 1;
                    continue;
                }
            };
            let Some(length) = text.get(start + 2..).and_then(|rest| rest.find(close)) else { return };
            let (from, to) = (start + 2, start + 2 + length);
            at = to + 2;
            match kind {
                '{' => self.shown(from, to),
                '%' => {
                    if let Some(skipped) = self.tag(from, to) {
                        at = text.get(at..).and_then(|rest| rest.find(skipped)).map_or(text.len(), |it| at + it);
                    }
                }
                _ => {}
            }
        }
    }

    /// `{{ … }}`
    fn shown(&mut self, from: usize, to: usize) {
        let words = words::of(self.file.text(), from, to);
        // `a if test else b`
        if let Some(test) = words.iter().position(|it| it.text == "if") {
            self.left_out(&words[..test]);
            let other = words.iter().skip(test).position(|it| it.text == "else");
            self.left_out(other.and_then(|at| words.get(test + at + 1..)).unwrap_or(&[]));
        }
        let value = self.expression(&words);
        self.node(NodeKind::Format(value), from, to);
    }

    /// `{% … %}`; gives what to skip to.
    fn tag(&mut self, from: usize, to: usize) -> Option<&'static str> {
        let all = words::of(self.file.text(), from, to);
        let (Word { text: tag, .. }, words) = all.split_first()?;
        match *tag {
            "comment" => return Some("{% endcomment"),
            "verbatim" => return Some("{% endverbatim"),
            "raw" => return Some("{% endraw"),
            "for" => self.open_loop(words, from, to),
            "with" => {
                self.enter(tag);
                self.assignments(words);
            }
            "set" => self.assignments(words),
            "regroup" => self.regroup(words, from, to),
            "macro" => self.open_macro(words),
            "include" | "extends" => self.include(words, from, to),
            // Django's, and Wagtail's.
            "cache" | "wagtailcache" | "wagtailpagecache" => {
                self.own_tag(tag, words, from, to);
                self.opens(tag, false);
                let seconds = words.first().map_or("", |it| it.text);
                self.flow.guards.push(Guarded { guard: Guard::Fragment(seconds.into()), around: self.guard });
                self.guard = self.flow.guards.len() as GuardId;
            }
            "if" | "elif" => {
                if *tag == "elif" {
                    self.ends_branch();
                }
                let value = self.test(words);
                self.node(NodeKind::Test(value), from, to);
                if *tag == "if" {
                    self.opens("if", false);
                }
                self.branch(words);
            }
            "else" if self.open.last().is_some_and(|it| &*it.tag == "if") => {
                self.ends_branch();
                self.branch(&[]);
                self.flow.complete.extend(self.open.last().and_then(|it| it.branch).map(|it| it.0));
            }
            // What stands there in place of rows runs once.
            "else" | "empty" => {
                if let Some(open) = self.open.last().filter(|it| &*it.tag == "for") {
                    self.scope = open.scope;
                }
            }
            "from" | "import" => self.import(words),
            "block" | "endblock" | "load" | "csrf_token" => {}
            end if end.strip_prefix("end").is_some_and(|tag| self.open.last().is_some_and(|it| *it.tag == *tag)) => {
                self.close();
            }
            _ => self.own_tag(tag, words, from, to),
        }
        None
    }

    /// `name value key=value as variable`: a function that a project has made a tag of, or a tag of the language's.
    fn own_tag(&mut self, tag: &str, words: &[Word<'a>], from: usize, to: usize) {
        let (words, bound) = match words {
            [all @ .., keyword, name] if keyword.text == "as" => (all, Some(name.text)),
            all => (all, None),
        };
        let (mut args, mut keywords) = (Vec::new(), Vec::new());
        let mut rest = words;
        while !rest.is_empty() {
            let apart = rest.windows(2).position(|pair| pair[0].end() < pair[1].start);
            let (part, behind) = rest.split_at(apart.map_or(rest.len(), |at| at + 1));
            rest = behind;
            match part {
                [name, equals, value @ ..] if equals.text == "=" => {
                    keywords.push((name.text.into(), self.expression(value)));
                }
                _ => args.push(self.expression(part)),
            }
        }
        let func = self.node(NodeKind::Name(tag_name(tag)), from, to);
        let call = self.node(NodeKind::Call { func, args, keywords, open: false }, from, to);
        if let Some(name) = bound {
            self.bind(name, call);
        }
    }

    /// Opens a tag that waits for its end.
    fn opens(&mut self, tag: &str, binds: bool) {
        self.open.push(Open {
            tag: tag.into(),
            scope: self.scope,
            guard: self.guard,
            binds,
            branch: None,
            of_macro: None,
        });
    }

    fn enter(&mut self, tag: &str) {
        self.opens(tag, true);
        self.bound.push(HashMap::default());
    }

    fn close(&mut self) {
        self.ends_branch();
        let Some(open) = self.open.pop() else { return };
        if open.binds {
            self.bound.pop();
        }
        (self.scope, self.guard) = (open.scope, open.guard);
        if let Some((name, params, around)) = open.of_macro {
            let flow = std::mem::replace(&mut self.flow, around);
            let function = self.function(&name, Some("template".into()), params, flow);
            self.functions.push(function);
        }
    }

    /// `for a, b in rows if condition`
    fn open_loop(&mut self, words: &[Word<'a>], from: usize, to: usize) {
        let at = words.iter().position(|it| it.text == "in").unwrap_or(words.len());
        let rest = words.get(at + 1..).unwrap_or(&[]);
        let condition = rest.iter().position(|it| it.text == "if");
        let (rows, condition) = rest.split_at(condition.unwrap_or(rest.len()));
        let iter = self.expression(rows);
        self.enter("for");
        let row = self.turns(iter, from, to);
        let targets: Vec<&Word<'a>> = words.iter().take(at).filter(|it| it.is_name()).collect();
        match targets.as_slice() {
            [only] => self.bind(only.text, row),
            several => {
                for (place, target) in several.iter().enumerate() {
                    let key = self.node(NodeKind::Number(place as i64), from, to);
                    let part = self.node(NodeKind::Item { of: row, key }, from, to);
                    self.bind(target.text, part);
                }
            }
        }
        let nothing = self.node(NodeKind::Constant, from, to);
        for own in ["forloop", "loop"] {
            self.bind(own, nothing);
        }
        if condition.len() > 1 {
            let value = self.test(&condition[1..]);
            self.node(NodeKind::Test(value), from, to);
            self.starts_branch();
        }
    }

    /// `a=b c=d`, `b as a`
    fn assignments(&mut self, words: &[Word<'a>]) {
        if let [value @ .., keyword, name] = words
            && keyword.text == "as"
        {
            let value = self.expression(value);
            return self.bind(name.text, value);
        }
        for (name, value) in pairs(words) {
            let value = self.expression(value);
            self.bind(name, value);
        }
    }

    /// `regroup books by author.name as groups`: for each value a `grouper`, and a `list` of the rows that have it.
    fn regroup(&mut self, words: &[Word<'a>], from: usize, to: usize) {
        let [rest @ .., keyword, name] = words else { return };
        let Some(by) = rest.iter().position(|it| it.text == "by").filter(|_| keyword.text == "as") else { return };
        let (rows, attribute) = (&rest[..by], &rest[by + 1..]);
        let iter = self.expression(rows);
        let around = self.scope;
        let row = self.turns(iter, from, to);
        let plain = attribute.iter().position(|it| it.text == "|").unwrap_or(attribute.len());
        let parts = attribute[..plain].iter().filter(|it| it.is_name()).map(|it| it.text);
        let grouper = self.path(row, parts, from, to);
        let scope = std::mem::replace(&mut self.scope, around);
        let list = self.node(NodeKind::Collect { element: row, dict: false, lazy: false }, from, to);
        self.scope = scope;
        let pairs = [("grouper", grouper), ("list", list)];
        let pairs = pairs.map(|(key, value)| (self.node(NodeKind::Text(key.into()), from, to), value));
        let group = self.node(NodeKind::Dict(pairs.into()), from, to);
        self.scope = around;
        let groups = self.node(NodeKind::Collect { element: group, dict: false, lazy: false }, from, to);
        self.bind(name.text, groups);
    }

    fn open_macro(&mut self, words: &[Word<'a>]) {
        let Some((name, rest)) = words.split_first() else { return };
        let params: Vec<Box<str>> = rest.iter().filter(|it| it.is_name()).map(|it| it.text.into()).collect();
        self.enter("macro");
        self.macros.push(name.text.into());
        let around = std::mem::take(&mut self.flow);
        (self.scope, self.guard) = (0, 0);
        for (at, param) in params.iter().enumerate() {
            let node = self.node(NodeKind::Param(at as u32), name.start, name.end());
            self.bind(param, node);
        }
        if let Some(open) = self.open.last_mut() {
            open.of_macro = Some((name.text.into(), params, around));
        }
    }

    /// `{% from "cards.html" import card as shown, row with context %}`, `{% import "cards.html" as cards %}`
    fn import(&mut self, words: &[Word<'a>]) {
        let Some((Some(module), rest)) = words.split_first().map(|(first, rest)| (first.quoted(), rest)) else {
            return;
        };
        let mut import = |name: &str, item: Option<&str>| {
            self.macros.push(name.into());
            self.imports.push(Import { name: name.into(), module: module.into(), item: item.map(Into::into) });
        };
        match rest {
            [keyword, name, ..] if keyword.text == "as" => import(name.text, None),
            [keyword, names @ ..] if keyword.text == "import" => {
                for part in names.split(|it| it.text == ",") {
                    match part {
                        [item, keyword, name, ..] if keyword.text == "as" => import(name.text, Some(item.text)),
                        [item, ..] => import(item.text, Some(item.text)),
                        [] => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// `include "row.html" with book=it only`
    fn include(&mut self, words: &[Word<'a>], from: usize, to: usize) {
        let Some(template) = words.first().and_then(|it| it.quoted()) else { return };
        let mut with: Vec<(Box<str>, NodeId)> = Vec::new();
        let inner = self.bound.iter().flat_map(|names| names.iter().map(|(name, node)| (name.clone(), *node)));
        let only = words.iter().any(|it| it.text == "only");
        if !only {
            with.extend(inner);
            with.sort();
        }
        let rest = words.iter().position(|it| it.text == "with").and_then(|at| words.get(at + 1..)).unwrap_or(&[]);
        for (name, value) in pairs(rest) {
            let value = self.expression(value);
            with.retain(|(bound, _)| **bound != *name);
            with.push((name.into(), value));
        }
        self.node(NodeKind::Include { template: template.into(), with, only }, from, to);
    }
}

/// What a flow calls a tag, or a filter, of a template by.
pub fn tag_name(name: &str) -> Box<str> {
    format!("{{% {name} %}}").into()
}

/// `name=value` pairs, each value going to the next pair.
fn pairs<'w, 'a>(words: &'w [Word<'a>]) -> Vec<(&'a str, &'w [Word<'a>])> {
    let starts: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].is_name() && words.get(at + 1).is_some_and(|it| it.text == "="))
        .collect();
    let each = starts.iter().enumerate().map(|(nth, at)| {
        let end = starts.get(nth + 1).copied().unwrap_or(words.len());
        (words[*at].text, words.get(at + 2..end).unwrap_or(&[]))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    fn read(text: &str) -> OrmDraft {
        read_template(&SourceFile::new(FileId(0), "shop/templates/shop/list.html", PathBuf::new(), text))
    }

    /// The values that a template asks for, with the loops that they are in.
    fn asked(text: &str) -> Vec<(String, Scope)> {
        let draft = read(text);
        let flow = &draft.functions.last().expect("the whole").flow;
        let of = |node: &Node| match &node.kind {
            NodeKind::Attr { name, .. } => Some((name.to_string(), node.scope)),
            _ => None,
        };
        flow.nodes.iter().filter_map(of).collect()
    }

    #[test]
    fn only_pages_below_folders_of_templates_are_templates() {
        assert!(is_template("shop/templates/list.html", "{{ a }}"));
        assert!(is_template("jinja/list.j2", "{% if a %}"));
        assert!(!is_template("deploy/templates/nginx.conf.j2", "{{ port }}"));
        assert!(!is_template("docs/list.html", "{{ a }}"));
        assert!(!is_template("shop/templates/plain.html", "<p>"));
    }

    #[test]
    fn a_template_is_called_by_what_stands_behind_each_folder_of_templates() {
        let names: Vec<&str> = names("shop/templates/shop/templates/a.html").collect();
        assert_eq!(names, ["shop/templates/a.html", "a.html"]);
    }

    #[test]
    fn loops_of_both_languages_are_loops() {
        let text = "{{ a.x }}{% for b in c.d %}{{ b.y|upper }}{%- for e in b.z() if e.w -%}{{ e.v }}{%- endfor -%}{% endfor %}{{ f.u }}";
        let said: Vec<_> = asked(text).into_iter().map(|(name, scope)| format!("{name}{scope}")).collect();
        assert_eq!(said, ["x0", "d0", "y1", "z1", "w2", "v2", "u0"]);
    }

    #[test]
    fn what_runs_for_the_first_row_runs_once() {
        let text = "{% for b in c %}{% if forloop.first %}{{ b.x }}{% if b.y %}{% endif %}{% else %}{{ b.z }}{% endif %}{{ b.w }}{% endfor %}";
        let said: Vec<_> = asked(text).into_iter().filter(|(name, _)| name != "first").collect();
        let scopes: Vec<Scope> = said.iter().map(|(_, scope)| *scope).collect();
        assert_eq!(scopes, [0, 0, 1, 1]);
    }

    /// The values that a template asks for where some turns do not come to them.
    fn left_out(text: &str) -> Vec<String> {
        let draft = read(text);
        let flow = &draft.functions.last().expect("the whole").flow;
        let is_left_out = |at: usize, node: &Node| {
            flow.arms.iter().any(|arm| arm.from as usize <= at && at < arm.to as usize)
                || flow.conditional.iter().any(|span| span.contains(node.span))
        };
        let of = |(at, node): (usize, &Node)| match &node.kind {
            NodeKind::Attr { name, .. } if is_left_out(at, node) => Some(name.to_string()),
            _ => None,
        };
        flow.nodes.iter().enumerate().filter_map(of).collect()
    }

    #[test]
    fn what_stands_behind_a_test_is_left_out_by_some_turns() {
        let text = "{{ a.x }}{% if b.y and b.z %}{{ b.p }}{% elif b.w %}{{ b.q }}{% else %}{{ b.r }}{% if c.s %}{{ c.t }}{% endif %}{{ b.u }}{% endif %}{{ b.v }}";
        assert_eq!(left_out(text), ["z", "p", "q", "r", "s", "t", "u"]);
        assert_eq!(
            left_out("{{ a.x if b.y else c.z }}{% for d in e.f if d.g %}{{ d.h }}{% endfor %}"),
            ["x", "z", "h"]
        );
        assert_eq!(read(text).functions.last().map(|it| it.flow.complete.clone()), Some(vec![1]));
    }

    #[test]
    fn what_stands_in_place_of_rows_is_in_no_loop() {
        assert_eq!(
            asked("{% for a in b %}{{ a.x }}{% empty %}{{ c.y }}{% endfor %}"),
            [("x".into(), 1), ("y".into(), 0)]
        );
    }

    #[test]
    fn what_is_not_run_is_not_read() {
        let text = "{# a.b #}{% comment %}{{ c.d }}{% endcomment %}{% raw %}{{ e.f }}{% endraw %}{{ g.h }}{{ i.j";
        assert_eq!(asked(text), [("h".to_owned(), 0)]);
    }

    #[test]
    fn what_nests_without_end_is_left() {
        for open in ["a(", "a[", "{% for b in c %}", "{% with a=b %}", "{% macro a(b) %}"] {
            read(&format!("{{{{ {} }}}}{}", open.repeat(20_000), open.repeat(20_000)));
        }
    }
}
