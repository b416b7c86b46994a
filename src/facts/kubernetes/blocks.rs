//! Files that stand in a `ConfigMap`: each is read in its place, as a file of its own would be.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::facts::gunicorn::{self, GunicornConf};
use crate::facts::{nginx, settings_dialect};
use crate::source::{SourceFile, Span};
use crate::syntax::lines::{self, Setting};
use crate::syntax::yaml::{Node, Style, Value};

/// A file that stands in another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// What it is called: `k8s/web.yaml#nginx-conf/nginx.conf`.
    pub path: Box<str>,
    /// What it says.
    pub content: Content,
}

/// What a block says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// A part of nginx's configuration.
    Nginx(nginx::Draft),
    /// Settings of a server.
    Settings(Vec<Setting>),
    /// A configuration of gunicorn.
    Gunicorn(GunicornConf),
}

/// The files of a `ConfigMap` that a reader knows by their names.
pub(super) fn of_config(root: &Node, name: &str, file: &SourceFile) -> Vec<Block> {
    let data = root.get("data").into_iter().flat_map(Node::entries);
    data.filter_map(|(key, node)| held(file, node, Block::path(&file.path, name, &key.value).into())).collect()
}

/// The file that a block scalar holds, when a reader knows it by its name.
pub(in crate::facts) fn held(file: &SourceFile, node: &Node, path: Box<str>) -> Option<Block> {
    let Value::Scalar { style: Style::Block, .. } = node.value else { return None };
    let alone = alone(file, node.span, &path, "");
    if gunicorn::is_gunicorn_block(&alone) {
        // All lines of a block are indented, as those are that a condition stands before.
        let conf = gunicorn::read_below(&self::alone(file, node.span, &path, gunicorn::ABOVE))?;
        return Some(Block { path, content: Content::Gunicorn(conf) });
    }
    let content = match settings_dialect(&alone) {
        Some(dialect) => Content::Settings(lines::parse(&alone, dialect)),
        None => Content::Nginx(nginx::read(&alone)?),
    };
    Some(Block { path, content })
}

impl Block {
    /// The part of nginx's configuration that it is.
    pub fn nginx(&self) -> Option<&nginx::Draft> {
        match &self.content {
            Content::Nginx(draft) => Some(draft),
            _ => None,
        }
    }

    /// The configuration of gunicorn that it is.
    pub fn gunicorn(&self) -> Option<&GunicornConf> {
        match &self.content {
            Content::Gunicorn(conf) => Some(conf),
            _ => None,
        }
    }

    /// Its path and the settings of a server that it has.
    pub fn settings(&self) -> Option<(&str, &[Setting])> {
        match &self.content {
            Content::Settings(settings) => Some((&self.path, settings)),
            _ => None,
        }
    }

    /// What the file is called that a `ConfigMap` of this name holds under a key.
    pub fn path(file: &str, name: &str, key: &str) -> String {
        format!("{file}#{name}/{key}")
    }
}

/// The file with everything but a block scalar's content blanked, so that what is read of it stands where it stands.
/// `above` is put into the line before the content, in place of as much.
fn alone(file: &SourceFile, span: Span, path: &str, above: &str) -> SourceFile {
    let body = span.start as usize + file.slice(span).find('\n').map_or(span.len(), |at| at + 1);
    let blank = |text: &str| -> String {
        // As many bytes, whatever the characters.
        text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
    };
    let text = file.text();
    let mut before = blank(text.get(..body).unwrap_or(""));
    let line = before.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
    if before.get(line..line + above.len()).is_some_and(|it| !it.contains('\n')) {
        before.replace_range(line..line + above.len(), above);
    }
    let held = text.get(body..span.end as usize).unwrap_or("");
    SourceFile::new(file.id, path, PathBuf::new(), format!("{before}{held}\n"))
}
