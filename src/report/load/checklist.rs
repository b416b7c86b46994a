//! What to watch while a load test runs, as Markdown.

use std::io::{self, Write};

use crate::view::LoadTest;

/// Writes the list.
///
/// # Errors
/// When `out` cannot be written to.
pub fn checklist(test: &LoadTest, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "# What to watch while `{}` is under load\n", test.service)?;
    for sentence in &test.ramp.expected {
        writeln!(out, "{sentence}")?;
    }
    writeln!(out, "{}\n", test.ramp.because)?;
    writeln!(
        out,
        "Look at each once before the test, and again at every step: what changes is what matters. The commands look at what \
         serves; a process that is started beside it knows nothing of its pools.\n"
    )?;
    for watch in &test.watch {
        writeln!(out, "- [ ] **{}**", watch.what)?;
        if !watch.command.is_empty() {
            writeln!(out, "  ```sh\n  {}\n  ```", watch.command)?;
        }
        writeln!(out, "  {}", watch.says)?;
    }
    Ok(())
}
