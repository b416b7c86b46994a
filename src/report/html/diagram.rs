//! The stack as a drawing: who asks whom, from left to right.

use super::svg::{Anchor, CHARACTER, Svg, curve, cut};
use crate::view::{Graph, Node, Shape};

/// The longest line in a box, in characters.
const LONGEST: usize = 34;
const LINE: f64 = 17.0;
const PADDING: f64 = 10.0;
/// Between boxes of a column, and between columns: there the edges' labels stand.
const GAP: (f64, f64) = (110.0, 18.0);

/// A node's box.
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Draws a deployment.
pub(super) fn draw(graph: &Graph, name: &str) -> String {
    let columns = columns(graph);
    let mut frames = vec![Frame::default(); graph.nodes.len()];
    let (mut x, mut tallest) = (1.0, 0.0_f64);
    let size = |node: &Node| {
        let longest = node.lines.iter().map(|line| line.chars().count().min(LONGEST)).max().unwrap_or(0);
        (longest as f64 * CHARACTER + 2.0 * PADDING, node.lines.len() as f64 * LINE + 2.0 * PADDING - 4.0)
    };
    for column in &columns {
        let width = column.iter().map(|at| size(&graph.nodes[*at]).0).fold(0.0, f64::max);
        let mut y = 1.0;
        for at in column {
            let height = size(&graph.nodes[*at]).1;
            frames[*at] = Frame { x, y, width, height };
            y += height + GAP.1;
        }
        tallest = tallest.max(y - GAP.1);
        x += width + GAP.0;
    }
    // Columns that are shorter stand in the middle.
    for column in &columns {
        let last = column.last().map_or(0.0, |at| frames[*at].y + frames[*at].height);
        column.iter().for_each(|at| frames[*at].y += (tallest - last) / 2.0);
    }
    let mut svg = Svg::new(x - GAP.0 + 1.0, tallest + 2.0);
    // What one node says of several edges stands in lines of its own.
    let mut said = vec![0usize; graph.nodes.len()];
    for edge in &graph.edges {
        connect(&mut svg, frames[edge.from], frames[edge.to], &edge.label, said[edge.from]);
        said[edge.from] += usize::from(!edge.label.is_empty());
    }
    for (node, frame) in graph.nodes.iter().zip(&frames) {
        put(&mut svg, node, frame);
    }
    svg.finish(name, &format!("The deployment {}", graph.name), &in_words(graph))
}

/// The nodes by column: whoever is asked stands right of whoever asks, and next to the first of those that it asks; in a
/// column near those that ask them.
fn columns(graph: &Graph) -> Vec<Vec<usize>> {
    let rank = ranks(graph);
    // Ranks without a node are no columns.
    let mut used = rank.clone();
    used.sort_unstable();
    used.dedup();
    let mut columns = vec![Vec::new(); used.len()];
    for (at, rank) in rank.iter().enumerate() {
        columns[used.binary_search(rank).unwrap_or(0)].push(at);
    }
    for column in 1..columns.len() {
        let place = |at: usize| columns.iter().find_map(|it| it.iter().position(|own| *own == at)).unwrap_or(0) as f64;
        let weight = |at: &usize| {
            let from: Vec<f64> = graph.edges.iter().filter(|it| it.to == *at).map(|it| place(it.from)).collect();
            if from.is_empty() { f64::INFINITY } else { from.iter().sum::<f64>() / from.len() as f64 }
        };
        let mut sorted: Vec<(f64, usize)> = columns[column].iter().map(|at| (weight(at), *at)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        columns[column] = sorted.into_iter().map(|(_, at)| at).collect();
    }
    columns
}

/// The column of each node, from 0; some may be empty.
fn ranks(graph: &Graph) -> Vec<usize> {
    let count = graph.nodes.len();
    let mut rank = vec![0usize; count];
    // A longest path has fewer edges than there are nodes; where some ask each other in a ring, it ends there.
    for _ in 0..count {
        let before = rank.clone();
        for edge in &graph.edges {
            rank[edge.to] = rank[edge.to].max((rank[edge.from] + 1).min(count - 1));
        }
        if rank == before {
            break;
        }
    }
    // Who is asked by nobody stands beside those that ask the same, else edges would run behind boxes.
    for at in 0..count {
        let is_asked = graph.edges.iter().any(|it| it.to == at);
        let next = graph.edges.iter().filter(|it| it.from == at).map(|it| rank[it.to]).min();
        if let Some(next) = next.filter(|next| !is_asked && *next > 0) {
            rank[at] = next - 1;
        }
    }
    // Who neither asks nor is asked stands with the others of its kind.
    for at in 0..count {
        let is_alone = |at: usize| graph.edges.iter().all(|it| it.from != at && it.to != at);
        if is_alone(at) {
            let alike = |it: &usize| !is_alone(*it) && graph.nodes[*it].shape == graph.nodes[at].shape;
            rank[at] = (0..count).filter(alike).map(|it| rank[it]).max().unwrap_or(0);
        }
    }
    rank
}

fn connect(svg: &mut Svg, from: Frame, to: Frame, label: &str, line: usize) {
    let middle = |frame: Frame| frame.y + frame.height / 2.0;
    let (start, end) = ((from.x + from.width, middle(from)), (to.x, middle(to)));
    svg.path(&curve(start, (end.0 - 7.0, end.1)), "edge");
    svg.path(&format!("M{x} {y}l-8 -4v8z", x = super::svg::number(end.0 - 1.0), y = super::svg::number(end.1)), "tip");
    if !label.is_empty() {
        // Where it starts, an edge still has a height of its own.
        let at = (start.0 + 6.0, start.1 - 7.0 - 13.0 * line as f64);
        svg.text(at, Anchor::Start, "edge-label", label);
    }
}

fn put(svg: &mut Svg, node: &Node, frame: &Frame) {
    let class = match node.shape {
        Shape::Service => "node service",
        Shape::Store => "node store",
        Shape::Proxy => "node proxy",
    };
    svg.rect([frame.x, frame.y, frame.width, frame.height], class);
    for (nth, line) in node.lines.iter().enumerate() {
        let at = (frame.x + PADDING, frame.y + PADDING + 9.0 + nth as f64 * LINE);
        svg.text(at, Anchor::Start, if nth == 0 { "name" } else { "more" }, &cut(line, LONGEST));
    }
}

/// Who asks whom, in words.
fn in_words(graph: &Graph) -> String {
    let name = |at: usize| graph.nodes[at].lines.join(", ");
    let asks = |it: &crate::view::Edge| {
        let label = if it.label.is_empty() { String::new() } else { format!(" ({})", it.label) };
        format!("{} asks {}{label}.", name(it.from), name(it.to))
    };
    let alone = (0..graph.nodes.len()).filter(|at| graph.edges.iter().all(|it| it.from != *at && it.to != *at));
    let alone = alone.map(|at| format!("{} stands alone.", name(at)));
    graph.edges.iter().map(asks).chain(alone).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Edge;

    fn graph(edges: &[(usize, usize)], nodes: usize) -> Graph {
        Graph {
            name: "x".into(),
            nodes: (0..nodes).map(|at| Node { shape: Shape::Service, lines: vec![format!("n{at}")] }).collect(),
            edges: edges.iter().map(|&(from, to)| Edge { from, to, label: String::new() }).collect(),
        }
    }

    #[test]
    fn who_is_asked_stands_to_the_right() {
        assert_eq!(columns(&graph(&[(1, 0), (0, 2), (1, 2)], 3)), [vec![1], vec![0], vec![2]]);
    }

    #[test]
    fn who_asks_stands_beside_those_that_ask_the_same() {
        // A proxy asks a server, which asks a store; so does a worker. Somebody has nothing to do with them.
        assert_eq!(columns(&graph(&[(0, 1), (1, 2), (3, 2)], 5)), [vec![0], vec![1, 3], vec![2, 4]]);
    }

    #[test]
    fn a_ring_has_an_end() {
        let all: Vec<usize> = columns(&graph(&[(0, 1), (1, 0), (1, 2)], 4)).concat();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(draw(&graph(&[], 0), "a").starts_with("<svg"));
    }
}
