//! What a model's own `save` does besides writing the row: where it only fills in fields of it, that can be done before rows
//! are written together.

use super::super::names::{ClassId, Def, FunctionId};
use super::Eval;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// Calls are followed so deep.
const MOST: usize = 3;

/// Modules whose functions ask for nothing and write nothing.
const PLAIN: &[&str] = &[
    "django.utils",
    "django.template.defaultfilters",
    "datetime",
    "time",
    "uuid",
    "random",
    "secrets",
    "string",
    "hashlib",
    "hmac",
    "base64",
    "re",
    "decimal",
    "math",
    "json",
    "copy",
    "itertools",
    "collections",
    "unicodedata",
    "slugify",
    "os.path",
    "urllib.parse",
    "pytz",
    "zoneinfo",
    "dateutil",
];

/// Python's own functions and classes that do not reach out of the program.
const OWN: &[&str] = &[
    "abs",
    "all",
    "any",
    "bool",
    "bytes",
    "dict",
    "enumerate",
    "filter",
    "float",
    "format",
    "getattr",
    "hasattr",
    "hash",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "next",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "sorted",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "zip",
];

/// Methods of texts, numbers, dates, lists and dicts.
const OF_VALUES: &[&str] = &[
    "append",
    "astimezone",
    "capitalize",
    "casefold",
    "combine",
    "date",
    "decode",
    "encode",
    "endswith",
    "extend",
    "format",
    "get",
    "hexdigest",
    "isoformat",
    "items",
    "join",
    "keys",
    "lower",
    "lstrip",
    "pop",
    "quantize",
    "replace",
    "rsplit",
    "rstrip",
    "setdefault",
    "split",
    "startswith",
    "strftime",
    "strip",
    "title",
    "total_seconds",
    "update",
    "upper",
    "values",
    "zfill",
];

impl Eval<'_> {
    /// Whether each `save` of a model's own only fills in fields of the row before it is written.
    pub(in crate::link::orm) fn only_fills_in(&self, model: ClassId) -> bool {
        let classes = &self.names.lineage(model).classes;
        let own = |class: &ClassId| self.names.own_method(*class, "save");
        classes.iter().filter_map(own).all(|save| self.is_plain(model, save, 0))
    }

    fn is_plain(&self, model: ClassId, function: FunctionId, depth: usize) -> bool {
        let it = self.names.function(function);
        depth <= MOST
            && it.flow.nodes.iter().all(|node| match &node.kind {
                NodeKind::Store { of, .. } => it.flow.node(*of).kind == NodeKind::Param(0),
                NodeKind::Call { func, .. } => self.is_plain_call(model, function, &it.flow, *func, depth),
                NodeKind::Row(_) => true,
                NodeKind::Attr { of, name, .. } => {
                    it.flow.node(*of).kind != NodeKind::Param(0) || self.models.relation(model, name).is_none()
                }
                _ => true,
            })
    }

    fn is_plain_call(&self, model: ClassId, within: FunctionId, flow: &Flow, func: NodeId, depth: usize) -> bool {
        let follow = |next: FunctionId| self.is_plain(model, next, depth + 1);
        if let Some(def) = self.names.of_node(within.draft, flow, func) {
            return match def {
                Def::External(name) => is_plain_name(&name),
                Def::Function(next) => follow(next),
                _ => false,
            };
        }
        match &flow.node(func).kind {
            NodeKind::Name(name) => is_plain_name(name),
            NodeKind::Attr { of, name, .. } => {
                let is_super = flow.call(*of).and_then(|call| flow.dotted(call.func)).as_deref() == Some("super");
                if is_super {
                    return matches!(&**name, "save" | "clean" | "__init__");
                }
                if flow.node(*of).kind == NodeKind::Param(0) {
                    return self.names.method(model, name, None).is_some_and(follow);
                }
                OF_VALUES.contains(&&**name)
            }
            _ => false,
        }
    }
}

fn is_plain_name(name: &str) -> bool {
    if !name.contains('.') {
        return OWN.contains(&name) || name.ends_with("Error");
    }
    PLAIN.iter().any(|module| name.strip_prefix(module).is_some_and(|rest| rest.starts_with('.')))
}
