//! The pools of little deployments: what each may open, and where it connects.

use crate::link::apps::tests::{Files, show};
use crate::stack::Stack;
use crate::stack::vocabulary::Vocable;

/// A service that runs `app/main.py` with these requirements.
fn app(requirements: &str, main: &str) -> Stack {
    Files::of(&[
        ("Dockerfile", "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD [\"uvicorn\", \"app.main:app\"]\n"),
        (
            "docker-compose.yml",
            "services:\n  web:\n    build: .\n    environment:\n      DSN: postgresql://u:p@db/shop\n      SIZE: \"7\"\n  db:\n    image: postgres:17\n",
        ),
        ("requirements.txt", requirements),
        ("app/__init__.py", ""),
        ("app/main.py", main),
    ])
    .stack()
}

/// Each pool as `name: size+overflow=max at endpoint`.
fn pools(main: &str) -> Vec<String> {
    of(&app("sqlalchemy==2.0.44\nfastapi\n", main))
}

fn of(stack: &Stack) -> Vec<String> {
    let row = |it: &crate::stack::Pool| {
        format!("{}: {} {} at {}", it.about.name, show(&it.class), show(&it.max), show(&it.endpoint))
    };
    stack.pools.iter().map(row).collect()
}

#[test]
fn an_engine_is_what_its_factory_was_called_with() {
    let main = "import os\nfrom sqlalchemy import create_engine\nfrom fastapi import FastAPI\napp = FastAPI()\n\
                def make(url, pool_size=5, **options):\n    options.setdefault('max_overflow', 0)\n    return create_engine(url, pool_size=pool_size, **options)\n\
                main = make(os.environ['DSN'], pool_size=20)\nreplica = make('postgresql://replica/shop', max_overflow=2)\n";
    assert_eq!(pools(main), ["main: queue 20 at db:5432/shop", "replica: queue 7 at replica:5432/shop"]);
}

#[test]
fn an_engine_of_a_class_has_what_the_class_was_made_with() {
    let main = "import os\nfrom functools import cached_property\nfrom sqlalchemy.ext.asyncio import create_async_engine\nfrom fastapi import FastAPI\napp = FastAPI()\n\
                class Database:\n    def __init__(self, url, size=5):\n        self.engine = create_async_engine(url, pool_size=size, max_overflow=0)\n\
                database = Database(os.environ['DSN'], int(os.environ['SIZE']))\n";
    assert_eq!(pools(main), ["database.engine: queue 7 at db:5432/shop"]);
    let main = "import os\nfrom functools import cached_property\nfrom sqlalchemy import create_engine\n\
                class Database:\n    size = 3\n    @cached_property\n    def engine(self):\n        return create_engine(os.environ['DSN'], pool_size=self.size, max_overflow=0)\n";
    assert_eq!(pools(main), ["Database.engine: queue 3 at db:5432/shop"]);
}

#[test]
fn what_a_function_is_called_with_is_not_its_default() {
    let main = "from sqlalchemy import create_engine\ndef make(url, pool_size=5):\n    return create_engine(url, pool_size=pool_size, max_overflow=0)\n";
    assert_eq!(
        pools(main),
        ["make: queue ? what `pool_size` is called with is not known at ? what `url` is called with is not known"]
    );
    let main = "from sqlalchemy import create_engine\nimport vendor\nengine = create_engine('postgresql://db/d', **vendor.options())\n";
    let all = pools(main);
    assert!(all[0].starts_with("engine: ? its class is worked out"), "{all:?}");
}

#[test]
fn options_in_dicts_and_classes_under_other_names() {
    let main = "import os\nfrom sqlalchemy import create_engine, engine_from_config\nfrom sqlalchemy.pool import NullPool as Nothing\n\
                common = {'pool_size': 2, 'max_overflow': 1}\nif os.environ['SIZE'] == '7':\n    common['pool_size'] = 4\n\
                one = create_engine('postgresql://db/a', **{**common, 'max_overflow': 2})\n\
                two = create_engine('postgresql://db/b', poolclass=Nothing)\n\
                three = engine_from_config({'sqlalchemy.url': 'postgresql://db/c', 'sqlalchemy.pool_size': '8', 'sqlalchemy.max_overflow': '0'})\n\
                four = engine_from_config({'db.url': 'postgresql://db/d', 'db.pool_size': 1}, prefix='db.', max_overflow=1)\n";
    assert_eq!(
        pools(main),
        [
            "one: queue 6 at db:5432/a",
            "two: null - at db:5432/b",
            "three: queue 8 at db:5432/c",
            "four: queue 2 at db:5432/d",
        ]
    );
}

#[test]
fn flask_sqlalchemy_reads_other_keys_in_each_version() {
    let main = "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\
                class Config:\n    SQLALCHEMY_DATABASE_URI = 'postgresql://db/shop'\n    SQLALCHEMY_POOL_SIZE = 3\n    SQLALCHEMY_MAX_OVERFLOW = 0\n\
                class Production(Config):\n    SQLALCHEMY_ENGINE_OPTIONS = {'max_overflow': 4}\n    SQLALCHEMY_BINDS = {'logs': 'postgresql://logs/l'}\n\
                db = SQLAlchemy(engine_options={'pool_timeout': 5})\n\
                def create_app():\n    app = Flask(__name__)\n    app.config.from_object(Production)\n    db.init_app(app)\n    return app\napp = create_app()\n";
    let of = |version: &str| of(&app(&format!("flask\nflask-sqlalchemy{version}\n"), main));
    assert_eq!(of("==3.1.1"), ["db: queue 9 at db:5432/shop", "db[logs]: queue 15 at logs:5432/l"]);
    assert_eq!(of("==2.5.1")[0], "db: queue 7 at db:5432/shop");
    assert!(of("")[0].contains("its version is not known"), "{:?}", of(""));
}

#[test]
fn pools_of_drivers_and_other_mappers() {
    let main = "import os, asyncpg, aiomysql, psycopg2.pool, databases\nfrom psycopg_pool import AsyncConnectionPool\nfrom playhouse.pool import PooledPostgresqlDatabase\n\
                from tortoise import Tortoise\n\
                a = asyncpg.create_pool(host='db', database='a', max_size=3)\n\
                b = aiomysql.create_pool(host='my', port=3307, db='b')\n\
                c = psycopg2.pool.ThreadedConnectionPool(1, 6, host='db', dbname='c')\n\
                d = databases.Database(os.environ['DSN'] + '?max_size=9')\n\
                e = AsyncConnectionPool('host=db dbname=e', min_size=2, open=False)\n\
                f = PooledPostgresqlDatabase('f', host='db')\n\
                async def start():\n    await Tortoise.init(config={'connections': {'default': {'engine': 'tortoise.backends.asyncpg', 'credentials': {'host': 'db', 'database': 'g', 'maxsize': 8}}, 'other': 'postgres://db/h'}})\n";
    assert_eq!(
        of(&app("asyncpg\n", main)),
        [
            "a: driver 3 at db:5432/a",
            "b: driver 10 at my:3307/b",
            "c: driver 6 at db:5432/c",
            "d: driver 9 at db:5432/shop",
            "e: driver 2 at db:5432/e",
            "f: driver 20 at db:5432/?",
            "default: driver 8 at db:5432/g",
            "other: driver 5 at db:5432/h",
        ]
    );
}

#[test]
fn what_answers_is_said_by_the_address_or_a_driver() {
    let main = "import os, asyncpg, aiomysql\nfrom sqlalchemy import create_engine\n\
                a = create_engine(os.environ['ELSEWHERE'])\nb = create_engine('mysql+pymysql://my/b')\n\
                c = create_engine('mssql+pyodbc://ms/c')\nd = asyncpg.create_pool(os.environ['ELSEWHERE'])\n\
                e = aiomysql.create_pool(host='my', db='e')\n";
    let stack = app("sqlalchemy==2.0.44\nasyncpg\n", main);
    let engines: Vec<_> = stack.pools.iter().map(|it| it.engine.known().map(|it| it.word())).collect();
    assert_eq!(engines, [None, Some("mysql"), Some("other"), Some("postgres"), Some("mysql")]);
}

#[test]
fn a_pool_is_one_where_its_conditions_hold_and_something_keeps_it() {
    let head = "import os\nfrom sqlalchemy import create_engine, inspect\nfrom sqlalchemy.pool import NullPool\nDSN = 'postgresql://db/d'\n";
    // No branch is taken that the files rule out.
    let main = "TESTING = os.environ['SIZE'] == 'test'\nif TESTING:\n    one = create_engine(DSN, poolclass=NullPool)\nelse:\n    one = create_engine(DSN, pool_size=9, max_overflow=0)\n";
    assert_eq!(pools(&format!("{head}{main}")), ["one: queue 9 at db:5432/d"]);
    let main = "def make():\n    if os.environ['SIZE'] == 'test':\n        return create_engine(DSN, poolclass=NullPool)\n    return create_engine(DSN, pool_size=8, max_overflow=0)\n";
    assert_eq!(pools(&format!("{head}{main}")), ["make: queue 8 at db:5432/d"]);
    // What is open stays so.
    let main = "import vendor\nif vendor.testing():\n    one = create_engine(DSN, poolclass=NullPool)\nelse:\n    one = create_engine(DSN, pool_size=9, max_overflow=0)\n";
    let stack = app("sqlalchemy==2.0.44\nfastapi\n", &format!("{head}{main}"));
    assert_eq!(
        of(&stack),
        ["one: ? made only as `vendor.testing()` decides - at db:5432/d", "one: queue 9 at db:5432/d"]
    );
    assert_eq!(stack.clients.iter().map(|it| show(&it.connections)).collect::<Vec<_>>(), ["-", "9|0"]);
    // An engine that a function only asks is gone with it.
    let main = "def is_there(url):\n    engine = create_engine(url)\n    connection = engine.connect()\n    try:\n        return inspect(engine).has_table('x')\n    finally:\n        engine.dispose()\n";
    assert_eq!(pools(&format!("{head}{main}")), Vec::<String>::new());
    let main =
        "engine = None\ndef start():\n    global engine\n    engine = create_engine(DSN)\n    engine.connect()\n";
    assert_eq!(pools(&format!("{head}{main}")), ["engine: queue 15 at db:5432/d"]);
    let main = "from sqlalchemy.orm import sessionmaker\ndef session():\n    engine = create_engine(DSN)\n    return sessionmaker(bind=engine)\n";
    assert_eq!(pools(&format!("{head}{main}")), ["engine: queue 15 at db:5432/d"]);
}
