//! The connection budget as a drawing: what each opener may open flows into the database, which has a line for its room.

use super::svg::{Anchor, Svg, cut, number};
use crate::view::{Bounds, Budget};

/// The height of the fuller of what may be opened and what there is room for.
const FULL: f64 = 200.0;
/// What cannot be drawn to scale is at least this high.
const OPEN: f64 = 22.0;
/// An opener's text needs this height.
const ROW: f64 = 40.0;
const TOP: f64 = 26.0;
const LEFT: f64 = 300.0;
const RIGHT: f64 = 470.0;
const BAR: f64 = 46.0;

/// How high each opener's band is, and whether that is to scale. What nothing bounds rises over the line, what nobody
/// knows is as high as its text.
fn bands(budget: &Budget, scale: f64) -> Vec<(f64, bool)> {
    let to_scale = |it: Bounds| if it.high.is_finite() { it.high * scale } else { 0.0 };
    let known: f64 = budget.terms.iter().map(|it| to_scale(it.most)).sum();
    let endless = budget.terms.iter().filter(|it| it.most.low.is_infinite()).count();
    let over = (finite(budget.limit) * scale - known + OPEN).max(OPEN) / endless.max(1) as f64;
    let band = |it: Bounds| match it {
        Bounds { low, .. } if low.is_infinite() => (over.max(OPEN), false),
        Bounds { low, high } if high.is_infinite() => (OPEN.max(low * scale), false),
        Bounds { high, .. } => ((high * scale).max(2.0), true),
    };
    budget.terms.iter().map(|it| band(it.most)).collect()
}

/// What of a number can be drawn to scale.
fn finite(it: Bounds) -> f64 {
    [it.high, it.low].into_iter().find(|it| it.is_finite()).unwrap_or(0.0)
}

/// Draws a budget.
pub(super) fn draw(budget: &Budget, name: &str) -> String {
    let opened: f64 = budget.terms.iter().map(|it| finite(it.most)).sum();
    let scale = FULL / opened.max(finite(budget.limit)).max(1.0);
    let bands = bands(budget, scale);
    let filled: f64 = bands.iter().map(|it| it.0).sum();
    let room = finite(budget.limit) * scale;
    let rows: f64 = bands.iter().map(|it| it.0.max(ROW)).sum();
    let tall = TOP + rows.max(filled).max(room) + 24.0;
    let mut svg = Svg::new(700.0, tall);
    let (mut from, mut to) = (TOP, TOP);
    let over = budget.exceeded == "yes";
    svg.text((RIGHT, 14.0), Anchor::Start, "name", &cut(&budget.database, 30));
    for (term, (high, known)) in budget.terms.iter().zip(&bands) {
        let row = high.max(ROW);
        let start = from + (row - high) / 2.0;
        let class = if *known { "band" } else { "band open" };
        svg.path(&band((LEFT, start), (RIGHT, to), *high), class);
        let middle = from + row / 2.0;
        svg.text((LEFT - 10.0, middle - 3.0), Anchor::End, "name", &cut(&term.name, 38));
        let factors: Vec<&str> = term.factors.iter().map(|it| it.value.as_str()).collect();
        let product = format!("{} = {}", factors.join(" × "), term.total);
        svg.text((LEFT - 10.0, middle + 13.0), Anchor::End, "more", &cut(&product, 42));
        from += row;
        to += high;
    }
    svg.rect([RIGHT, TOP, BAR, filled.max(1.0)], if over { "bar over" } else { "bar" });
    if budget.limit.high.is_finite() {
        let at = TOP + room;
        svg.line((RIGHT - 14.0, at), (RIGHT + BAR + 14.0, at), "waterline");
        svg.text((RIGHT + BAR + 20.0, at + 4.0), Anchor::Start, "limit", &format!("room for {}", budget.room));
    }
    // The two texts must not lie on each other.
    let end = TOP + filled;
    let end = if (end - (TOP + room)).abs() < 18.0 { TOP + room - 18.0 } else { end };
    svg.text((RIGHT + BAR + 20.0, end.max(TOP + 8.0)), Anchor::Start, "more", &format!("opens {}", budget.total));
    let terms: Vec<String> = budget.terms.iter().map(|it| format!("{} opens {}", it.name, it.total)).collect();
    let about = format!("{}. Together {}; there is room for {}.", terms.join(", "), budget.total, budget.room);
    svg.finish(name, &format!("Connections to {}", budget.database), &about)
}

/// A band of one height between two heights.
fn band(from: (f64, f64), to: (f64, f64), high: f64) -> String {
    let middle = number((from.0 + to.0) / 2.0);
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
    let [y3, y4] = [to.1 + high, from.1 + high].map(number);
    format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}V{y3}C{middle} {y3} {middle} {y4} {x1} {y4}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Term;

    fn budget(terms: &[(f64, f64)], room: f64) -> Budget {
        let term = |&(low, high): &(f64, f64)| Term {
            name: "web".into(),
            place: None,
            factors: Vec::new(),
            total: "x".into(),
            most: Bounds { low, high },
        };
        Budget {
            stack: "s".into(),
            database: "db".into(),
            place: None,
            terms: terms.iter().map(term).collect(),
            total: "x".into(),
            accepts: crate::view::Factor::default(),
            reserved: crate::view::Factor::default(),
            room: "97".into(),
            exceeded: "no".into(),
            most: Bounds::default(),
            limit: Bounds { low: room, high: room },
        }
    }

    #[test]
    fn what_nothing_bounds_rises_over_the_line() {
        let endless = (f64::INFINITY, f64::INFINITY);
        let all = bands(&budget(&[(10.0, 10.0), endless, (0.0, f64::INFINITY)], 100.0), 2.0);
        assert_eq!(all, [(20.0, true), (202.0, false), (22.0, false)]);
    }

    #[test]
    fn numbers_without_end_are_no_coordinates() {
        let endless = (f64::INFINITY, f64::INFINITY);
        for room in [0.0, 97.0, f64::INFINITY] {
            let text = draw(&budget(&[endless, (0.0, f64::INFINITY)], room), "b");
            assert!(!text.contains("inf") && !text.contains("NaN"), "{text}");
        }
    }
}
