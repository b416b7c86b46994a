//! What one nginx sees: the files at their places, the includes followed, the image's own part where it is known.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use super::paths::{below, filled_in, folder_of, glob, join, lands_at, name_of, trim};
use crate::facts::nginx::{Draft, Role};
use crate::link::plan::Variable;
use crate::source::{SourceFile, Sources, Span};
use crate::stack::Why;
use crate::syntax::nginx::{Directive, Word};

/// Where nginx's configuration lies in the images that are in use.
const ROOTS: &[&str] = &["/etc/nginx", "/usr/local/openresty/nginx/conf", "/opt/bitnami/nginx/conf"];

/// Files that packages bring and that set nothing a fact here is made of.
const HARMLESS: &[&str] = &[
    "mime.types",
    "fastcgi_params",
    "fastcgi.conf",
    "uwsgi_params",
    "scgi_params",
    "koi-win",
    "koi-utf",
    "win-utf",
    "options-ssl-nginx.conf",
    "ssl-params.conf",
    "dhparam.pem",
];

/// What stands above the files of the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stock {
    /// The official image's `nginx.conf`: it sets nothing at the `http` level that a fact here is made of.
    Official,
    /// The whole is in the repository.
    Nothing,
    /// It cannot be seen.
    Unknown,
}

/// The files that one nginx reads.
pub(super) struct View<'a> {
    pub(super) sources: &'a Sources,
    /// The drafts by the paths that nginx knows them by.
    files: BTreeMap<String, &'a Draft>,
    /// What is put where in the container.
    placed: Vec<(Box<str>, Box<str>)>,
    /// The main configuration.
    pub(super) main: Option<&'a Draft>,
    /// What relative includes start from.
    prefix: String,
    pub(super) stock: Stock,
    /// Whether it runs in a container whose files are all known, so that a pattern without a match has none.
    contained: bool,
    /// The environment that templates are filled from; [`None`] when it cannot be seen.
    environment: Option<&'a [Variable]>,
    /// How many directives may still be visited: includes may include each other.
    budget: Cell<usize>,
}

/// A directive, and the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) directive: &'a Directive,
    pub(super) draft: &'a Draft,
}

/// An include whose file is not in the repository.
#[derive(Clone)]
pub(super) struct Missing {
    pub(super) span: Span,
    pub(super) path: Box<str>,
}

impl Missing {
    pub(super) fn why(&self) -> Why {
        Why::at(format!("`{}` is not in these files", self.path), self.span)
    }
}

impl<'a> View<'a> {
    /// The view of an nginx in a container: `placed` are pairs of a path below the root, of a file or a folder or with a
    /// `*` in its name, and a path in the container, the strongest last.
    pub(super) fn contained(
        sources: &'a Sources,
        drafts: &'a [&'a Draft],
        placed: &[(&str, &str)],
        environment: &'a [Variable],
        stock: Stock,
    ) -> Self {
        let mut files = BTreeMap::new();
        for (source, target) in placed {
            for draft in drafts.iter().filter(|draft| draft.role != Role::Unread) {
                if let Some(path) = lands_at(&draft.path, trim(source), target) {
                    files.insert(filled_in(&path), *draft);
                }
            }
        }
        take_strays_in(&mut files);
        let root = |path: &str| ROOTS.iter().any(|root| path.strip_prefix(root) == Some("/nginx.conf"));
        let main = files
            .iter()
            .find(|(path, _)| root(path))
            .or_else(|| files.iter().find(|(path, draft)| draft.role == Role::Main && path.ends_with(".conf")))
            .map(|(path, draft)| (path.clone(), *draft));
        let prefix = main.as_ref().map_or(ROOTS[0], |(path, _)| folder_of(path)).to_owned();
        let main = main.map(|(_, draft)| draft);
        let stock = if main.is_some() { Stock::Nothing } else { stock };
        let placed = placed.iter().map(|(source, target)| (trim(source).into(), (*target).into())).collect();
        Self {
            sources,
            files,
            placed,
            main,
            prefix,
            stock,
            contained: true,
            environment: Some(environment),
            budget: budget(),
        }
    }

    /// The view of an nginx of the host itself, whose main configuration or fragments are these.
    pub(super) fn hosted(
        sources: &'a Sources,
        drafts: &'a [&'a Draft],
        main: Option<&'a Draft>,
        fragments: &[&'a Draft],
    ) -> Self {
        let mut files = BTreeMap::new();
        let prefix = main.map_or("", |draft| folder_of(&draft.path)).to_owned();
        for draft in drafts.iter().filter(|draft| draft.role != Role::Unread) {
            if main.is_some() || draft.role == Role::Inner {
                files.insert(draft.path.to_string(), *draft);
            }
        }
        files.extend(fragments.iter().map(|draft| (draft.path.to_string(), *draft)));
        let stock = if main.is_some() { Stock::Nothing } else { Stock::Unknown };
        Self {
            sources,
            files,
            placed: Vec::new(),
            main,
            prefix,
            stock,
            contained: false,
            environment: None,
            budget: budget(),
        }
    }

    /// Whether any file of the repository is seen.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The fragments that the `http` level above them takes in, in the order of their paths.
    pub(super) fn fragments(&self) -> Vec<&'a Draft> {
        let taken_in = |path: &str| {
            !self.contained
                || path.contains("/conf.d/") && path.ends_with(".conf")
                || path.contains("/sites-enabled/")
                || path.contains("/server_blocks/")
        };
        let found = self.files.iter().filter(|(path, draft)| draft.role == Role::Fragment && taken_in(path));
        found.map(|(_, draft)| *draft).collect()
    }

    /// All files that are seen.
    pub(super) fn drafts(&self) -> impl Iterator<Item = &'a Draft> {
        self.files.values().copied()
    }

    /// The source of a file.
    pub(super) fn source(&self, draft: &Draft) -> &'a SourceFile {
        self.sources.file(draft.file)
    }

    /// The text of a word, with the environment's variables in it, which `envsubst` puts in before nginx starts: nginx's
    /// own are in small letters.
    ///
    /// # Errors
    /// When it holds a variable that the environment does not define, which one.
    pub(super) fn text<'w>(&self, word: &'w Word) -> Result<Cow<'w, str>, Why> {
        if !word.text.contains('$') {
            return Ok(Cow::Borrowed(&word.text));
        }
        let mut out = String::new();
        let mut rest = &*word.text;
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let inner = after[1..].strip_prefix('{').unwrap_or(&after[1..]);
            let length = inner
                .bytes()
                .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
                .count();
            let braced = after[1..].starts_with('{');
            let name = &inner[..length];
            let end = 1 + usize::from(braced) + length;
            if length == 0 || braced && after.as_bytes().get(end) != Some(&b'}') {
                out.push('$');
                rest = &after[1..];
                continue;
            }
            let value = self.environment.and_then(|all| all.iter().find(|it| &*it.name == name));
            match value.and_then(|it| it.value.known()) {
                Some(value) => out.push_str(value),
                None => return Err(Why::at(format!("set by the environment ({name})"), word.span)),
            }
            rest = &after[end + usize::from(braced)..];
        }
        out.push_str(rest);
        Ok(Cow::Owned(out))
    }

    /// The directives of a block or file, those that it includes in their place, and the includes that lead nowhere.
    pub(super) fn expand(&self, items: &'a [Directive], draft: &'a Draft) -> (Vec<Item<'a>>, Vec<Missing>) {
        let (mut out, mut missing) = (Vec::new(), Vec::new());
        self.expand_into(items, draft, 0, &mut out, &mut missing);
        (out, missing)
    }

    fn expand_into(
        &self,
        items: &'a [Directive],
        draft: &'a Draft,
        depth: usize,
        out: &mut Vec<Item<'a>>,
        missing: &mut Vec<Missing>,
    ) {
        for directive in items {
            let left = self.budget.get();
            if left == 0 {
                return;
            }
            self.budget.set(left - 1);
            match directive.arg(0) {
                Some(path) if directive.is("include") && depth < 16 => {
                    let found = self.included(path);
                    if found.is_empty() && !self.means_nothing(path) {
                        missing.push(Missing { span: directive.span, path: path.into() });
                    }
                    for draft in found {
                        self.expand_into(&draft.config.items, draft, depth + 1, out, missing);
                    }
                }
                _ => out.push(Item { directive, draft }),
            }
        }
    }

    /// The files that an include names, in order.
    fn included(&self, pattern: &str) -> Vec<&'a Draft> {
        let mut wanted = vec![if pattern.starts_with('/') { pattern.to_owned() } else { join(&self.prefix, pattern) }];
        if !self.contained {
            // The repository may hold what will lie in `/etc/nginx`, or the whole tree from the root on.
            let inner = ROOTS.iter().find_map(|root| pattern.strip_prefix(root)?.strip_prefix('/'));
            wanted.extend(inner.map(|inner| join(&self.prefix, inner)));
        }
        for wanted in wanted {
            let matching = self.files.iter().filter(|(path, _)| glob(&wanted, path));
            let found: Vec<_> = matching.map(|(_, draft)| *draft).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Whether an include without a file in the repository is known to change no fact.
    fn means_nothing(&self, path: &str) -> bool {
        let name = name_of(path);
        HARMLESS.contains(&name)
            || path.contains("modules-enabled")
            || path.contains("modules/")
            || (self.contained && path.contains('*'))
            || self.is_there(path)
    }

    /// Whether an included file is in the repository, though nothing in it is for nginx to read: comments, types.
    fn is_there(&self, path: &str) -> bool {
        let path = if path.starts_with('/') { path.to_owned() } else { join(&self.prefix, path) };
        if !self.contained {
            return self.sources.by_path(path.trim_start_matches('/')).is_some();
        }
        self.placed.iter().any(|(source, target)| {
            below(&path, target.trim_end_matches('/'))
                .is_some_and(|rest| self.sources.by_path(&format!("{source}{rest}")).is_some())
        })
    }
}

fn budget() -> Cell<usize> {
    Cell::new(100_000)
}

/// Fragments that lie where no include looks, when none lies where one does: a script of the container fills them in and
/// puts them into `conf.d` before nginx starts.
fn take_strays_in(files: &mut BTreeMap<String, &Draft>) {
    let is_main = |path: &str| ROOTS.iter().any(|root| path.strip_prefix(root) == Some("/nginx.conf"));
    let fragments = || files.iter().filter(|(path, draft)| draft.role == Role::Fragment && !is_main(path));
    if fragments().any(|(path, _)| {
        ["/conf.d/", "/sites-", "/server_blocks/"].iter().any(|it| path.contains(it)) && path.ends_with(".conf")
    }) {
        return;
    }
    let strays: Vec<_> =
        fragments().map(|(path, draft)| (format!("{}/conf.d/{}.conf", ROOTS[0], name_of(path)), *draft)).collect();
    files.extend(strays);
}
