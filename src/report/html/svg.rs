//! Drawings: shapes put one after the other, sizes in the drawing's own units, colours by classes of the page's style.

use std::fmt::Write as _;

/// How wide a character of a drawing's text is taken to be. Nobody can measure text here; a line that is a little
/// shorter than its box is no harm.
pub(super) const CHARACTER: f64 = 6.7;

/// A drawing.
#[derive(Debug)]
pub(super) struct Svg {
    body: String,
    width: f64,
    height: f64,
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    End,
}

impl Anchor {
    fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

impl Svg {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { body: String::new(), width, height }
    }

    pub(super) fn rect(&mut self, [x, y, width, height]: [f64; 4], class: &str) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        self.put(format_args!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" class="{class}"/>"#));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        self.put(format_args!(r#"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="{class}"/>"#));
    }

    /// A path in SVG's own letters; see [`curve`].
    pub(super) fn path(&mut self, path: &str, class: &str) {
        self.put(format_args!(r#"<path d="{path}" class="{class}"/>"#));
    }

    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let ([x, y], anchor, text) = ([at.0, at.1].map(number), anchor.word(), escape(text));
        self.put(format_args!(r#"<text x="{x}" y="{y}" text-anchor="{anchor}" class="{class}">{text}</text>"#));
    }

    /// The drawing's markup. `name` distinguishes it from others of the page; `title` and `about` say in words what it
    /// shows, for those who do not see it.
    pub(super) fn finish(self, name: &str, title: &str, about: &str) -> String {
        let (width, height) = (number(self.width), number(self.height));
        let (title, about) = (escape(title), escape(about));
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"{name}-title {name}-about\"><title id=\"{name}-title\">{title}</title>\
             <desc id=\"{name}-about\">{about}</desc>{}</svg>",
            self.body
        )
    }

    fn put(&mut self, shape: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.body.write_fmt(shape);
    }
}

/// A curve that leaves to the right and arrives from the left.
pub(super) fn curve(from: (f64, f64), to: (f64, f64)) -> String {
    let bend = ((to.0 - from.0) / 2.0).abs().max(30.0);
    let [x1, y1, x2, y2, x3, y3] = [from.0, from.1, from.0 + bend, to.0 - bend, to.0, to.1].map(number);
    format!("M{x1} {y1}C{x2} {y1} {y2} {y3} {x3} {y3}")
}

/// A number with one decimal at most: the same bytes wherever it is computed.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A text as it may stand in markup and in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
        out
    })
}

/// A text cut to a number of characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_decimal_at_most() {
        assert_eq!([1.0, 2.25, -0.04, 10.96].map(number), ["1", "2.2", "-0", "11"]);
    }

    #[test]
    fn texts_cannot_leave_their_place() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text((0.0, 1.5), Anchor::End, "x", "</text><script>");
        let text = svg.finish("a", "\"><b>", "&");
        assert!(text.contains(r#"<text x="0" y="1.5" text-anchor="end" class="x">&lt;/text&gt;&lt;script&gt;</text>"#));
        assert!(text.contains("<title id=\"a-title\">&quot;&gt;&lt;b&gt;</title><desc id=\"a-about\">&amp;</desc>"));
    }

    #[test]
    fn long_texts_are_cut_by_characters() {
        assert_eq!((cut("é".repeat(5).as_str(), 3), cut("abc", 3)), ("éé…".into(), "abc".into()));
    }
}
