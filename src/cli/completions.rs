//! `plimsoll completions` and `plimsoll man`

use clap::Args;
use clap_complete::Shell;

use super::output::Out;
use super::{Error, Verdict};

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, out: &Out, mut command: clap::Command) -> Result<Verdict, Error> {
        out.print(None, |to, _| {
            clap_complete::generate(self.shell, &mut command, "plimsoll", to);
            Ok(())
        })?;
        Ok(Verdict::Fine)
    }
}

/// Prints the manual page.
pub(super) fn man(out: &Out, command: clap::Command) -> Result<Verdict, Error> {
    out.print(None, |to, _| clap_mangen::Man::new(command).render(to))?;
    Ok(Verdict::Fine)
}
