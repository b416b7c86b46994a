//! Statements with statements in them, and what they leave unknown.

use super::{World, x};

#[test]
fn a_loop_changes_what_it_goes_through() {
    let text = "D = {'default': {'A': 1}, 'replica': {'A': 2}}\nfor db in D.values():\n    db['CONN_MAX_AGE'] = 60\n    \
                db.setdefault('OPTIONS', {})['sslmode'] = 'require'\nfor name, db in D.items():\n    db['NAME'] = name\n\
                for name in D:\n    D[name]['B'] = 3\nX = D['replica']\n";
    let world = World::of(&[("a.py", text)]);
    let replica = "{A: 2, CONN_MAX_AGE: 60, OPTIONS: {sslmode: require}, NAME: replica, B: 3}";
    assert_eq!(world.show(&["X"]), replica);
    assert_eq!(world.show(&["D", "replica"]), replica);
    assert_eq!(world.places(&["D", "default", "CONN_MAX_AGE"]), ["60"]);
}

#[test]
fn a_loop_over_a_list_binds_and_fills() {
    assert_eq!(
        x("X = {}\nfor n in ('a', 'b'):\n    url = 'redis://' + n\n    X[n] = {'L': url}\n"),
        "{a: {L: redis://a}, b: {L: redis://b}}"
    );
    assert_eq!(x("X = []\nfor i in range(3):\n    X.append(i * 2)\n"), "[0, 2, 4]");
    assert_eq!(x("X = {k: v * 2 for k, v in {'a': 1, 'b': 2}.items() if k != 'b'}"), "{a: 2}");
    assert_eq!(x("X = [a + b for a in 'x y'.split() for b in ['1', '2']]"), "[x1, x2, y1, y2]");
}

#[test]
fn a_loop_over_what_is_not_known_leaves_it_open() {
    let text = "import vendor\nX = {'a': {'n': 1}}\nfor name in vendor.names():\n    X[name] = {}\n";
    assert!(x(text).contains("..."), "{}", x(text));
    let text = "import vendor\nX = {'a': {'n': 1}}\nfor it in X.values():\n    if vendor.ok():\n        break\n    it['n'] = 2\n";
    assert_eq!(x(text), "? changed in a loop over what is not known");
    let text = "import vendor\nX = {'a': 1}\nX[vendor.name()] = 2\n";
    assert_eq!(x(text), "{a: ? one of its keys is worked out when the program runs, ...}");
}

#[test]
fn a_handler_counts_where_the_body_fails() {
    let text = "import os\ntry:\n    X = int(os.environ['N'])\nexcept KeyError:\n    X = 7\n";
    let world = World::of(&[("a.py", text)]);
    assert_eq!(world.show(&["X"]), "7");
    assert_eq!(world.places(&["X"]), ["7"]);
    assert_eq!(World::of(&[("a.py", text)]).with("N", "9").show(&["X"]), "9");
    let text = "try:\n    from .local import *\n    X = 1\nexcept ImportError:\n    X = 2\n";
    assert_eq!(x(text), "2");
    assert_eq!(World::of(&[("p/local.py", ""), ("p/a.py", text)]).show(&["X"]), "1");
    let text = "import os\ndef env(name, default):\n    try:\n        return os.environ[name]\n    except KeyError:\n        return default\nX = env('N', 'd')\n";
    assert_eq!(x(text), "d");
    assert_eq!(World::of(&[("a.py", text)]).with("N", "n").show(&["X"]), "n");
}

#[test]
fn the_environment_that_code_sets_itself() {
    let text =
        "import os\nos.environ.setdefault('N', '5')\nos.environ['M'] = '6'\nX = os.environ['N'] + os.getenv('M')\n";
    assert_eq!(x(text), "56");
    assert_eq!(World::of(&[("a.py", text)]).with("N", "1").with("M", "2").show(&["X"]), "16");
}

#[test]
fn a_star_brings_what_all_names() {
    let base = "__all__ = ['A', '_B']\nA = 1\n_B = 2\nC = 3\n";
    let world = World::of(&[("p/base.py", base), ("p/a.py", "from .base import *\n")]);
    assert_eq!(["A", "_B", "C"].map(|it| world.show(&[it])), ["1", "2", "-"]);
}

#[test]
fn names_that_are_bound_by_a_call() {
    assert_eq!(x("globals()['X'] = 4\n"), "4");
    assert_eq!(x("globals().update({'X': 5, 'Y': 6})\n"), "5");
    assert_eq!(x("X = 1\nglobals().update({'Y': 6})\n"), "1");
    assert_eq!(x("for k, v in {'X': 8}.items():\n    globals()[k] = v\n"), "8");
    let hidden = "? what this binds is worked out when the program runs";
    assert_eq!(x("import vendor\nX = 1\nglobals().update(vendor.settings())\n"), hidden);
    assert_eq!(x("X = 1\nexec(open('local.py').read())\n"), hidden);
    assert!(
        x("import vendor\nX = 1\nfor k in dir(vendor):\n    globals()[k] = getattr(vendor, k)\n").starts_with("? ")
    );
}

#[test]
fn included_files_happen_in_the_file_that_includes_them() {
    let files = [
        ("p/settings/parts/base.py", "import os\nDATABASES = {'default': {'HOST': HOSTNAME, 'CONN_MAX_AGE': 0}}\n"),
        ("p/settings/parts/prod.py", "DATABASES['default']['CONN_MAX_AGE'] = 60\n_HIDDEN = 2\n"),
        (
            "p/settings/__init__.py",
            "from split_settings.tools import include, optional\nHOSTNAME = 'db'\ninclude('parts/base.py', optional('parts/prod.py'), \
             optional('parts/local.py'))\nX = DATABASES['default']['CONN_MAX_AGE']\n",
        ),
    ];
    let world = World::of(&files);
    assert_eq!(world.show(&["DATABASES", "default"]), "{HOST: db, CONN_MAX_AGE: 60}");
    assert_eq!(world.show(&["X"]), "60");
    assert_eq!(world.places(&["DATABASES", "default", "CONN_MAX_AGE"]), ["60"]);
}

#[test]
fn paths_start_at_the_root_of_the_repository() {
    let text = "from pathlib import Path\nimport os\nB = Path(__file__).resolve().parent.parent\nC = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n\
                X = [str(B / 'db.sqlite3'), os.path.join(C, 'data', 'x.db'), Path(__file__).parents[1] / 'y', B.name]\n";
    let world = World::of(&[("shop/settings/base.py", text)]);
    assert_eq!(world.show(&["X"]), "[*/shop/db.sqlite3, */shop/data/x.db, */shop/y, shop]");
}

#[test]
fn texts_that_are_put_together() {
    assert_eq!(x("X = 'pg://{}:{}/{db}'.format('h', 5, db='d')"), "pg://h:5/d");
    assert_eq!(x("X = '{0}-{0}-{{}}'.format('h')"), "h-h-{}");
    assert_eq!(x("import os\nX = 'pg://{}@h'.format(os.environ['P'])"), "pg://*@h");
    assert_eq!(x("X = ','.join(['a', 'b'])"), "a,b");
    assert_eq!(x("X = 'true'.lower() in ('1', 'true') and '5'.isdigit()"), "true");
}

#[test]
fn helpers_of_a_project() {
    let text = "import os\ndef env(name, default=None, cast=str, **more):\n    value = os.environ.get(name, default)\n    \
                if cast is bool:\n        return str(value).lower() in ('1', 'yes', 'true')\n    return cast(value)\n\
                X = [env('A', 3, int), env('B', 'yes', cast=bool), bool(int(os.environ.get('C', '0')))]\n";
    assert_eq!(x(text), "[3, true, false]");
    assert_eq!(
        World::of(&[("a.py", text)]).with("A", "8").with("B", "no").with("C", "1").show(&["X"]),
        "[8, false, true]"
    );
}
