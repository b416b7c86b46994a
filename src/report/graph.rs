//! The stack as a drawing, in Mermaid's language, which GitHub and many editors show.

use std::io::{self, Write};

use crate::view::{Graph, Shape, View};

/// Prints one flowchart; each deployment is a box of its own.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render_mermaid(view: &View, out: &mut impl Write) -> io::Result<()> {
    write_flowchart(&view.graphs, out)
}

pub(super) fn write_flowchart(graphs: &[Graph], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (at, graph) in graphs.iter().enumerate() {
        writeln!(out, "  subgraph s{at}[\"{}\"]", escape(&graph.name))?;
        write_nodes(at, graph, out)?;
        writeln!(out, "  end")?;
        for edge in &graph.edges {
            let label = if edge.label.is_empty() { String::new() } else { format!("|\"{}\"|", escape(&edge.label)) };
            writeln!(out, "  s{at}n{} -->{label} s{at}n{}", edge.from, edge.to)?;
        }
    }
    Ok(())
}

fn write_nodes(at: usize, graph: &Graph, out: &mut impl Write) -> io::Result<()> {
    for (nth, node) in graph.nodes.iter().enumerate() {
        let (open, close) = match node.shape {
            Shape::Service => ("[", "]"),
            Shape::Store => ("[(", ")]"),
            Shape::Proxy => ("{{", "}}"),
        };
        let lines: Vec<String> = node.lines.iter().map(|line| escape(line)).collect();
        writeln!(out, "    s{at}n{nth}{open}\"{}\"{close}", lines.join("<br>"))?;
    }
    Ok(())
}

/// A text as Mermaid takes it between quotes: what means something to it or to HTML is written by its number.
fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' | '\\' => out.push_str(&format!("#{};", c as u32)),
            _ => out.push(c),
        }
        out
    })
}
