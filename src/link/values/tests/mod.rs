mod flow;
mod libraries;
mod models;

use std::path::PathBuf;

use super::*;
use crate::facts::python::read;
use crate::source::{FileId, SourceFile};
use crate::stack::Origin;
use crate::syntax::python;

/// Files that are evaluated together in an environment that is known whole.
struct World {
    files: Vec<SourceFile>,
    code: Code,
    variables: Vec<Variable>,
    complete: bool,
}

impl World {
    fn of(files: &[(&str, &str)]) -> Self {
        let files: Vec<SourceFile> = files
            .iter()
            .enumerate()
            .map(|(at, (path, text))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text))
            .collect();
        let draft = |file: &SourceFile| {
            let parsed = python::parse(file);
            assert_eq!(parsed.errors, [], "{}", file.path);
            Arc::new(read(file, &parsed.tree))
        };
        let (envs, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|it| it.path.ends_with(".env"));
        let code = Code::new(files.iter().map(draft))
            .with_dotenv(envs.iter().map(|it| (it.path.clone(), crate::facts::env::read(it).tree)));
        Self { files, code, variables: Vec::new(), complete: true }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        let span = Span::at(FileId(99), 0);
        self.variables.push(Variable { name: name.into(), value: Fact::written(value.into(), span), span });
        self
    }

    fn setting(&self, path: &[&str]) -> Fact<PyValue> {
        let environment = Environment { variables: (&*self.variables).into(), complete: self.complete, absent: &[] };
        let last = ModuleId(self.files.iter().filter(|it| it.path.ends_with(".py")).count() as u32 - 1);
        Evaluator::new(&self.code, environment, Some(last)).setting(last, path)
    }

    /// The value as text, with what branches say.
    fn show(&self, path: &[&str]) -> String {
        show(&self.setting(path))
    }

    /// The text at each place of the value.
    fn places(&self, path: &[&str]) -> Vec<&str> {
        match self.setting(path) {
            Fact::Known(it) => match it.origin {
                Origin::Written(spans) => {
                    spans.iter().map(|it| self.files.get(it.file.0 as usize).map_or("env", |f| f.slice(*it))).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

fn show(fact: &Fact<PyValue>) -> String {
    match fact {
        Fact::Known(it) => plain(&it.value),
        Fact::OneOf(all) => {
            let all: Vec<_> = all.iter().map(|(when, it)| format!("{} when {}", plain(&it.value), when.text)).collect();
            all.join("; ")
        }
        Fact::Unknown(why) => format!("? {}", why.reason),
        Fact::Absent => "-".into(),
        Fact::Unbounded(_) => "∞".into(),
    }
}

fn plain(value: &PyValue) -> String {
    match value {
        PyValue::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        PyValue::Dict(dict) => {
            let entries: Vec<_> = dict.entries.iter().map(|(key, it)| format!("{key}: {}", show(it))).collect();
            format!("{{{}{}}}", entries.join(", "), if dict.open.is_some() { ", ..." } else { "" })
        }
        PyValue::Object(object) => format!("<{}>", object.of),
        PyValue::Outside(name) => format!("<{name}>"),
        PyValue::Str(text) => text.replace(HOLE, "*"),
        PyValue::None => "None".into(),
        PyValue::Bool(truth) => truth.to_string(),
        PyValue::Int(int) => int.to_string(),
        PyValue::Float(float) => float.to_string(),
        other => format!("{other:?}"),
    }
}

/// What `X` comes to in a module of this text.
fn x(text: &str) -> String {
    World::of(&[("a.py", text)]).show(&["X"])
}

#[test]
fn literals_and_operators() {
    assert_eq!(x("X = 2 * 3 + 1"), "7");
    assert_eq!(x("X = 7 // 2 ** 1 % 2"), "1");
    assert_eq!(x("X = -1"), "-1");
    assert_eq!(x("X = 'a' 'b' + 'c'"), "abc");
    assert_eq!(x("Y = 3\nX = f'redis://h:{Y}/{1 + 1}'"), "redis://h:3/2");
    assert_eq!(x("X = 'p://%s:%d/%%' % ('h', 5)"), "p://h:5/%");
    assert_eq!(x("X = [1] + [2, 3]\nX += [4]\nX.append(5)\nX.extend([6])"), "[1, 2, 3, 4, 5, 6]");
    assert_eq!(x("X = 1 if 2 < 3 and not False else 0"), "1");
    assert_eq!(x("X = None or '' or 'z'"), "z");
    assert_eq!(x("X = 'a' in ('a', 'b')"), "true");
    assert_eq!(x("X = [y.strip() for y in ' a, b,'.split(',') if y.strip()]"), "[a, b]");
    assert_eq!(x("X = {**{'a': 1, 'b': 2}, 'b': 3} | dict(c=4)"), "{a: 1, b: 3, c: 4}");
    assert_eq!(x("X = 1 / 0"), "? worked out when the program runs");
    assert_eq!(x("X = Y"), "<Y>");
    assert_eq!(x("Y = 1"), "-");
    assert_eq!(x("X = X + 1"), "? worked out when the program runs");
    assert_eq!(x("X = 9223372036854775807 + 1"), "? worked out when the program runs");
}

#[test]
fn the_environment_and_its_defaults() {
    let text = "import os\nX = int(os.environ.get('N', '4'))\nY = os.environ['M']\nZ = os.getenv('K') or 'k'\n\
                S = 'M' in os.environ\n";
    let world = World::of(&[("a.py", text)]);
    assert_eq!(world.show(&["X"]), "4");
    assert_eq!(world.places(&["X"])[0], "'4'");
    assert_eq!(world.show(&["Y"]), "? set by the environment (M)");
    assert_eq!(world.show(&["Z"]), "k");
    assert_eq!(world.show(&["S"]), "false");
    let Fact::Known(it) = world.setting(&["X"]) else { panic!() };
    assert_eq!(world.files[0].slice(it.slots[0].span), "4");

    let world = world.with("N", "9").with("M", "m");
    assert_eq!(world.show(&["X"]), "9");
    assert_eq!(world.places(&["X"])[0], "env");
    assert_eq!(world.show(&["Y"]), "m");
    assert_eq!(world.show(&["S"]), "true");

    let open = World { complete: false, ..World::of(&[("a.py", text)]) };
    assert_eq!(open.show(&["Y"]), "? set by the environment (M)");
    assert_eq!(open.show(&["S"]), "? set by the environment (M)");
    let Fact::Known(it) = open.setting(&["X"]) else { panic!() };
    assert!(matches!(it.origin, Origin::Assumed(it) if &*it.key == "the default of N"));
}

#[test]
fn settings_in_modules_that_import_each_other() {
    let files = [
        ("shop/settings/__init__.py", ""),
        (
            "shop/settings/base.py",
            "import os\ndef env_bool(name, default=False):\n    return os.environ.get(name, str(default)).lower() in ('1', 'true')\n\
             DEBUG = env_bool('DEBUG', False)\nDATABASES = {'default': {'CONN_MAX_AGE': 60, 'HOST': 'db'}}\n_P = 1\n",
        ),
        (
            "shop/settings/prod.py",
            "from .base import *\nfrom shop.settings import base\nDATABASES['default']['CONN_MAX_AGE'] = 0\n\
             DATABASES['default'].setdefault('OPTIONS', {})['pool'] = True\n\
             DATABASES['default'].setdefault('HOST', 'other')\nX = base.DEBUG\nif DEBUG:\n    Y = 1\nelse:\n    Y = 2\n\
             try:\n    from .local import *\nexcept ImportError:\n    pass\n",
        ),
    ];
    let world = World::of(&files);
    assert_eq!(world.show(&["DATABASES", "default"]), "{CONN_MAX_AGE: 0, HOST: db, OPTIONS: {pool: true}}");
    assert_eq!(world.show(&["X"]), "false");
    assert_eq!(world.show(&["Y"]), "2");
    assert_eq!(world.show(&["_P"]), "-");
    assert_eq!(World::of(&files).with("DEBUG", "TRUE").show(&["Y"]), "1");
}

#[test]
fn branches_that_are_open_are_both_kept() {
    let text =
        "import os\nD = {'a': {'n': 1}}\nif os.environ['E'] == 'prod':\n    D['a']['n'] = 2\n    D['a']['m'] = 3\n";
    let world = World { complete: false, ..World::of(&[("a.py", text)]) };
    let condition = "`os.environ['E'] == 'prod'` is";
    assert_eq!(world.show(&["D", "a", "n"]), format!("2 when {condition} true; 1 when {condition} false"));
    assert_eq!(world.show(&["D", "a", "m"]), format!("3 when {condition} true; Missing when {condition} false"));
    let both = World::of(&[("a.py", text)]).with("E", "dev");
    assert_eq!(both.show(&["D", "a"]), "{n: 1}");
}

#[test]
fn what_a_branch_says_again_is_so_by_what_stands_before_it() {
    let text = "import sys\nTESTING = len(sys.argv) >= 2\nEAGER = True\nif TESTING:\n    EAGER = True  # again\n";
    let world = World { complete: false, ..World::of(&[("a.py", text)]) };
    let Fact::Known(eager) = world.setting(&["EAGER"]) else { panic!("{}", world.show(&["EAGER"])) };
    assert_eq!(eager.origin.span().map(|it| it.start as usize), Some(text.find("True").unwrap()));
}

#[test]
fn what_a_package_returns_is_neither_true_nor_false() {
    let text = "from vendor.envs import get_bool, Box\nA = get_bool(name='A', default=False)\nB = bool(A)\n\
                C = 'x' if A else 'y'\nD = Box()\n";
    let world = World::of(&[("a.py", text)]).with("A", "False");
    let truth = |name: &str| match truth(world.setting(&[name])) {
        Fact::Known(it) => it.value.to_string(),
        _ => "unknown".to_owned(),
    };
    assert_eq!(truth("A"), "unknown");
    assert_eq!(truth("B"), "unknown");
    assert_eq!(truth("D"), "true");
    assert_eq!(world.show(&["C"]), "x when the condition is true; y when the condition is false");
}

#[test]
fn database_urls() {
    let text = "import dj_database_url, environ\nenv = environ.Env(N=(int, 5))\n\
                D = dj_database_url.config(default='postgres://u:p@h:6432/d', conn_max_age=600)\n\
                E = env.db('DB', default='mysql://u:p@m/d?conn_max_age=30&charset=utf8')\n\
                N = env('N')\nM = env.int('M', default=3)\nB = env.bool('B', True)\nL = env.list('L', default=['a'])\n";
    let world = World::of(&[("a.py", text)]);
    assert_eq!(
        world.show(&["D"]),
        "{ENGINE: django.db.backends.postgresql, HOST: h, PORT: 6432, NAME: d, CONN_MAX_AGE: 600}"
    );
    assert_eq!(
        world.show(&["E"]),
        "{ENGINE: django.db.backends.mysql, HOST: m, PORT: , NAME: d, CONN_MAX_AGE: 30, OPTIONS: {charset: utf8}}"
    );
    assert_eq!(world.show(&["N"]), "5");
    assert_eq!(world.show(&["M"]), "3");
    assert_eq!(world.show(&["B"]), "true");
    let world = world.with("M", "8").with("B", "off").with("L", "x, y").with("DATABASE_URL", "sqlite:///db.sqlite3");
    assert_eq!(world.show(&["M"]), "8");
    assert_eq!(world.show(&["B"]), "false");
    assert_eq!(world.show(&["L"]), "[x, y]");
    assert_eq!(world.show(&["D", "ENGINE"]), "django.db.backends.sqlite3");
    let open = World::of(&[("a.py", "import dj_database_url\nD = dj_database_url.config()\n")]);
    assert_eq!(open.show(&["D"]), "{}");
}

#[test]
fn parts_of_a_text_that_nobody_knows() {
    let text =
        "import os\nP = os.environ['P']\nX = f'postgresql://u:{P}@db:5432/{P}'\nY = 'redis://:' + P + '@r:6379/0'\n";
    let world = World { complete: false, ..World::of(&[("a.py", text)]) };
    assert_eq!(world.show(&["X"]), "postgresql://u:*@db:5432/*");
    let address = url::address(&world.setting(&["X"])).known().cloned().unwrap();
    assert_eq!((address.host.as_deref(), address.port), (Some("db"), Some(5432)));
    let address = url::address(&world.setting(&["Y"])).known().cloned().unwrap();
    assert_eq!((address.host.as_deref(), address.port), (Some("r"), Some(6379)));
}

#[test]
fn settings_classes() {
    let config = r#"
from functools import lru_cache
from pydantic import Field, computed_field
from pydantic_settings import BaseSettings, SettingsConfigDict
class Common(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")
    host: str = "db"
    debug: bool = False
class Settings(Common):
    pool_size: int = 5
    overflow: int = Field(default=10, validation_alias="MAX_OVERFLOW")
    url: str
    @property
    def database_url(self) -> str:
        return f"postgresql+asyncpg://u:p@{self.host}/{self.pool_size}"
@lru_cache
def get_settings():
    return Settings()
settings = get_settings()
"#;
    let db = "from app.core.config import settings, get_settings\nX = settings.database_url\nN = get_settings().pool_size\n\
              O = settings.overflow\nU = settings.url\nD = settings.debug\n";
    let files = [("backend/app/core/config.py", config), ("backend/app/db.py", db)];
    let world = World::of(&files);
    assert_eq!(world.show(&["X"]), "postgresql+asyncpg://u:p@db/5");
    assert_eq!(world.show(&["N"]), "5");
    assert_eq!(world.places(&["N"])[0], "5");
    assert_eq!(world.show(&["U"]), "? set by the environment (APP_URL)");
    let world = world.with("APP_POOL_SIZE", "20").with("MAX_OVERFLOW", "0").with("app_debug", "true");
    assert_eq!(world.show(&["N"]), "20");
    assert_eq!(world.show(&["O"]), "0");
    assert_eq!(world.show(&["D"]), "true");
}

#[test]
fn plain_classes_and_functions() {
    let text = r#"
import os
class Config:
    SIZE = int(os.getenv("SIZE", 8))
    def __init__(self, name, extra=2):
        self.name = name
        self.total = extra + self.SIZE
def url(kind):
    host = "primary"
    if kind == "replica":
        return "db2"
    return host
def loop():
    for i in range(3):
        x = i
    return x
A = Config.SIZE
B = Config("n").total
C = [url("replica"), url("main")]
D = loop()
E = getattr(Config, "SIZE", 1)
F = {"x": 1}.get("y", 2)
"#;
    let world = World::of(&[("a.py", text)]);
    assert_eq!(world.show(&["A"]), "8");
    assert_eq!(world.show(&["B"]), "10");
    assert_eq!(world.show(&["C"]), "[db2, primary]");
    assert_eq!(world.show(&["D"]), "2");
    assert_eq!(world.show(&["E"]), "8");
    assert_eq!(world.show(&["F"]), "2");
}

#[test]
fn an_object_keeps_what_is_set_on_it() {
    let text = "from celery import Celery\napp = Celery('a', broker='redis://r')\napp.conf.task_acks_late = True\n\
                app.conf.update(worker_prefetch_multiplier=1, **{'task_time_limit': 30})\n";
    let world = World::of(&[("a.py", text)]);
    assert_eq!(world.show(&["app"]), "<celery.Celery>");
    assert_eq!(
        world.show(&["app", "conf"]),
        "{task_acks_late: true, worker_prefetch_multiplier: 1, task_time_limit: 30}"
    );
}

#[test]
fn nothing_runs_away() {
    let calls = "def f(n):\n    return f(n) + f(n)\nX = f(1)\n";
    assert!(x(calls).starts_with("? "), "{}", x(calls));
    let text = format!("X = {}1{}", "[".repeat(150), "]".repeat(150));
    assert!(x(&text).contains("too many steps"));
    let world =
        World::of(&[("a.py", "from b import *\nX = Y\n"), ("b.py", "from a import *\nfrom b import *\nY = X\n")]);
    assert!(!world.show(&["X"]).is_empty());
    let doubling: String = (0..60).map(|i| format!("A{} = A{i} + A{i}\n", i + 1)).collect();
    let world = World::of(&[("a.py", &format!("A0 = 'x' * 2 + 'y'\nA0 = 'xy'\n{doubling}"))]);
    assert!(world.show(&["A60"]).starts_with("? "));
}

#[test]
fn a_module_called_after_a_package_is_not_that_package() {
    let world = World::of(&[
        ("shop/__init__.py", ""),
        ("shop/util.py", "Y = 3\n"),
        ("shop/redis.py", "import redis\nfrom util import Y\nX = redis.Redis(host='h')\n"),
    ]);
    assert_eq!(world.show(&["X"]), "<redis.Redis>");
    assert_eq!(world.show(&["Y"]), "3");
}

#[test]
fn the_nearest_module_of_a_name_is_meant() {
    let code = World::of(&[
        ("a/app/main.py", ""),
        ("a/app/db.py", ""),
        ("b/src/app/db.py", ""),
        ("libs/common/kit/pool.py", ""),
        ("x/deep/util.py", ""),
        ("y/deep/util.py", ""),
    ])
    .code;
    let path =
        |folder: &str, name: &str| code.resolve(folder, name).map(|id| code.module(id).unwrap().path.to_string());
    assert_eq!(path("a/app", "app.db").as_deref(), Some("a/app/db.py"));
    assert_eq!(path("b", "app.db").as_deref(), Some("b/src/app/db.py"));
    assert_eq!(path("a/app", "kit.pool").as_deref(), Some("libs/common/kit/pool.py"));
    assert_eq!(path("a", "deep.util"), None, "two could be meant");
    assert_eq!(path("a/app", ".a.app.db").as_deref(), Some("a/app/db.py"));
    assert_eq!(path("a/app", "os.path"), None);
}

#[test]
fn a_switch_that_an_unseen_environment_holds_is_not_known() {
    let text = "import os\nDEBUG = os.environ.get('DEBUG', 'True') == 'True'\nCACHE = 'a' if DEBUG else 'b'\n";
    let open = World { complete: false, ..World::of(&[("settings.py", text)]) };
    let Fact::Unknown(why) = truth(open.setting(&["DEBUG"])) else { panic!("a switch") };
    assert_eq!(&*why.reason, "set by the environment (DEBUG; without it, true)");
    assert!(matches!(open.setting(&["CACHE"]), Fact::OneOf(_)));
    assert_eq!(World::of(&[("settings.py", text)]).show(&["CACHE"]), "a");
}
