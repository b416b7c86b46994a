//! Where output goes: standard output, or a file; in colours, or not.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use plimsoll::source::write_output;

use super::{Color, Error, Style};

/// Where output goes and how.
#[derive(Debug)]
pub(super) struct Out {
    color: Color,
    quiet: u8,
    verbose: bool,
}

impl Out {
    pub(super) fn new(color: Color, quiet: u8, verbose: bool) -> Self {
        Self { color, quiet, verbose }
    }

    /// How text for people is laid out on standard output.
    pub(super) fn style(&self) -> Style {
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
        };
        let detail = if self.verbose { 2 } else { u8::from(self.quiet == 0) };
        Style { color, width: columns(), detail }
    }

    /// Prints what `print` writes: to the file, when one is named, else to standard output.
    pub(super) fn print(
        &self,
        file: Option<&Path>,
        print: impl FnOnce(&mut Vec<u8>, Style) -> io::Result<()>,
    ) -> Result<(), Error> {
        let mut bytes = Vec::new();
        match file {
            Some(path) => {
                print(&mut bytes, Style { color: false, ..self.style() })?;
                write_output(path, &bytes)?;
            }
            None if self.quiet > 1 => {}
            None => {
                print(&mut bytes, self.style())?;
                let mut out = BufWriter::new(io::stdout().lock());
                match out.write_all(&bytes).and_then(|()| out.flush()) {
                    // Whoever read the output has read enough; what came of the command stays what it is.
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                    printed => printed?,
                }
            }
        }
        Ok(())
    }

    /// Tells people something that is no output: on standard error.
    pub(super) fn say(&self, text: &str) {
        if self.quiet == 0 {
            // Where there is nobody to tell, there is nothing to do.
            let _ = writeln!(self.stderr(), "{text}");
        }
    }

    /// Tells people why it did not work.
    pub(super) fn complain(&self, text: &str) {
        let mut out = self.stderr();
        for line in text.lines() {
            let _ = writeln!(out, "\u{1b}[1;31merror\u{1b}[0m: {line}");
        }
    }

    fn stderr(&self) -> AutoStream<io::Stderr> {
        let choice = match self.color {
            Color::Auto => AutoStream::choice(&io::stderr()),
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        AutoStream::new(io::stderr(), choice)
    }
}

/// The columns to use: what the user or the terminal says there are, between 60 and 120; 100 where there is no terminal.
fn columns() -> usize {
    if !io::stdout().is_terminal() {
        return 100;
    }
    #[allow(clippy::disallowed_methods, reason = "cli/ reads the environment")]
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse::<usize>().ok());
    let seen = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    told.or_else(seen).unwrap_or(100).clamp(60, 120)
}
