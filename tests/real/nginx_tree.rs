//! What nginx takes in (`nginx -T`) and what stands in it, as nginx's own parser for Python reads it, beside our reading.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use plimsoll::audit_texts;
use plimsoll::source::{FileId, SourceFile, Span};
use plimsoll::stack::About;
use plimsoll::syntax::nginx::{Directive, parse};
use serde_json::Value as Json;

use crate::needing;
use crate::nginx::{nginx_accepts, with_addresses};
use crate::python::{interpreter, run, runs};

/// What lies in `/etc/nginx`; the first is the main file.
struct Tree {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

const TREES: &[Tree] = &[
    Tree {
        name: "one file",
        files: &[(
            "nginx.conf",
            "events {}\nhttp {\n  upstream app { server 127.0.0.1:8000; keepalive 16; }\n  server {\n    listen 8081;\n    \
             location / { proxy_pass http://app; }\n    location ~ \\.php$ { return 404; }\n  }\n}\n",
        )],
    },
    Tree {
        name: "includes by pattern, in the order of their names",
        files: &[
            ("nginx.conf", "events {}\nhttp {\n  include conf.d/*.conf;\n  include sites-enabled/*;\n}\n"),
            ("conf.d/20-b.conf", "server { listen 8082; location /b { return 200; } }\n"),
            (
                "conf.d/10-a.conf",
                "upstream a { server 127.0.0.1:1; }\nserver { listen 8081; location /a { return 200; } }\n",
            ),
            ("conf.d/off.conf.disabled", "server { listen 8089; }\n"),
            ("conf.d/.hidden.conf", "server { listen 8088; }\n"),
            ("conf.d/deep/x.conf", "server { listen 8087; }\n"),
            ("sites-enabled/site", "server { listen 8083; location /c { return 200; } }\n"),
        ],
    },
    Tree {
        name: "includes within servers and locations, by relative and absolute paths",
        files: &[
            (
                "nginx.conf",
                "events {}\nhttp {\n  server {\n    listen 8081;\n    include /etc/nginx/parts/api.conf;\n    \
                 location / { include parts/proxy.conf; proxy_pass http://127.0.0.1:8000; }\n  }\n}\n",
            ),
            (
                "parts/api.conf",
                "location /api/ {\n  include parts/proxy.conf;\n  proxy_pass http://127.0.0.1:8001;\n}\n\
                 include parts/more/*.conf;\n",
            ),
            ("parts/proxy.conf", "proxy_http_version 1.1;\nproxy_set_header Connection \"\";\n"),
            ("parts/more/ws.conf", "location /ws/ { proxy_pass http://127.0.0.1:8002; }\n"),
            ("parts/more/unused.txt", "location /never/ { return 500; }\n"),
        ],
    },
    Tree {
        name: "quotes, escapes and comments",
        files: &[(
            "nginx.conf",
            "# { not a block\nevents { worker_connections 64; }\nhttp {\n  log_format main '$remote_addr \"$request\" # no comment';\n  \
             map $http_upgrade $up { default upgrade; '' close; \"a b\" \"c;d\"; }\n  server { # here\n    listen 8081;\n    \
             server_name \"a.example\" 'b.example';\n    location ~* \"^/x{2,3}/(?<n>[^;]+);$\" { add_header X \"a\\\"b\"; return 200 'a{b}c;'; }\n    \
             location = /e\\ f { return 204; }\n  }\n}\n",
        )],
    },
];

/// What nginx cannot read at all.
const UNREADABLE: &[(&str, &str)] = &[
    ("a block that is not closed", "events {}\nhttp { server { listen 8081; }\n"),
    ("a brace too many", "events {}\nhttp { } }\n"),
    ("a semicolon that is missing", "events {}\nhttp { server { listen 8081 } }\n"),
    ("a quote that is not closed", "events {}\nhttp { log_format a 'b; }\n"),
    ("a word behind a quote", "events {}\nhttp { log_format a 'b'c; }\n"),
    ("a block without a name", "events {}\nhttp { { } }\n"),
    ("a lone semicolon", "events {}\nhttp { ; }\n"),
];

pub(crate) fn trials() -> Vec<Trial> {
    let nginx = runs("nginx", &["-v"]);
    let both = nginx && runs("python3", &["--version"]);
    let trees = TREES.iter().map(|tree| {
        needing("nginx", both, format!("nginx takes in what plimsoll does: {}", tree.name), move || takes_in(tree))
    });
    let fixtures = ["wingman", "wingman-as-advised", "hospital", "hospital-as-advised", "sound"].map(|name| {
        needing("python3", both, format!("crossplane reads the nginx of fixtures/{name} as plimsoll does"), move || {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
            let walked = plimsoll::source::walk(&root, &Default::default()).map_err(|error| error.to_string())?;
            let main = walked.sources.iter().find(|it| it.path.ends_with(".conf") && it.text().contains("events {"));
            let text =
                with_addresses(main.ok_or("no configuration")?.text()).replace("include /etc/nginx/mime.types;", "");
            let folder = laid_out(&[("nginx.conf", &text)])?;
            same_directives(&crossplane(&folder.path().join("nginx.conf"))?)
        })
    });
    let unreadable = UNREADABLE.iter().map(|(name, text)| {
        needing("nginx", nginx, format!("nginx and plimsoll cannot read {name}"), move || {
            if !matches!(nginx_accepts(text), Some(Err(_))) {
                return Err("nginx takes it".into());
            }
            let parsed = parse(&SourceFile::new(FileId(0), "nginx.conf", PathBuf::new(), *text));
            if parsed.errors.is_empty() { Err("plimsoll sees no fault".into()) } else { Ok(()) }
        })
    });
    trees.chain(fixtures).chain(unreadable).collect()
}

fn laid_out(files: &[(&str, &str)]) -> Result<tempfile::TempDir, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (path, text) in files {
        let text = text.replace("/etc/nginx/", &format!("{}/", folder.path().display()));
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().ok_or("no parent")?).map_err(|error| error.to_string())?;
        std::fs::write(path, text).map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

fn crossplane(main: &Path) -> Result<Json, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/nginx_tree.py");
    let said = run(Command::new(interpreter()?).arg(script).arg(main))?;
    serde_json::from_str(&said).map_err(|error| error.to_string())
}

fn takes_in(tree: &Tree) -> Result<(), String> {
    let folder = laid_out(tree.files)?;
    let home = format!("{}/", folder.path().display());
    let main = folder.path().join("nginx.conf");
    let globals = format!("pid {home}nginx.pid; error_log stderr;");
    let dumped = run(Command::new("nginx").arg("-T").arg("-p").arg(&home).arg("-c").arg(&main).args(["-g", &globals]))?;
    let named = dumped.lines().filter_map(|it| it.strip_prefix("# configuration file ")?.strip_suffix(':'));
    let dumped: Vec<&str> = named.filter_map(|it| it.strip_prefix(&home)).collect();
    let real = crossplane(&main)?;
    same_directives(&real)?;
    // A file that is taken in twice is dumped once.
    let read: Vec<&str> = real["files"].as_object().into_iter().flat_map(|it| it.keys()).map(|it| &**it).collect();
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let read = sorted(read.iter().map(|it| it.replace(&home, "")).collect());
    if sorted(dumped.iter().map(|it| it.to_string()).collect()) != read {
        return Err(format!("nginx -T shows {dumped:?}, crossplane reads {read:?}"));
    }
    // The servers, locations and upstreams of the stack, in the order in which nginx comes to them.
    let compose = "services:\n  proxy:\n    image: nginx:1.22\n    volumes: [\"./conf:/etc/nginx\"]\n";
    let files = tree.files.iter().map(|(path, text)| (format!("conf/{path}"), text.to_string()));
    let report = audit_texts(files.chain([("compose.yaml".to_string(), compose.to_string())]).collect());
    let stack = report.stacks.first().ok_or("no stack")?;
    let place = |span: Span| {
        let file = report.sources.file(span.file);
        (file.path.replace("conf/", ""), file.position(span.start as usize).line)
    };
    let of = |about: &About| about.span.map(place).unwrap_or_default();
    let theirs = |kind: &str| -> Vec<(String, usize)> {
        let all = real["blocks"].as_array().into_iter().flatten().filter(|it| it[2] == kind);
        let row = |it: &Json| (it[0].as_str().unwrap_or("").replace(&home, ""), it[1].as_u64().unwrap_or(0) as usize);
        all.map(row).collect()
    };
    let ours = [
        ("server", stack.hosts.iter().map(|it| of(&it.about)).collect::<Vec<_>>()),
        ("location", stack.locations.iter().map(|it| of(&it.about)).collect()),
        ("upstream", stack.upstreams.iter().map(|it| of(&it.about)).collect()),
    ];
    for (kind, mut ours) in ours {
        let mut theirs = theirs(kind);
        if kind == "location" {
            // Those that pass requests nowhere are no part of the stack; their order is that of the servers.
            theirs.retain(|it| passes(&real, &home, it));
            ours.sort();
            theirs.sort();
        }
        if ours != theirs {
            return Err(format!("{kind}: plimsoll reads {ours:?}, crossplane {theirs:?}"));
        }
    }
    Ok(())
}

/// Whether the location at a place passes requests on.
fn passes(real: &Json, home: &str, place: &(String, usize)) -> bool {
    let all = real["files"][format!("{home}{}", place.0)].as_array();
    let mut behind = all.into_iter().flatten().skip_while(|it| it["line"].as_u64() < Some(place.1 as u64)).skip(1);
    behind.by_ref().take_while(|it| it["name"] != "location").any(|it| it["name"] == "proxy_pass")
}

/// Each file's directives, with their lines and arguments.
fn same_directives(real: &Json) -> Result<(), String> {
    for (path, theirs) in real["files"].as_object().into_iter().flatten() {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let file = SourceFile::new(FileId(0), "nginx.conf", PathBuf::new(), text);
        let parsed = parse(&file);
        if !parsed.errors.is_empty() {
            return Err(format!("{path}: {:?}", parsed.errors));
        }
        let mut ours = Vec::new();
        flat(&file, &parsed.tree.items, &mut ours);
        let theirs: Vec<_> = theirs
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| {
                let args = it["args"].as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned);
                (
                    it["line"].as_u64().unwrap_or(0) as usize,
                    it["name"].as_str().unwrap_or("").to_owned(),
                    args.collect(),
                )
            })
            .collect();
        for (ours, theirs) in ours.iter().zip(&theirs) {
            // crossplane takes the parentheses off.
            if ours != theirs && ours.1 != "if" {
                return Err(format!("{path}: plimsoll reads {ours:?}, crossplane {theirs:?}"));
            }
        }
        if ours.len() != theirs.len() {
            return Err(format!("{path}: plimsoll reads {} directives, crossplane {}", ours.len(), theirs.len()));
        }
    }
    Ok(())
}

fn flat(file: &SourceFile, items: &[Directive], found: &mut Vec<(usize, String, Vec<String>)>) {
    for item in items {
        let line = file.position(item.name.span.start as usize).line;
        found.push((line, item.name.text.to_string(), item.args.iter().map(|it| it.text.to_string()).collect()));
        flat(file, item.items(), found);
    }
}
