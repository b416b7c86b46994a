//! How long plimsoll takes, as ratios to what the same work takes a peer in the same run.
//!
//! Times of two machines, or of one machine on two days, cannot be compared; ratios can. Each row runs plimsoll and the
//! peer in turns, and shows the median of each and the median of the pairs' ratios. `cargo bench --bench ratios` prints
//! the table; a word behind `--` takes only the rows that hold it, and a folder there is measured in the place of the
//! generated files. Peers that are programs are run where they are installed.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark sets its files up itself, and prints"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plimsoll::source::{SourceFile, Sources, WalkOptions, walk};
use plimsoll::syntax::{self, Mapped};
use plimsoll::{Options, audit};

/// So many pairs, fewer when they take longer than [`MOST_TIME`].
const PAIRS: usize = 25;
const FEWEST_PAIRS: usize = 5;
const MOST_TIME: Duration = Duration::from_secs(4);

/// How large the generated repository is.
const FILES: usize = 5000;

/// Programs that go through the same files, and what they are told: a linter of Python with its own rules, without its
/// cache; a search for what code that talks to a mapper has.
const PEERS: &[&[&str]] =
    &[&["ruff", "check", "--no-cache", "--isolated"], &["rg", "-c", r"objects\.|create_engine", "-tpy", "--hidden"]];

fn main() {
    // cargo gives `--bench`; what a user gives are words.
    let given = std::env::args().skip(1).filter(|it| !it.starts_with("--"));
    let (folders, words): (Vec<String>, Vec<String>) = given.partition(|it| Path::new(it).is_dir());
    let table = Table { words };
    println!("{:<34}{:<26}{:>9}{:>11}{:>11}{:>8}", "what", "peer", "KB", "plimsoll", "peer", "ratio");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    table.audits("audit fixtures/wingman", &fixtures.join("wingman"));
    if folders.is_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        generate(folder.path());
        table.audits("audit 5,000 files", folder.path());
        table.programs("5,000 files", folder.path());
    }
    for folder in &folders {
        let name = Path::new(folder).file_name().map_or("it".into(), |it| it.to_string_lossy());
        table.programs(&name, Path::new(folder));
    }
    let all = walk(&fixtures, &WalkOptions::default()).expect("the fixtures can be walked").sources;
    table.parsers(&all);
}

/// Rows that are printed as they come.
struct Table {
    words: Vec<String>,
}

impl Table {
    fn wants(&self, what: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| what.contains(&**word))
    }

    /// An audit with its proofs, and without, against walking the tree and reading the files that it reads.
    fn audits(&self, what: &str, root: &Path) {
        let reads = || walk(root, &WalkOptions::default()).expect("it can be walked").sources;
        let bytes = reads().iter().map(|file| file.text().len()).sum();
        let no_fixes = Options { fixes: false, ..Options::default() };
        self.row(what, "walk and read", bytes, || audit(root, &Options::default()), reads);
        self.row(&format!("{what}, no fixes"), "walk and read", bytes, || audit(root, &no_fixes), reads);
    }

    /// The program, with its proofs and where it only shows what it read, against each peer that is installed.
    fn programs(&self, what: &str, root: &Path) {
        let bytes = walk(root, &WalkOptions::default()).expect("it can be walked").sources;
        let bytes = bytes.iter().filter(|it| it.path.ends_with(".py")).map(|file| file.text().len()).sum();
        for peer in PEERS {
            if !is_installed(peer[0]) {
                println!("{:<34}{:<26}is not installed", what, peer[0]);
                continue;
            }
            for ours in ["check", "facts"] {
                let command = [env!("CARGO_BIN_EXE_plimsoll"), ours];
                let (ours, theirs) = (|| run(&command, root), || run(peer, root));
                self.row(&format!("{} {what}", command[1]), &peer[..2].join(" "), bytes, ours, theirs);
            }
        }
    }

    /// Each parser over the fixtures' files of its language: against the parser beneath where there is one, and against
    /// cutting the text into lines where it is ours.
    fn parsers(&self, all: &Sources) {
        let of = |endings: &[&str]| -> Vec<SourceFile> {
            all.iter().filter(|file| endings.iter().any(|it| file.path.ends_with(it))).cloned().collect()
        };
        let python = of(&[".py"]);
        self.parser("parse Python", "ruff's parser alone", &python, &syntax::python::parse, &|file| {
            ruff_python_parser::parse_module(file.text())
        });
        self.parser("read Python", "ruff's parser alone", &python, &plimsoll::facts::read, &|file| {
            ruff_python_parser::parse_module(file.text())
        });
        self.parser("parse YAML", "granit's events alone", &of(&[".yml", ".yaml"]), &syntax::yaml::parse, &|file| {
            granit_parser::Parser::new_from_str(file.text()).take_while(Result::is_ok).count()
        });
        let shell =
            |file: &SourceFile| syntax::shell::parse(&Mapped::verbatim(file.text(), file.span(0..file.text().len())));
        self.parser("parse shell", "tree-sitter-bash alone", &of(&[".sh"]), &shell, &|file| {
            let mut parser = tree_sitter::Parser::new();
            parser.set_language(&tree_sitter_bash::LANGUAGE.into()).expect("the grammar fits");
            parser.parse(file.text(), None)
        });
        let lines = |file: &SourceFile| file.text().lines().map(|line| line.trim().len()).sum::<usize>();
        self.parser("parse Dockerfile", "trim each line", &of(&["Dockerfile"]), &syntax::dockerfile::parse, &lines);
        self.parser("parse nginx", "trim each line", &of(&[".conf"]), &syntax::nginx::parse, &lines);
    }

    fn parser<A, B>(
        &self,
        what: &str,
        peer: &str,
        files: &[SourceFile],
        ours: &dyn Fn(&SourceFile) -> A,
        theirs: &dyn Fn(&SourceFile) -> B,
    ) {
        let bytes = files.iter().map(|file| file.text().len()).sum();
        let every = |parse: &dyn Fn(&SourceFile)| files.iter().for_each(parse);
        self.row(
            what,
            peer,
            bytes,
            || every(&|file| drop(black_box(ours(file)))),
            || every(&|file| drop(black_box(theirs(file)))),
        );
    }

    fn row<A, B>(&self, what: &str, peer: &str, bytes: usize, ours: impl Fn() -> A, theirs: impl Fn() -> B) {
        if !self.wants(what) {
            return;
        }
        // The first run of each reads the disk.
        black_box((ours(), theirs()));
        let start = Instant::now();
        let mut pairs = Vec::new();
        while pairs.len() < FEWEST_PAIRS || pairs.len() < PAIRS && start.elapsed() < MOST_TIME {
            pairs.push((time(&ours), time(&theirs)));
        }
        let median = |of: &dyn Fn(&(f64, f64)) -> f64| {
            let mut all: Vec<f64> = pairs.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let (mine, other) = (median(&|it| it.0), median(&|it| it.1));
        let ratio = median(&|it| it.0 / it.1);
        println!("{what:<34}{peer:<26}{:>9}{mine:>9.2}ms{other:>9.2}ms{ratio:>7.1}x", bytes / 1000);
    }
}

/// Whether a program can be run.
fn is_installed(name: &str) -> bool {
    Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Runs a program on a folder, whatever it finds.
fn run(command: &[&str], root: &Path) {
    let mut run = Command::new(command[0]);
    run.args(&command[1..]).arg(root).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    black_box(run.status().expect("it runs"));
}

/// Milliseconds.
fn time<T>(run: impl Fn() -> T) -> f64 {
    let start = Instant::now();
    black_box(run());
    start.elapsed().as_secs_f64() * 1000.0
}

/// A Django project: apps of models, serializers and views that ask for a relation row by row, and what deploys it.
fn generate(root: &Path) {
    let write = |path: String, text: &str| {
        let path: PathBuf = root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write(
        "docker-compose.yml".into(),
        "services:\n  db:\n    image: postgres:16\n  web:\n    build: .\n    command: gunicorn -w 4 proj.wsgi\n    ports: ['8000:8000']\n",
    );
    write("Dockerfile".into(), "FROM python:3.12\nCOPY . .\nCMD gunicorn proj.wsgi\n");
    write("requirements.txt".into(), "django==5.1\ngunicorn==23.0\npsycopg[binary]==3.2\n");
    write(
        "proj/settings.py".into(),
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db', 'CONN_MAX_AGE': 60}}\n",
    );
    let kinds = 5;
    for app in 0..FILES / kinds {
        let mut models = String::from("from django.db import models\n\n");
        for model in 0..4 {
            let _ = write!(
                models,
                "class Author{model}(models.Model):\n    name = models.CharField(max_length=80)\n\n\
                 class Book{model}(models.Model):\n    title = models.CharField(max_length=80)\n    \
                 author = models.ForeignKey(Author{model}, on_delete=models.CASCADE)\n\n"
            );
        }
        write(format!("apps/a{app}/models.py"), &models);
        // One app in fifty has what there is to find; the others ask once.
        let ask = if app % 50 == 0 { "Book0.objects.all()" } else { "Book0.objects.select_related('author')" };
        write(
            format!("apps/a{app}/views.py"),
            &format!(
                "from .models import Book0\n\ndef names(request):\n    out = []\n    for book in {ask}:\n        \
                 out.append(book.author.name)\n    return out\n"
            ),
        );
        let plain = "def add(a, b):\n    return a + b\n\n".repeat(20);
        write(format!("apps/a{app}/util.py"), &plain);
        write(format!("apps/a{app}/__init__.py"), "");
        write(format!("apps/a{app}/data.yaml"), "rows:\n  - {name: one, size: 1}\n  - {name: two, size: 2}\n");
    }
}
