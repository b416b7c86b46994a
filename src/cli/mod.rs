//! The command line: flags, exit codes, and the only place that reads the environment.

mod audit;
mod check;
mod completions;
mod explain;
mod facts;
mod list;
mod loadtest;
mod output;
mod patch;
mod roots;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use plimsoll::config::{Assume, Config, ConfigError, closest};
use plimsoll::report::Style;
use plimsoll::rule::Rules;
use plimsoll::source::{WalkError, WriteError};
use plimsoll::view::Report;
use plimsoll::{AuditError, Options};

use output::Out;

/// Audits the capacity of web backends without running them: what caps the load, at its line, with the diff that
/// lifts it.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, styles = STYLES, max_term_width = 100, infer_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Blue.on_default().bold())
    .usage(AnsiColor::Blue.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

#[derive(Debug, Subcommand)]
enum Command {
    /// Find what caps the load, and mend it on request.
    Check(check::Check),
    /// Write a report for whoever inherits the code, as Markdown.
    Audit(audit::Audit),
    /// Show the stack as the files say it, each value with its origin.
    Facts(facts::Facts),
    /// Write a load test for the endpoints in the code, around the load that is expected.
    Loadtest(loadtest::Loadtest),
    /// Show a rule's page: why, when it is fine, examples.
    Explain(explain::Explain),
    /// List the rules.
    Rules(list::List),
    /// Print completions for a shell.
    Completions(completions::Completions),
    /// Print the manual page.
    #[command(hide = true)]
    Man,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Colours: when the output is a terminal, always, or never. NO_COLOR and CLICOLOR_FORCE are heeded.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    color: Color,
    /// Print findings only; twice, nothing.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    quiet: u8,
    /// Print also what is undecided and what is suppressed.
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = "Global options")]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// What every command takes that reads a repository.
#[derive(Debug, Args)]
struct Reading {
    /// Read this configuration, and no other.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read no configuration.
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
    /// Leave out files and folders, as a line of .gitignore does; may be given several times.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Take this for true where the files leave it open, as `[assume]` in the configuration: `web.cpus=4`,
    /// `database.max_connections=400`, `env.WEB_CONCURRENCY=4`; of the load without a name: `d=8ms`, `think_time=15s`;
    /// may be given several times.
    #[arg(long, value_name = "NAME.KEY=VALUE")]
    assume: Vec<String>,
}

impl Reading {
    /// What the user says for an audit of `root`: flags over the file.
    fn options(&self, root: &Path) -> Result<Options, Error> {
        let found = match &self.config {
            Some(path) => Config::read(path),
            None if self.no_config => Ok(Config::default()),
            None => Config::discover(root),
        };
        let mut config = found.map_err(from_here)?;
        config.exclude.extend(self.exclude.iter().cloned());
        for text in &self.assume {
            config.assume.say(text).map_err(|why| Error::Usage(format!("--assume {text}: {why}")))?;
        }
        Ok(Options { config, rules: rules(root)?, ..Options::default() })
    }
}

/// The built-in rules, and the user's own below `root`.
fn rules(root: &Path) -> Result<Rules, Error> {
    let mut rules = Rules::builtin();
    let pages = plimsoll::source::rule_pages(root).map_err(Error::Usage)?;
    rules.load_user(pages).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Error::Usage(lines.join("\n"))
    })?;
    Ok(rules)
}

/// Tells people of names in `[assume]` that nothing has: what is said of them is said in vain.
fn say_unmet(out: &Out, assume: &Assume, report: &Report) {
    let mut names: Vec<&str> = vec![Assume::ANY_DATABASE];
    for stack in &report.stacks {
        names.extend(stack.services.iter().map(|it| &*it.about.name));
        names.extend(stack.databases.iter().map(|it| &*it.about.name));
        names.extend(stack.processes.iter().filter_map(|it| it.about.owner.as_deref()));
    }
    for (name, _) in assume.iter().filter(|(name, _)| !names.contains(name)) {
        let hint =
            closest(name, names.iter().copied()).map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
        out.say(&format!("warning: `assume.{name}`: no service and no database is called so{hint}"));
    }
}

/// The same, with its file as it is found from the current folder.
fn from_here(error: ConfigError) -> ConfigError {
    let shorten = |path: PathBuf| {
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        here.ok().and_then(|here| path.strip_prefix(here).map(PathBuf::from).ok()).unwrap_or(path)
    };
    match error {
        ConfigError::Faults { path, faults } => ConfigError::Faults { path: shorten(path), faults },
        ConfigError::Unreadable { path, reason } => ConfigError::Unreadable { path: shorten(path), reason },
        other @ ConfigError::Walk(_) => other,
    }
}

/// Why plimsoll could not do its work.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error(transparent)]
    Walk(#[from] WalkError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("the fixes cannot be put together: {0}")]
    Edit(#[from] plimsoll::source::EditError),
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
    #[error("{0}")]
    Usage(String),
}

/// What came of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing to complain of.
    Fine,
    /// Findings as bad as the user minds.
    Findings,
    /// Something could not be read, and the user minds that.
    Unread,
}

/// Runs the command line of this process.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let out = Out::new(cli.global.color, cli.global.quiet, cli.global.verbose);
    let verdict = match &cli.command {
        Command::Check(command) => command.run(&out),
        Command::Audit(command) => command.run(&out),
        Command::Facts(command) => command.run(&out),
        Command::Loadtest(command) => command.run(&out),
        Command::Explain(command) => command.run(&out),
        Command::Rules(command) => command.run(&out),
        Command::Completions(command) => command.run(&out, Cli::command()),
        Command::Man => completions::man(&out, Cli::command()),
    };
    match verdict {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Ok(Verdict::Unread) => ExitCode::from(2),
        Err(error) => {
            out.complain(&error.to_string());
            ExitCode::from(2)
        }
    }
}
