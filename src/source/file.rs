//! One file of the audited tree, and a place in it.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::sought::{Places, Sought};

/// A file of this run: its index in the sorted list of files that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

impl FileId {
    /// Of no file: the place of what is written in none.
    pub const NOWHERE: Self = Self(u32::MAX);
    /// So many files may lie outside the tree.
    const MOST_OUTSIDE: u32 = 1 << 10;

    /// Of a file that is known without being of the tree: nothing is shown of it.
    pub fn outside(at: u32) -> Self {
        Self(u32::MAX - 1 - at.min(Self::MOST_OUTSIDE))
    }

    /// Whether it is of such a file.
    pub fn is_outside(self) -> bool {
        self != Self::NOWHERE && self.0 >= u32::MAX - 1 - Self::MOST_OUTSIDE
    }
}

/// A range of bytes in one file. Lines and columns are for the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte; equal to `start` for a place between two bytes.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to `end` of `file`. Files over 4 GiB are never read, so the cast holds.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { file, start: start as u32, end: end as u32 }
    }

    /// The place just before byte `at`.
    pub fn at(file: FileId, at: usize) -> Self {
        Self::new(file, at, at)
    }

    /// The bytes, as an index into the file's text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span over both, which must lie in one file.
    pub fn cover(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies within it.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A line and a column, both from 1; the column counts characters, as editors do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// A file as it is on disk: UTF-8, with its byte order mark and its line endings where it has them.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Which file of the run it is.
    pub id: FileId,
    /// Its path below the audited root, parted by `/` on every system.
    pub path: Box<str>,
    /// Where it is on disk.
    pub disk: PathBuf,
    text: Box<str>,
    lines: OnceLock<Vec<u32>>,
    sought: OnceLock<Places>,
}

impl SourceFile {
    /// A file with this content; `disk` may be empty for one that exists in memory only.
    pub fn new(id: FileId, path: impl Into<Box<str>>, disk: PathBuf, text: impl Into<Box<str>>) -> Self {
        Self { id, path: path.into(), disk, text: text.into(), lines: OnceLock::new(), sought: OnceLock::new() }
    }

    /// The whole text, byte for byte, a byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where its text has one of the words that are looked for, in order.
    pub fn places(&self, sought: Sought) -> &[u32] {
        self.sought.get_or_init(|| Places::of(&self.text)).get(sought)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder it lies in, without a slash at the end; empty at the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// How many bytes a byte order mark takes at the front: 3 or 0.
    pub fn bom(&self) -> usize {
        if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// The line ending that this file uses, `\r\n` when its first line ends so.
    pub fn newline(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// The text of a span of this file.
    pub fn slice(&self, span: Span) -> &str {
        debug_assert_eq!(span.file, self.id);
        self.text.get(span.range()).unwrap_or("")
    }

    /// A span of this file.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.id, range.start, range.end)
    }

    /// The byte offset at which each line starts; the first is 0.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at as u32 + 1));
            starts
        })
    }

    /// The line (from 0) that holds byte `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|&start| start as usize <= offset) - 1
    }

    /// The bytes of a line (from 0), its ending included.
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let starts = self.line_starts();
        let start = starts.get(line).map_or(self.text.len(), |&start| start as usize);
        let end = starts.get(line + 1).map_or(self.text.len(), |&start| start as usize);
        start..end
    }

    /// The text of a line (from 0) without its ending.
    pub fn line(&self, line: usize) -> &str {
        self.text[self.line_range(line)].trim_end_matches(['\n', '\r'])
    }

    /// Where byte `offset` stands for a reader; past the end it is the end.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let start = self.line_range(line).start;
        let before = self.text[start..offset].trim_start_matches('\u{feff}');
        Position { line: line + 1, column: before.chars().count() + 1 }
    }
}

/// The files of a run, in the order of their paths. A copy shares them.
#[derive(Clone, Debug)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
    /// The file of ids that are of none: it is empty and called nothing.
    nowhere: Arc<SourceFile>,
}

impl Default for Sources {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Sources {
    /// The files; each must carry the id of its place in the list.
    pub fn new(files: Vec<SourceFile>) -> Self {
        debug_assert!(files.iter().enumerate().all(|(at, file)| file.id.0 as usize == at));
        let nowhere = Arc::new(SourceFile::new(FileId::NOWHERE, "", PathBuf::new(), ""));
        Self { files: files.into_iter().map(Arc::new).collect(), nowhere }
    }

    /// The file of an id that came from these sources; an empty one for [`FileId::NOWHERE`], and any other.
    pub fn file(&self, id: FileId) -> &SourceFile {
        self.files.get(id.0 as usize).unwrap_or(&self.nowhere)
    }

    /// The file of an id, to keep.
    pub fn share(&self, id: FileId) -> Arc<SourceFile> {
        self.files.get(id.0 as usize).unwrap_or(&self.nowhere).clone()
    }

    /// The file at a path below the root.
    pub fn by_path(&self, path: &str) -> Option<&SourceFile> {
        // Paths are compared as their bytes, which is how the walk sorts them.
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.files.get(at).map(|file| &**file)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &SourceFile> {
        self.files.iter().map(|file| &**file)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The same files, with one of them holding another text.
    pub fn replace(&mut self, id: FileId, text: impl Into<Box<str>>) {
        if let Some(file) = self.files.get_mut(id.0 as usize) {
            *file = Arc::new(SourceFile::new(id, file.path.clone(), file.disk.clone(), text));
        }
    }
}
