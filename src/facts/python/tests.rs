use std::path::PathBuf;

use super::*;
use crate::source::apply;

fn source(path: &str, text: &str) -> SourceFile {
    SourceFile::new(FileId(0), path, PathBuf::new(), text)
}

fn module(path: &str, text: &str) -> Module {
    let file = source(path, text);
    let parsed = python::parse(&file);
    assert_eq!(parsed.errors, []);
    read(&file, &parsed.tree)
}

/// The text with an entry put into its first dict or call.
fn with(text: &str, write: impl Fn(&Insertion) -> crate::stack::Slot) -> String {
    let file = source("a.py", text);
    let module = read(&file, &python::parse(&file).tree);
    let slot = write(&module.insertions.first().unwrap().1);
    let edit = crate::source::Edit::replace(slot.span, format!("{}7{}", slot.before, slot.after));
    let written = apply(text, [&edit]).unwrap();
    assert_eq!(python::parse(&source("a.py", &written)).errors, [], "{written}");
    written
}

#[test]
fn an_entry_is_written_as_the_dict_is() {
    let key = |it: &Insertion| it.entry("K");
    assert_eq!(with("x = {'a': 1}\n", key), "x = {'a': 1, 'K': 7}\n");
    assert_eq!(with("x = {}\n", key), "x = {\"K\": 7}\n");
    assert_eq!(with("x = {\n    'a': (1),\n}\n", key), "x = {\n    'a': (1),\n    'K': 7,\n}\n");
    assert_eq!(with("x = {\n    'a': (1)\n}\n", key), "x = {\n    'a': (1),\n    'K': 7\n}\n");
    assert_eq!(with("x = {\r\n\t'a': 1,  # b\r\n}\r\n", key), "x = {\r\n\t'a': 1,  # b\r\n\t'K': 7,\r\n}\r\n");
    assert_eq!(with("x = {\"a\": 1,}\n", key), "x = {\"a\": 1, \"K\": 7,}\n");
    assert_eq!(with("x = {\n    **base,\n}\n", key), "x = {\n    **base,\n    \"K\": 7,\n}\n");
}

#[test]
fn an_argument_is_written_as_the_call_is() {
    let keyword = |it: &Insertion| it.keyword("k");
    assert_eq!(with("x = create_engine()\n", keyword), "x = create_engine(k=7)\n");
    assert_eq!(with("x = create_engine(URL)\n", keyword), "x = create_engine(URL, k=7)\n");
    assert_eq!(with("x = create_engine(\n    (URL)\n)\n", keyword), "x = create_engine(\n    (URL),\n    k=7\n)\n");
    assert_eq!(
        with("x = create_engine(\n    URL,\n    echo=False,\n)\n", keyword),
        "x = create_engine(\n    URL,\n    echo=False,\n    k=7,\n)\n"
    );
    assert_eq!(with("x = create_engine(URL, **more)\n", keyword), "x = create_engine(URL, **more, k=7)\n");
}

fn show(event: &Event) -> String {
    let step = |it: &Step| match it {
        Step::Key(key) => key.to_string(),
        Step::Of(_) => "*".to_owned(),
    };
    let path =
        |it: &Path| std::iter::once(it.root.to_string()).chain(it.steps.iter().map(step)).collect::<Vec<_>>().join("/");
    let what = match &event.kind {
        EventKind::Set { path: it, .. } => format!("{} =", path(it)),
        EventKind::Merge { path: it, .. } => format!("{} |=", path(it)),
        EventKind::Change { path: it, .. } => format!("{} +=", path(it)),
        EventKind::Import { name, module, item } => format!("{name} <- {module} {}", item.as_deref().unwrap_or("")),
        EventKind::Star { module } => format!("* <- {module}"),
        EventKind::Function { .. } => "def".into(),
        EventKind::Class { .. } => "class".into(),
        EventKind::Return(_) => "return".into(),
        EventKind::Loop { body, .. } => format!("for {}", body.iter().map(show).collect::<Vec<_>>().join(", ")),
        EventKind::Try { body, .. } => format!("try {}", body.iter().map(show).collect::<Vec<_>>().join(", ")),
        EventKind::Names(_) => "names".into(),
        EventKind::Opaque => "opaque".into(),
        EventKind::Include { path } => format!("include {path}"),
        EventKind::Environ { name, .. } => format!("environ {name}"),
    };
    let guards: String =
        event.guards.iter().map(|it| format!(" [{}{}]", if it.holds { "" } else { "not " }, it.text)).collect();
    what + &guards
}

#[test]
fn what_statements_do_is_read_in_order_with_its_conditions() {
    let module = module(
        "shop/settings/prod.py",
        r#"
import os
from .base import *
from ..util import helper as h
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = True
CACHES["default"].update(TIMEOUT=3)
if DEBUG:
    A, B = 1, 2
elif X:
    MIDDLEWARE += ["m"]
else:
    INSTALLED_APPS.append("silk")
if __name__ == "__main__":
    C = 1
try:
    from .local import *
except ImportError:
    D = 1
for i in range(3):
    E = i
app.conf.task_acks_late = True
"#,
    );
    let events: Vec<_> = module.events.iter().map(show).collect();
    assert_eq!(
        events,
        [
            "os <- os ",
            "* <- .shop.settings.base",
            "h <- .shop.util helper",
            "DATABASES/default/CONN_MAX_AGE =",
            "DATABASES/default/OPTIONS/pool =",
            "CACHES/default |=",
            "A = [DEBUG]",
            "B = [DEBUG]",
            "MIDDLEWARE += [not DEBUG] [X]",
            "INSTALLED_APPS += [not DEBUG] [not X]",
            "try * <- .shop.settings.local",
            "for E =",
            "app/conf/task_acks_late =",
        ]
    );
    assert_eq!(module.import_os, None);
}

#[test]
fn calls_say_when_they_run() {
    let module = module(
        "app/db.py",
        r#"
import sqlalchemy as sa
from redis import asyncio as aioredis
from fastapi import Depends, FastAPI
from .core import get_session
app = FastAPI()
engine = sa.create_engine("postgresql://h/d", pool_size=5)
_late = None
def get_engine():
    global _late
    if _late is None:
        _late = sa.create_engine("x")
    return _late
@asynccontextmanager
async def lifespan(app):
    app.state.pool = await asyncpg.create_pool("y")
def client():
    return aioredis.Redis(host="h")
def helper():
    c = aioredis.from_url("u")
def unknown():
    c = aioredis.from_url("u")
@app.get("/")
async def index(r=Depends(client), s=Depends(get_session)):
    helper()
class Page(ListView):
    def get_context_data(self):
        r = redis.Redis()
"#,
    );
    let calls: Vec<_> = module
        .calls
        .iter()
        .map(|it| format!("{} {:?} {} {}", it.name, it.when, it.within, it.bound.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(
        calls,
        [
            "fastapi.FastAPI Import  app",
            "sqlalchemy.create_engine Import  engine",
            "sqlalchemy.create_engine Once get_engine _late",
            "asyncpg.create_pool Once lifespan app.state.pool",
            "redis.asyncio.Redis Request client -",
            "redis.asyncio.from_url Request helper c",
            "redis.asyncio.from_url Called unknown c",
            "redis.Redis Request Page.get_context_data r",
        ]
    );
    assert_eq!(
        module.dependencies.iter().map(|it| &**it).collect::<Vec<_>>(),
        [".app.core.get_session", ".app.db.client"]
    );
}

#[test]
fn imports_are_told_from_lines_alone_as_from_the_tree() {
    let text = "import a.b, c as d\nfrom .core import (\n    x,  # one\n    y as z,\n)\nfrom ... import up\nfrom e import f; \nfrom .k import *\ndef g():\n    from h.i import j\n";
    let file = source("app/api/v1.py", text);
    let parsed = read(&file, &python::parse(&file).tree);
    let scanned = scan(&file);
    assert_eq!(scanned.imports, parsed.imports);
    let bound = |events: &[Event]| -> Vec<_> {
        let imports = events.iter().filter(|it| matches!(it.kind, EventKind::Import { .. } | EventKind::Star { .. }));
        imports.map(|it| it.kind.clone()).collect()
    };
    assert_eq!(bound(&scanned.events), bound(&parsed.events));
    assert_eq!(
        parsed.imports.iter().map(|it| &**it).collect::<Vec<_>>(),
        [
            ".",
            ".app.api.core",
            ".app.api.core.x",
            ".app.api.core.y",
            ".app.api.k",
            ".up",
            "a.b",
            "c",
            "e",
            "e.f",
            "h.i",
            "h.i.j"
        ]
    );
}

#[test]
fn import_os_goes_where_imports_are() {
    let put = |text: &str| {
        let file = source("a.py", text);
        let module = read(&file, &python::parse(&file).tree);
        let (span, new) = module.import_os.unwrap().edit("import os");
        apply(text, [&crate::source::Edit::replace(span, new)]).unwrap()
    };
    assert_eq!(
        put("\"\"\"Doc.\"\"\"\nfrom .base import *\nX = 1\n"),
        "\"\"\"Doc.\"\"\"\nimport os\nfrom .base import *\nX = 1\n"
    );
    assert_eq!(put("\"\"\"Doc.\"\"\"\nX = 1\n"), "\"\"\"Doc.\"\"\"\n\nimport os\nX = 1\n");
    assert_eq!(put("X = 1\n"), "import os\n\nX = 1\n");
    assert_eq!(
        put("from __future__ import a\r\nimport b\r\n"),
        "from __future__ import a\r\nimport os\r\nimport b\r\n"
    );
}
