//! The libraries that read settings from the environment.

use super::{World, x};

#[test]
fn environ_and_environs_take_their_arguments_apart() {
    let text = "import environ\nenv = environ.Env(DEBUG=(bool, True))\nX = [env('DEBUG'), env('N', int, 4), env('M', default='m'), env.bool('B', False)]\n";
    assert_eq!(x(text), "[true, 4, m, false]");
    assert_eq!(
        World::of(&[("a.py", text)]).with("B", "whatever").with("DEBUG", "0").show(&["X"]),
        "[false, 4, m, false]"
    );
    let text = "from environs import Env\nenv = Env()\nwith env.prefixed('APP_'):\n    H = env('HOST', 'h')\n    with env.prefixed('DB_'):\n        P = env.int('POOL', 4)\nX = [H, P, env.int('Q', 1)]\n";
    let world = World::of(&[("a.py", text)]);
    assert_eq!(world.show(&["X"]), "[h, 4, 1]");
    assert_eq!(world.with("APP_HOST", "g").with("APP_DB_POOL", "9").with("POOL", "7").show(&["X"]), "[g, 9, 1]");
}

#[test]
fn mitol_takes_nothing_for_none() {
    let text = "from mitol.common.envs import get_bool, get_int, get_string\nX = [get_int(name='N', default=4, description=''), get_bool(name='B', default=False, description=''), get_string(name='S', description='')]\n";
    assert_eq!(x(text), "[4, false, None]");
    assert_eq!(World::of(&[("a.py", text)]).with("N", "9").with("B", "True").show(&["X"]), "[9, true, None]");
}

#[test]
fn a_file_of_variables_stands_below_the_environment() {
    let text = "import environ, os\nfrom pathlib import Path\nB = Path(__file__).resolve().parent.parent\nenv = environ.Env()\nenviron.Env.read_env(B / '.env')\nX = [env.int('N', 1), os.getenv('M', 'm')]\n";
    let files = [(".env", "N=5\nM='q'\n"), ("shop/settings.py", text)];
    assert_eq!(World::of(&files).show(&["X"]), "[5, q]");
    assert_eq!(World::of(&files).with("N", "6").show(&["X"]), "[6, q]");
    let text = "from decouple import config, Csv\nX = [config('N', default=1, cast=int), config('L', default='a, b', cast=Csv())]\n";
    assert_eq!(World::of(&[("api/.env", "N=7\n"), ("api/shop/settings.py", text)]).show(&["X"]), "[7, [a, b]]");
    assert_eq!(World::of(&[("web/.env", "N=7\n"), ("api/shop/settings.py", text)]).show(&["X"]), "[1, [a, b]]");
}

#[test]
fn what_the_query_of_a_url_means_depends_on_who_reads_it() {
    let url = "postgres://u:p@h/d?conn_max_age=30&sslmode=require&connect_timeout=5";
    let text = format!("import dj_database_url\nX = dj_database_url.parse('{url}', conn_max_age=600)\n");
    assert_eq!(
        x(&text),
        "{ENGINE: django.db.backends.postgresql, HOST: h, PORT: , NAME: d, OPTIONS: {sslmode: require, connect_timeout: 5, conn_max_age: 30}, CONN_MAX_AGE: 600}"
    );
    let text = format!("import environ\nX = environ.Env().db('D', default='{url}')\n");
    assert_eq!(
        x(&text),
        "{ENGINE: django.db.backends.postgresql, HOST: h, PORT: , NAME: d, CONN_MAX_AGE: 30, OPTIONS: {sslmode: require, connect_timeout: 5}}"
    );
    let text = "import dj_database_url\nX = dj_database_url.config(ssl_require=True, conn_health_checks=True, default='postgres://u@%2Fvar%2Frun/d')\n";
    assert_eq!(
        x(text),
        "{ENGINE: django.db.backends.postgresql, HOST: /var/run, PORT: , NAME: d, OPTIONS: {sslmode: require}, CONN_HEALTH_CHECKS: true}"
    );
}

#[test]
fn starlette_and_plain_conversions() {
    let text = "from starlette.config import Config\nfrom distutils.util import strtobool\nimport os, json\nconfig = Config('.env')\n\
                X = [config('N', cast=int, default=4), strtobool(os.getenv('B', 'yes')), json.loads(os.getenv('J', '{\"a\": [1]}'))]\n";
    assert_eq!(x(text), "[4, 1, {a: [1]}]");
}

#[test]
fn a_class_that_nobody_is_known_to_use_hides_its_settings() {
    let text = "from vendor import Environment, values\nclass Common(Environment):\n    DEBUG = values.Bool(True)\n    @classproperty\n    def CELERY_BROKER_URL(cls):\n        return 'redis://r'\nSECRET = 1\n";
    let world = World::of(&[("a.py", text)]);
    let hidden = "? the class `Common` says it, and what uses that class is not known";
    assert_eq!(
        ["DEBUG", "CELERY_BROKER_URL", "SECRET", "CACHES"].map(|it| world.show(&[it])),
        [hidden, hidden, "1", "-"]
    );
}

#[test]
fn settings_in_classes() {
    let text = "import os\nfrom configurations import Configuration, values\nclass Base(Configuration):\n    DEBUG = values.BooleanValue(False)\n    \
                AGE = values.IntegerValue(3, environ_name='MAX_AGE', environ_prefix='APP')\n    DATABASES = values.DatabaseURLValue('postgres://u@db/d')\n    \
                @property\n    def URL(self):\n        return 'redis://%s' % self.HOST\n    HOST = 'r'\nclass Prod(Base):\n    HOST = 'prod'\n";
    let world = World::of(&[("a.py", text)]);
    assert_eq!(world.show(&["DEBUG"]), "? which class of settings is used is set by DJANGO_CONFIGURATION");
    let world = world.with("DJANGO_CONFIGURATION", "Prod");
    assert_eq!(["DEBUG", "AGE", "URL", "NONE"].map(|it| world.show(&[it])), ["false", "3", "redis://prod", "-"]);
    assert_eq!(world.show(&["DATABASES", "default", "HOST"]), "db");
    let world = world.with("APP_MAX_AGE", "60").with("DJANGO_DEBUG", "yes");
    assert_eq!(["DEBUG", "AGE"].map(|it| world.show(&[it])), ["true", "60"]);
}
