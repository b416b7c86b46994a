//! Whole little repositories, and every fact that they give.

mod admin;
mod branches;
mod classes;
mod django;
mod feeds;
mod few;
mod fields;
mod fixes;
mod found;
mod layers;
mod made;
mod more;
mod packages;
mod pages;
mod reach;
mod remedies;
mod rest;
mod sent;
mod silent;
mod spelled;
mod sqlalchemy;
mod taken;
mod uses;
mod weight;

use std::path::PathBuf;

use super::*;
use crate::facts::orm::{calls, is_template, read, read_callers, read_template, wants};
use crate::source::{Edit, FileId, SourceFile, Sources, Span, apply};
use crate::stack::vocabulary::{LazyLoad, Reach};
use crate::stack::{Fact, Origin, Sourced, Writer};
use crate::syntax::python;

/// The models that most cases are about.
const MODELS: &str = r#"
from django.conf import settings
from django.db import models


class Room(models.Model):
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rooms")


class Tag(models.Model):
    label = models.CharField(max_length=80)

    class Meta:
        ordering = ["label"]


class ThreadQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed=False)

    def with_room(self):
        return self.select_related("room")


class Thread(models.Model):
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="threads")
    starter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    tags = models.ManyToManyField(Tag)
    closed = models.BooleanField(default=False)
    objects = ThreadQuerySet.as_manager()

    @property
    def place(self):
        return f"{self.room.name}"

    def labels(self):
        return [tag.label for tag in self.tags.all()]


class Message(models.Model):
    thread = models.ForeignKey("Thread", on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey("auth.User", on_delete=models.CASCADE)


class Pin(models.Model):
    thread = models.OneToOneField(Thread, on_delete=models.CASCADE)
"#;

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut files = files.to_vec();
    files.sort_unstable();
    let each = files.iter().enumerate();
    Sources::new(
        each.map(|(at, (path, text))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text)).collect(),
    )
}

fn found(sources: &Sources) -> OrmFacts {
    let wanted = sources.iter().filter(|file| wants(&file.path, file.text()) || is_template(&file.path, file.text()));
    let plain = sources.iter().filter(|file| !wants(&file.path, file.text()) && calls(&file.path));
    let plain: Vec<Callers> = plain.map(|file| read_callers(&file.path, file.text())).collect();
    let draft = |file: &SourceFile| match is_template(&file.path, file.text()) {
        true => read_template(file),
        false => read(file, &python::parse(file).tree),
    };
    let drafts: Vec<OrmDraft> = wanted.map(draft).collect();
    join(&drafts, &plain.iter().collect::<Vec<_>>())
}

/// Whether a fact is told for sure.
fn is_sure(over: &Fact<Box<str>>) -> bool {
    !matches!(over, Fact::Known(Sourced { origin: Origin::Guessed(_), .. }))
}

/// Every fact as a line: its kind, its entity, what would mend it. Guesses are left out.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    lines(&found(&sources(files)))
}

/// What is said of a file of views beside the models.
fn views(text: &str) -> Vec<String> {
    told(&[("chat/models.py", MODELS), ("chat/views.py", &format!("from .models import *\n\n{text}"))])
}

fn lines(facts: &OrmFacts) -> Vec<String> {
    let note = |fact: &Fact<bool>, word: &str| match fact.known() {
        Some(true) => format!(" ({word})"),
        _ => String::new(),
    };
    let text = |fact: &Fact<Box<str>>| fact.known().map_or_else(String::new, |text| text.to_string());
    let mut out = Vec::new();
    for it in facts.lazy_loads.iter().filter(|it| is_sure(&it.over)) {
        let fix = if it.about.writers.is_empty() { " (no fix)" } else { "" };
        let entity = &it.about.anchor.entity;
        out.push(format!("lazy {entity}: {}{}{fix}", text(&it.remedy), note(&it.short, "short")));
    }
    for it in facts.queries_in_loops.iter().filter(|it| is_sure(&it.over)) {
        out.push(format!("query {}: {}{}", it.about.anchor.entity, text(&it.remedy), note(&it.short, "short")));
    }
    for it in facts.writes_in_loops.iter().filter(|it| is_sure(&it.over)) {
        out.push(format!("write {}: {}{}", it.about.anchor.entity, text(&it.remedy), note(&it.commits, "commits")));
    }
    out
}

/// A file after the change that its first finding offers.
fn mended(files: &[(&str, &str)], path: &str) -> String {
    let sources = sources(files);
    let facts = found(&sources);
    let file = sources.by_path(path).unwrap();
    let writer: &Writer =
        facts.lazy_loads.iter().flat_map(|it| &it.about.writers).next().expect("no change is offered");
    let mut edits: Vec<Edit> = writer.edits.iter().map(|(span, text)| Edit::replace(*span, text.clone())).collect();
    edits.retain(|edit| edit.span.file == file.id);
    edits.sort();
    let after = apply(file.text(), &edits).unwrap();
    let again: Vec<(&str, &str)> =
        files.iter().map(|(at, text)| (*at, if *at == path { &*after } else { *text })).collect();
    assert!(found(&self::sources(&again)).lazy_loads.is_empty(), "still lazy after the change:\n{after}");
    after
}
