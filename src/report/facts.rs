//! The stack as the tool believes it, as a tree for people and as JSON.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

use super::json::write_json;
use super::text::{Paint, Style};
use crate::view::{AsideRow, Entity, FileRow, Place, State, Tree, View};

/// Prints every deployment with its entities, their fields, and for each value the places it comes from.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, style: Style, out: &mut impl Write) -> io::Result<()> {
    if view.stacks.is_empty() {
        writeln!(out, "No file here says how a backend is run.")?;
    }
    write_stacks(view, style, out)?;
    if !view.aside.is_empty() {
        writeln!(out, "\n{}", style.paint(Paint::Bold, "Not judged"))?;
    }
    for row in &view.aside {
        let places: Vec<String> = row.places.iter().map(|place| at(view, place)).collect();
        let places = if places.is_empty() { String::new() } else { format!("  {}", places.join(" < ")) };
        writeln!(out, "  {} {}{}", row.name, row.reason, style.paint(Paint::Dim, &places))?;
    }
    Ok(())
}

fn write_stacks(view: &View, style: Style, out: &mut impl Write) -> io::Result<()> {
    for (at, stack) in view.stacks.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let because = if stack.because.is_empty() { String::new() } else { format!("  {}", stack.because) };
        writeln!(out, "{}{}", style.paint(Paint::Bold, &stack.name), style.paint(Paint::Dim, &because))?;
        // Endpoints are too many to be read one by one; as JSON they all stand there.
        for entity in stack.entities.iter().filter(|it| it.kind != "endpoint") {
            write_entity(view, entity, style, out)?;
        }
        for line in &stack.endpoints {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// Prints what became of each file.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render_files(view: &View, style: Style, out: &mut impl Write) -> io::Result<()> {
    for row in &view.files {
        let read_as = if row.read_as.is_empty() { String::new() } else { format!("  {}", row.read_as.join(", ")) };
        let fate = match &row.aside {
            Some(reason) => format!("  {reason}"),
            None => format!("  for {}", row.used_by.join(", ")),
        };
        writeln!(out, "{}{read_as}{}", view.shown(&row.path), style.paint(Paint::Dim, &fate))?;
    }
    Ok(())
}

fn write_entity(view: &View, entity: &Entity, style: Style, out: &mut impl Write) -> io::Result<()> {
    let place = entity.place.as_ref().map(|place| format!("  {}", at(view, place))).unwrap_or_default();
    // Names in nginx say what they are: `location /api/`.
    let named = entity.name.starts_with(&format!("{} ", entity.kind));
    let head = if named { entity.name.clone() } else { format!("{} {}", entity.kind, entity.name) };
    writeln!(out, "  {}{}", style.paint(Paint::Blue, &head), style.paint(Paint::Dim, &place))?;
    let width = entity.fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
    for field in &entity.fields {
        for (nth, state) in field.states.iter().enumerate() {
            let name = if nth == 0 { field.name.as_str() } else { "" };
            let from = origin(view, state);
            let when = state.when.as_ref().map(|when| format!(" when {when}")).unwrap_or_default();
            writeln!(out, "    {name:width$}  {}{when}{}", state.shown, style.paint(Paint::Dim, &from))?;
        }
    }
    Ok(())
}

/// Where a value comes from: `  compose.yaml:8, from .env:3`.
fn origin(view: &View, state: &State) -> String {
    let mut places: Vec<String> = state.places.iter().map(|place| at(view, place)).collect();
    places.dedup();
    let places = places.join(" < ");
    match (&state.because, places.is_empty()) {
        (None, true) => String::new(),
        (None, false) => format!("  {places}"),
        (Some(because), true) => format!("  ({because})"),
        (Some(because), false) => format!("  ({because}; {places})"),
    }
}

fn at(view: &View, place: &Place) -> String {
    format!("{}:{}", view.shown(&place.path), place.line)
}

/// What `plimsoll facts --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
struct Facts<'a> {
    /// The version of this format: 1.
    version: u32,
    /// What there is, by deployment.
    stacks: &'a [Tree],
    /// Deployments that are not judged, and why.
    aside: &'a [AsideRow],
    /// What became of each file that was opened, or could not be.
    files: &'a [FileRow],
}

/// Prints the same as JSON, with a version.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render_json(view: &View, out: &mut impl Write) -> io::Result<()> {
    write_json(
        &Facts { version: super::json::VERSION, stacks: &view.stacks, aside: &view.aside, files: &view.files },
        out,
    )
}

/// The JSON's schema.
pub fn schema() -> Schema {
    schema_for!(Facts<'static>)
}
