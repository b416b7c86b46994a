//! How much load each application takes: the answer, the bounds as a chart, throughput and response time against users.

use serde::Serialize;

use super::svg::{Anchor, Svg, cut, number};
use super::{PlaceRow, place_row};
use crate::report::text::{figure, thousands};
use crate::view::{BoundRow, Capacity, CliffRow, InputRow, LoadRow, Range, View, rounded};

#[derive(Serialize)]
pub(super) struct Rows {
    title: String,
    stack: String,
    state: String,
    answer: Vec<String>,
    figures: Vec<Figure>,
    cliffs: Vec<Cliff>,
    /// Markup.
    bounds_drawing: String,
    bounds: Vec<Bound>,
    far: Vec<String>,
    /// Markup; empty without a think time.
    curve_drawing: String,
    loads: Vec<Load>,
    assumptions: Vec<Input>,
    facts: Vec<Input>,
    open: Vec<String>,
}

/// A figure with its bounds, large.
#[derive(Serialize)]
struct Figure {
    likely: String,
    unit: &'static str,
    range: String,
}

#[derive(Serialize)]
struct Cliff {
    resource: String,
    text: String,
    room: String,
    asked: String,
    rate: String,
    certainty: String,
    places: Vec<PlaceRow>,
}

#[derive(Serialize)]
struct Bound {
    resource: String,
    fails: bool,
    servers: String,
    because: Vec<String>,
    hold: String,
    formula: String,
    rate: String,
    binds: String,
    places: Vec<PlaceRow>,
}

#[derive(Serialize)]
struct Load {
    users: String,
    rate: String,
    response: String,
    binds: Option<String>,
    fails: Vec<String>,
}

#[derive(Serialize)]
struct Input {
    symbol: String,
    what: String,
    value: String,
    because: String,
    better: Option<String>,
    places: Vec<PlaceRow>,
}

/// The rows of every application.
pub(super) fn rows(view: &View) -> Vec<Rows> {
    view.capacity.iter().enumerate().map(|(at, it)| of(view, it, at)).collect()
}

fn of(view: &View, it: &Capacity, at: usize) -> Rows {
    let (near, far) = it.near_and_far();
    let mut figures = vec![figure_of(&it.rate, "requests a second")];
    figures.extend(it.users.as_ref().map(|users| figure_of(users, "users")));
    let input = |it: &InputRow| input(view, it);
    Rows {
        title: it.service.clone(),
        stack: it.stack.clone(),
        state: it.state.clone(),
        answer: it.answer.clone(),
        figures,
        cliffs: it.cliffs.iter().map(|row| cliff(view, row)).collect(),
        bounds_drawing: draw_bounds(it, &near, &format!("bounds-{at}")),
        bounds: near.iter().map(|row| bound(view, row)).collect(),
        far: far.into_iter().map(str::to_owned).collect(),
        curve_drawing: draw_curve(it, &format!("curve-{at}")),
        loads: it.loads.iter().map(load).collect(),
        assumptions: it.assumptions.iter().map(input).collect(),
        facts: it.facts.iter().map(input).collect(),
        open: it.open.clone(),
    }
}

fn figure_of(range: &Range, unit: &'static str) -> Figure {
    Figure { likely: figure(range.likely), unit, range: format!("{} to {}", figure(range.low), figure(range.high)) }
}

fn cliff(view: &View, it: &CliffRow) -> Cliff {
    Cliff {
        resource: it.resource.clone(),
        text: it.text.clone(),
        room: figure(it.room),
        asked: it.asked.map_or_else(|| "no limit".to_owned(), figure),
        rate: figure(it.rate),
        certainty: it.certainty.clone(),
        places: it.places.iter().map(|place| place_row(view, place)).collect(),
    }
}

fn bound(view: &View, it: &BoundRow) -> Bound {
    Bound {
        resource: it.resource.clone(),
        fails: it.when_full == "fail",
        servers: figure(it.servers),
        because: it.because.clone(),
        hold: figure(it.hold),
        formula: it.formula.clone(),
        rate: figure(it.rate),
        binds: if it.binds >= 0.01 { format!("{:.0} %", 100.0 * it.binds) } else { String::new() },
        places: it.places.iter().map(|place| place_row(view, place)).collect(),
    }
}

fn load(it: &LoadRow) -> Load {
    Load {
        users: thousands(it.users),
        rate: figure(it.rate),
        response: figure(it.response),
        binds: it.binds.clone(),
        fails: it.fails.clone(),
    }
}

fn input(view: &View, it: &InputRow) -> Input {
    Input {
        symbol: it.symbol.clone(),
        what: it.what.clone(),
        value: it.value.clone(),
        because: it.because.clone(),
        better: it.better.clone(),
        places: it.places.iter().map(|place| place_row(view, place)).collect(),
    }
}

/// The bounds as bars over the logarithm of the rate, the shortest first: they differ by factors.
fn draw_bounds(it: &Capacity, bounds: &[&BoundRow], name: &str) -> String {
    const ROW: f64 = 46.0;
    const WIDTH: f64 = 230.0;
    let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return String::new() };
    let low = (first.rate / 3.0).max(f64::MIN_POSITIVE);
    let scale = WIDTH / (last.rate / low).ln().max(f64::MIN_POSITIVE);
    let length = |rate: f64| ((rate / low).ln().max(0.0) * scale).max(2.0);
    let mut svg = Svg::new(WIDTH + 120.0, ROW * bounds.len() as f64 + 22.0);
    for (nth, row) in bounds.iter().enumerate() {
        let y = ROW * nth as f64;
        let class = match (nth, row.when_full.as_str()) {
            (_, "fail") => "bar cliff",
            (0, _) => "bar first",
            _ => "bar",
        };
        let name = cut(&row.resource.replace('`', ""), 50);
        svg.text((0.0, y + 14.0), Anchor::Start, if nth == 0 { "name" } else { "more" }, &name);
        svg.rect([0.0, y + 20.0, length(row.rate), 18.0], class);
        let binds = if row.binds >= 0.01 { format!(", binds in {:.0} %", 100.0 * row.binds) } else { String::new() };
        let text = format!("{}{binds}", figure(row.rate));
        svg.text((length(row.rate) + 8.0, y + 33.0), Anchor::Start, "more", &text);
    }
    let foot = ROW * bounds.len() as f64 + 14.0;
    svg.text((0.0, foot), Anchor::Start, "more", "requests a second; the scale is logarithmic");
    let all: Vec<String> =
        bounds.iter().map(|row| format!("{} {}", row.resource.replace('`', ""), figure(row.rate))).collect();
    svg.finish(name, &format!("What bounds {}", it.service), &format!("Requests a second: {}.", all.join("; ")))
}

/// Throughput and mean response time against users, with the cliff where it is met.
fn draw_curve(it: &Capacity, name: &str) -> String {
    let points = if it.curve.is_empty() { &it.loads } else { &it.curve };
    let (Some(last), true) = (points.last(), points.len() > 1) else { return String::new() };
    let most_users = last.users as f64;
    let top = |of: fn(&LoadRow) -> f64| points.iter().map(of).fold(0.0, f64::max);
    let (rates, responses) = (top(|it| it.rate), top(|it| it.response));
    if !(rates > 0.0 && responses > 0.0 && rates.is_finite() && responses.is_finite()) {
        return String::new();
    }
    let mut svg = Svg::new(700.0, 256.0);
    let fails = points.iter().find(|it| !it.fails.is_empty());
    let panel = |svg: &mut Svg, left: f64, most: f64, of: fn(&LoadRow) -> f64, title: &str| {
        let (width, top, height) = (270.0, 30.0, 200.0);
        let x = |users: f64| left + users / most_users * width;
        let y = |value: f64| top + height - value / most * height;
        if let Some(fails) = fails {
            let from = x(fails.users as f64);
            svg.rect([from, top, left + width - from, height], "fails");
            svg.text((left + width - 6.0, top + 16.0), Anchor::End, "over", "requests fail");
        }
        svg.text((left, top - 12.0), Anchor::Start, "name", title);
        svg.line((left, top + height), (left + width, top + height), "axis");
        svg.line((left, top), (left, top + height), "axis");
        // What is still served once requests fail is not promised.
        let failing = points.iter().position(|it| !it.fails.is_empty()).unwrap_or(points.len());
        let before = &points[..(failing + 1).min(points.len())];
        for (points, class) in [(before, "curve"), (points.get(failing..).unwrap_or(&[]), "curve beyond")] {
            let point = |it: &LoadRow| format!("{} {}", number(x(it.users as f64)), number(y(of(it))));
            let path: Vec<String> = points.iter().map(point).collect();
            if path.len() > 1 {
                svg.path(&format!("M{}", path.join("L")), class);
            }
        }
        svg.text((left + 6.0, top + 12.0), Anchor::Start, "more", &figure(rounded(most, 2)));
        svg.text((left, top + height + 17.0), Anchor::Start, "more", "0");
        svg.text((left + width, top + height + 17.0), Anchor::End, "more", &format!("{} users", thousands(last.users)));
    };
    panel(&mut svg, 30.0, rates, |it| it.rate, "Requests a second");
    panel(&mut svg, 390.0, responses, |it| it.response, "Mean response time, ms");
    let about = format!(
        "With {} users {} requests a second at {} ms.{}",
        thousands(last.users),
        figure(rounded(last.rate, 2)),
        figure(rounded(last.response, 2)),
        fails.map_or_else(String::new, |it| format!(" From {} users on requests fail.", thousands(it.users)))
    );
    svg.finish(name, &format!("Load of {} against users", it.service), &about)
}
