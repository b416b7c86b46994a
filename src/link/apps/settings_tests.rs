//! Which settings are taken where files leave it open, and what is known then.

use crate::link::apps::tests::{Files, show};
use crate::stack::Stack;

const BASE: &str = "\
DEBUG = False
INSTALLED_APPS = []
CELERY_BROKER_URL = 'redis://cache/0'
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db', 'NAME': 'shop', 'CONN_MAX_AGE': 5}}
";

/// A worker of Celery whose application has this line, beside these settings.
fn stack(line: &str, settings: &[(&str, &str)]) -> Stack {
    let celery = format!(
        "import os\nfrom celery import Celery\n{line}\napp = Celery('shop')\napp.config_from_object('django.conf:settings', namespace='CELERY')\n"
    );
    let mut files = vec![
        ("Dockerfile", "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD celery -A shop worker\n"),
        ("shop/celery.py", &*celery),
    ];
    files.extend(settings);
    Files::of(&files).stack()
}

fn default(name: &str) -> String {
    format!("os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{name}')")
}

#[test]
fn settings_for_development_are_no_deployments_default() {
    let settings =
        [("shop/settings/local.py", "DEBUG = True\nINSTALLED_APPS = []\n"), ("shop/settings/production.py", BASE)];
    let local = stack(&default("shop.settings.local"), &settings);
    assert_eq!(show(&local.settings[0].module), "shop/settings/production.py|shop/settings/local.py");
    assert_eq!(show(&local.settings[0].debug), "false");
    let production = stack(&default("shop.settings.production"), &settings);
    assert_eq!(show(&production.settings[0].module), "shop/settings/production.py");
    // With nothing beside them they are what is deployed.
    let alone = stack(&default("shop.settings.local"), &settings[..1]);
    assert_eq!(show(&alone.settings[0].debug), "true");
    // A package that takes in those for development is for development.
    let package = [("shop/settings/__init__.py", "from .local import *\n"), settings[0], settings[1]];
    assert_eq!(show(&stack(&default("shop.settings"), &package).settings[0].debug), "false");
}

#[test]
fn settings_for_production_are_taken_by_their_name() {
    let production = "from .base import *\nCELERY_BROKER_URL = 'redis://queue/0'\n";
    let settings = |path| [("shop/settings/base.py", BASE), (path, production)];
    let taken = stack("", &settings("shop/settings/production.py"));
    assert_eq!(show(&taken.task_queues[0].endpoint), "queue:6379/0");
    assert!(
        matches!(&taken.settings[0].module, crate::stack::Fact::Known(it) if matches!(it.origin, crate::stack::Origin::Assumed(_)))
    );
    assert_eq!(taken.by_name.len(), 1);
    assert_eq!(stack(&default("shop.settings.production"), &settings("shop/settings/production.py")).by_name.len(), 0);
    // Nobody knows what `other` is for.
    let open = stack("", &settings("shop/settings/other.py"));
    assert_eq!(show(&open.task_queues[0].endpoint), "? which settings Celery reads is not known");
    assert_eq!(open.settings.len(), 0);
    // Settings for tests build on those that are deployed.
    assert_eq!(show(&stack("", &settings("shop/settings/test.py")).task_queues[0].endpoint), "cache:6379/0");
}

#[test]
fn what_several_settings_agree_on_is_known() {
    let other = "from .base import *\nDEBUG = True\nCELERY_BROKER_URL = 'redis://queue/0'\nDATABASES['default']['HOST'] = 'elsewhere'\n";
    let settings = [
        ("shop/settings/base.py", BASE),
        ("shop/settings/dev.py", "from .base import *\nDATABASES = {}\n"),
        ("shop/settings/production.py", "from .base import *\n"),
        ("shop/settings/staging.py", other),
    ];
    let stack = stack("", &settings);
    assert_eq!(
        show(&stack.settings[0].module),
        "? several settings modules are there, and nothing says which is used: what is known here is what \
         `shop/settings/production.py` and `shop/settings/staging.py` say alike"
    );
    assert_eq!(show(&stack.settings[0].debug), "false|true");
    assert_eq!(show(&stack.task_queues[0].endpoint), "cache:6379/0|queue:6379/0");
    let database = &stack.django_databases[0];
    assert_eq!(show(&database.conn_max_age), "5");
    assert_eq!(show(&database.endpoint), "db:5432/shop|elsewhere:5432/shop");
    // What is one place for all can be changed there.
    assert_eq!(database.conn_max_age.slots().len(), 1);
    assert!(stack.settings[0].debug.slots().is_empty());
}

#[test]
fn what_answers_is_not_guessed() {
    let settings = "INSTALLED_APPS = []\nDATABASES = read_somewhere()\nDATABASES['default']['HOST'] = 'db'\n";
    let told = "import os\nINSTALLED_APPS = []\nDATABASES = {'default': {'ENGINE': os.environ['ENGINE'], 'HOST': 'elsewhere'}}\n";
    for text in [settings, told] {
        let stack = stack("", &[("shop/settings.py", text)]);
        assert!(stack.databases.iter().all(|it| it.engine.known().is_none()), "{text}");
        assert_eq!(stack.clients.len(), stack.databases.len());
    }
}

#[test]
fn settings_for_production_stay_that_when_a_build_takes_them_in() {
    let settings = [
        ("shop/settings/__init__.py", "from .dev import *\n"),
        ("shop/settings/dev.py", "DEBUG = True\nINSTALLED_APPS = []\n"),
        ("shop/settings/production.py", BASE),
        ("shop/settings/build.py", "from .production import *\nSECRET_KEY = 'x'\n"),
    ];
    let stack = stack(&default("shop.settings"), &settings);
    assert_eq!(show(&stack.settings[0].module), "shop/settings/production.py|shop/settings/__init__.py");
    assert_eq!(show(&stack.settings[0].debug), "false");
}

const WSGI: &str = "import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\napplication = get_wsgi_application()\n";

#[test]
fn settings_of_a_library_are_told_by_their_name() {
    let docker = "FROM python:3.13\nENV DJANGO_SETTINGS_MODULE=library.app.settings\nWORKDIR /srv\nCOPY . .\nCMD gunicorn shop.wsgi:application\n";
    let stack = Files::of(&[("Dockerfile", docker), ("shop/wsgi.py", WSGI)]).stack();
    assert_eq!(show(&stack.settings[0].module), "library.app.settings");
    assert!(stack.settings[0].debug.is_absent() && stack.django_databases.is_empty());
}

#[test]
fn uwsgi_is_given_its_environment() {
    let line = "CMD uwsgi --env DJANGO_SETTINGS_MODULE=shop.prod -w shop.wsgi:application --socket :3031\n";
    let docker = format!("FROM python:3.13\nWORKDIR /srv\nCOPY . .\n{line}");
    let files = [("Dockerfile", &*docker), ("shop/wsgi.py", WSGI), ("shop/settings.py", BASE), ("shop/prod.py", BASE)];
    assert_eq!(show(&Files::of(&files).stack().settings[0].module), "shop/prod.py");
}
