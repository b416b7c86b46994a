//! What stands behind a page's front matter: why, when it is fine, and the examples, which are its tests.

use std::ops::Range;

/// The documentation of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// Why it matters, as Markdown.
    pub why: Box<str>,
    /// When it is fine, as Markdown; empty when the page does not say.
    pub fine: Box<str>,
    /// The examples, in order.
    pub examples: Vec<Example>,
}

/// A small repository, and what the rule says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule must find something in it, or nothing.
    pub flagged: bool,
    /// What it shows.
    pub title: Box<str>,
    /// Its blocks in order.
    pub blocks: Vec<Block>,
    /// Where it ends in the page.
    pub end: usize,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub is: BlockKind,
    /// Its text, the last line's end included.
    pub text: Box<str>,
    /// Where that text stands in the page.
    pub at: Range<usize>,
}

/// What a fenced block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A file at this path.
    File(Box<str>),
    /// What the rule reports.
    Report,
    /// What its fixes change.
    Diff,
    /// Something else.
    Other,
}

impl Example {
    /// The files of the repository.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.blocks.iter().filter_map(|block| match &block.is {
            BlockKind::File(path) => Some((&**path, &*block.text)),
            _ => None,
        })
    }

    /// The block of a kind.
    pub fn block(&self, is: &BlockKind) -> Option<&Block> {
        self.blocks.iter().find(|block| block.is == *is)
    }
}

impl Prose {
    /// Reads what stands behind byte `start` of a page.
    pub fn parse(page: &str, start: usize) -> Self {
        let mut prose = Prose::default();
        let mut section = Section::Why;
        let mut from = start;
        let mut fence: Option<Fence> = None;
        let mut at = start;
        for line in page.get(start..).unwrap_or("").split_inclusive('\n') {
            let next = at + line.len();
            match &fence {
                Some(open) if open.closes(line) => {
                    if let (Section::Example, Some(example)) = (&section, prose.examples.last_mut()) {
                        example.blocks.push(open.block(page, at));
                        example.end = next;
                    }
                    fence = None;
                }
                Some(_) => {}
                None => {
                    fence = Fence::open(line, next);
                    if let Some(heading) = line.strip_prefix("## ") {
                        prose.close(&section, page, from..at);
                        from = next;
                        section = prose.heading(heading.trim(), next);
                    }
                }
            }
            at = next;
        }
        prose.close(&section, page, from..at);
        prose
    }

    /// Takes the text of a section that ends.
    fn close(&mut self, section: &Section, page: &str, range: Range<usize>) {
        let text = page.get(range).unwrap_or("").trim();
        match section {
            Section::Why => self.why = text.into(),
            Section::Fine => self.fine = text.into(),
            Section::Example | Section::Other => {}
        }
    }

    fn heading(&mut self, heading: &str, end: usize) -> Section {
        if heading == "When this is fine" {
            return Section::Fine;
        }
        let example = |flagged, title: &str| Example { flagged, title: title.trim().into(), blocks: Vec::new(), end };
        if let Some(title) = heading.strip_prefix("Flagged:") {
            self.examples.push(example(true, title));
        } else if let Some(title) = heading.strip_prefix("Fine:") {
            self.examples.push(example(false, title));
        } else {
            return Section::Other;
        }
        Section::Example
    }
}

enum Section {
    Why,
    Fine,
    Example,
    Other,
}

/// A fence that is open.
struct Fence {
    ticks: usize,
    is: BlockKind,
    start: usize,
}

impl Fence {
    /// The fence that a line opens; its text starts at `start`.
    fn open(line: &str, start: usize) -> Option<Self> {
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        if ticks < 3 {
            return None;
        }
        let mut words = line.get(ticks..).unwrap_or("").split_whitespace();
        let is = match (words.next(), words.next()) {
            (Some("report"), None) => BlockKind::Report,
            (Some("diff"), None) => BlockKind::Diff,
            (Some(_), Some(path)) => BlockKind::File(path.into()),
            _ => BlockKind::Other,
        };
        Some(Self { ticks, is, start })
    }

    fn closes(&self, line: &str) -> bool {
        let line = line.trim_end();
        line.len() >= self.ticks && line.bytes().all(|byte| byte == b'`')
    }

    /// The block, which ends at byte `end`.
    fn block(&self, page: &str, end: usize) -> Block {
        let at = self.start..end;
        Block { is: self.is.clone(), text: page.get(at.clone()).unwrap_or("").into(), at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\n---\nWhy it is so.\n\n## When this is fine\nNever.\n\n## Flagged: three\n```yaml compose.yaml\na: 1\n```\nand\n````python app/db.py\n```\n````\n```report\nhigh[a/b]: x\n```\n\n## Fine: one\n```yaml compose.yaml\na: 2\n```\n";

    #[test]
    fn the_parts_of_a_page() {
        let prose = Prose::parse(PAGE, 8);
        assert_eq!((&*prose.why, &*prose.fine, prose.examples.len()), ("Why it is so.", "Never.", 2));
        let first = &prose.examples[0];
        assert_eq!((first.flagged, &*first.title), (true, "three"));
        assert_eq!(first.files().collect::<Vec<_>>(), [("compose.yaml", "a: 1\n"), ("app/db.py", "```\n")]);
        let report = first.block(&BlockKind::Report).unwrap();
        assert_eq!(&PAGE[report.at.clone()], "high[a/b]: x\n");
        assert!(!prose.examples[1].flagged);
        assert_eq!(prose.examples[1].block(&BlockKind::Report), None);
    }

    #[test]
    fn a_page_without_end_is_read_as_far_as_it_goes() {
        assert_eq!(Prose::parse("## Flagged: x\n```yaml a.yaml\nopen", 0).examples[0].blocks, []);
        assert_eq!(Prose::parse("", 0), Prose::default());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(page in "(## |Flagged:|Fine:|```|yaml a.yaml|report|é|\n|\r\n| ){0,40}") {
            let prose = Prose::parse(&page, 0);
            for block in prose.examples.iter().flat_map(|it| &it.blocks) {
                assert_eq!(page.get(block.at.clone()), Some(&*block.text));
            }
        }
    }
}
