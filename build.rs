//! Puts the pages under `rules/` into the binary: a table of name, kind and text, in the order of the names.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

#[allow(clippy::disallowed_methods, reason = "the build reads the pages so that the binary need not")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=rules");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("rules");
    let mut pages = Vec::new();
    for area in folder(&root) {
        for file in folder(&area) {
            let (Some(area), Some(name)) = (stem(&area), stem(&file)) else { continue };
            if file.extension().is_some_and(|it| it == "md") {
                let kind = kind(&fs::read_to_string(&file)?);
                pages.push((format!("{area}/{name}"), kind));
            }
        }
    }
    pages.sort();
    let mut table = String::from("const PAGES: &[(&str, &str, &str)] = &[\n");
    for (name, kind) in pages {
        // Found when the crate is compiled: several checkouts may share one target folder, and with it this table.
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/rules/{name}.md\"))");
        writeln!(table, "    ({name:?}, {kind:?}, {text}),")?;
    }
    table.push_str("];\n");
    fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("pages.rs"), table)?;
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "the build reads the pages so that the binary need not")]
fn folder(path: &Path) -> Vec<PathBuf> {
    fs::read_dir(path).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn stem(path: &Path) -> Option<String> {
    Some(path.file_stem()?.to_str()?.to_owned())
}

/// What the page says behind `for:`; a page is read only where there is something of that kind.
fn kind(page: &str) -> String {
    page.lines().find_map(|line| line.strip_prefix("for:")).unwrap_or("").trim().to_owned()
}
