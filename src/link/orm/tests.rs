use std::path::PathBuf;

use super::*;
use crate::facts::orm::{read, wants};
use crate::source::{FileId, SourceFile, Sources};
use crate::syntax::python;

fn sources(files: &[(&str, &str)]) -> Sources {
    let each = files.iter().enumerate();
    Sources::new(
        each.map(|(at, (path, text))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text)).collect(),
    )
}

fn audit(sources: &Sources) -> OrmFacts {
    let wanted = sources.iter().filter(|file| wants(&file.path, file.text()));
    let drafts: Vec<OrmDraft> = wanted.map(|file| read(file, &python::parse(file).tree)).collect();
    join(&drafts)
}

/// Every fact on a line: its kind, its anchor, what it says.
fn told(facts: &OrmFacts) -> Vec<String> {
    let mut out = Vec::new();
    for it in &facts.lazy_loads {
        let remedy = it.remedy.known().map_or("", |text| text);
        let fix = if it.about.writers.is_empty() { "" } else { " +fix" };
        let short = if it.short.known() == Some(&true) { " short" } else { "" };
        out.push(format!("lazy {} {remedy}{short}{fix}", it.about.anchor));
    }
    for it in &facts.queries_in_loops {
        let short = if it.short.known() == Some(&true) { " short" } else { "" };
        out.push(format!("query {} {}{short}", it.about.anchor, it.remedy.known().map_or("", |text| text)));
    }
    for it in &facts.writes_in_loops {
        out.push(format!("write {} {}", it.about.anchor, it.remedy.known().map_or("", |text| text)));
    }
    out
}

#[test]
fn debug_repository() {
    let Ok(root) = std::env::var("ORM_ROOT") else { return };
    let walked = crate::source::walk(std::path::Path::new(&root), &Default::default()).unwrap();
    let started = std::time::Instant::now();
    let wanted = walked.sources.iter().filter(|file| wants(&file.path, file.text()));
    let drafts: Vec<OrmDraft> = wanted.map(|file| read(file, &python::parse(file).tree)).collect();
    let read_in = started.elapsed();
    let started = std::time::Instant::now();
    let facts = join(&drafts);
    println!(
        "{} files, {} drafts, read {:?}, joined {:?}",
        walked.sources.len(),
        drafts.len(),
        read_in,
        started.elapsed()
    );
    let place = |span: crate::source::Span| {
        let file = walked.sources.file(span.file);
        let at = file.position(span.start as usize);
        format!("{}:{} `{}`", file.path, at.line, file.line(at.line - 1).trim())
    };
    for it in &facts.lazy_loads {
        println!(
            "LAZY {} path={:?} short={:?} hot={:?}\n   remedy {}",
            it.about.anchor,
            it.path.known(),
            it.short.known(),
            it.hot.known(),
            it.remedy.known().unwrap()
        );
        if let Some(sourced) = it.path.sourced() {
            if let crate::stack::Origin::Written(all) = &sourced.origin {
                for span in all {
                    println!("     {}", place(*span));
                }
            }
        }
        for w in &it.about.writers {
            for (span, text) in &w.edits {
                println!("   + {:?} @ {}", text, place(*span));
            }
        }
    }
    for it in &facts.queries_in_loops {
        println!(
            "QUERY {} short={:?} hot={:?} remedy={:?}",
            it.about.anchor,
            it.short.known(),
            it.hot.known(),
            it.remedy.known()
        );
        if let Some(sourced) = it.call.sourced() {
            if let crate::stack::Origin::Written(all) = &sourced.origin {
                for span in all {
                    println!("     {}", place(*span));
                }
            }
        }
    }
    for it in &facts.writes_in_loops {
        println!(
            "WRITE {} short={:?} hot={:?} remedy={:?} commits={:?}",
            it.about.anchor,
            it.short.known(),
            it.hot.known(),
            it.remedy.known(),
            it.commits.known()
        );
        if let Some(sourced) = it.call.sourced() {
            if let crate::stack::Origin::Written(all) = &sourced.origin {
                for span in all {
                    println!("     {}", place(*span));
                }
            }
        }
    }
}
