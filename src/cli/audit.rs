//! `plimsoll audit`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use plimsoll::capacity::calibrate::calibrate;
use plimsoll::capacity::{Band, Goal};
use plimsoll::config::Assume;
use plimsoll::report::{html, json, markdown};
use plimsoll::source::read_text;
use plimsoll::view::{Earlier, Filter, Setting, View};
use plimsoll::{Sized, audit_and_size};

use super::output::Out;
use super::roots::Roots;
use super::{Error, Reading, Verdict};

/// A file of measurements is read whole.
const MOST_BYTES: u64 = 256 << 20;

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// The folder to audit.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Write the report to a file; its ending says the format: `report.html`, `report.md`, `report.json`.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to write it. Markdown, where no file's ending says otherwise.
    #[arg(long)]
    format: Option<Format>,
    /// What would become of the capacity if a number were another: `web.workers=8`, `db.max_connections=300`; may be given
    /// several times.
    #[arg(long, value_name = "NAME=NUMBER")]
    set: Vec<String>,
    /// Say what so many users at once ask for: processes, connections, CPUs. It takes `--think-time` or `--usage`.
    #[arg(long, value_name = "USERS", value_delimiter = ',')]
    target_users: Vec<f64>,
    /// Say what so many requests a second ask for.
    #[arg(long, value_name = "RATE", value_delimiter = ',')]
    target_rps: Vec<f64>,
    /// What a user does between two requests: short for `--assume think_time=15s`.
    #[arg(long, value_name = "TIME")]
    think_time: Option<String>,
    /// How much each of `--target-users` does.
    #[arg(long, value_delimiter = ',', conflicts_with = "think_time", requires = "target_users")]
    usage: Vec<Usage>,
    /// Take measurements out of this file, in the place of what is usual: an access log of nginx or gunicorn with times, the
    /// CSV of `pg_stat_statements`, metrics as Prometheus reads them, or the result of k6, Locust or wrk; may be given
    /// several times.
    #[arg(long, value_name = "FILE")]
    calibrate: Vec<PathBuf>,
    /// Say what has changed since an earlier audit, which `--format json` wrote.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Requests of each user in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Usage {
    /// Looks around: 1 to 2 requests a minute.
    Light,
    /// Reads and writes now and then: 2 to 5.
    Normal,
    /// Works in it without pause: 5 to 10.
    Heavy,
    /// Asks without a thought, as a script or a refreshing page does: 60.
    Peak,
}

impl Usage {
    fn per_minute(self) -> Band {
        match self {
            Usage::Light => Band::new(1.0, 1.5, 2.0),
            Usage::Normal => Band::new(2.0, 3.0, 5.0),
            Usage::Heavy => Band::new(5.0, 7.0, 10.0),
            Usage::Peak => Band::point(60.0),
        }
    }
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For forges and editors.
    #[value(alias = "md")]
    Markdown,
    /// One file for a browser, with drawings.
    Html,
    /// For programs.
    Json,
}

impl Format {
    /// What a file's ending says.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

impl Audit {
    pub(super) fn run(&self, out: &Out) -> Result<Verdict, Error> {
        let roots = Roots::folder(self.path.as_ref(), &std::env::current_dir()?)?;
        let mut options = self.reading.options(&roots.root)?;
        if let Some(time) = &self.think_time {
            let said = options.config.assume.say(&format!("think_time={time}"));
            said.map_err(|why| Error::Usage(format!("--think-time {time}: {why}")))?;
        }
        let goals = self.goals(options.config.assume.workload("think_time").is_some())?;
        for path in &self.calibrate {
            self.measure(path, &mut options.config.assume, out)?;
        }
        let earlier = self.compare.as_deref().map(earlier).transpose()?;
        options.config.check_names(options.rules.names())?;
        let Sized { report, plan, settled, storage } = audit_and_size(&roots.root, &options, &goals)?;
        super::say_unmet(out, &options.config.assume, &report);
        let view = View::new(&report, &Filter::default()).with_capacity(&report, &options.config.assume);
        let view = view.with_graphs(&report).with_plan(&report, &plan);
        let settings = self.set.iter().map(|text| Setting::parse(text).map_err(|why| format!("--set {text}: {why}")));
        let settings: Vec<Setting> = settings.collect::<Result<_, _>>().map_err(Error::Usage)?;
        let view = view.with_what_if(&report, &options.config.assume, &settings).map_err(Error::Usage)?;
        let assume = &options.config.assume;
        let view = view.with_sizing(&report, &storage, assume, &goals, &settled);
        let stated = assume.workload("users").map(|it| it.value[1]);
        let users: Vec<f64> =
            if self.target_users.is_empty() { stated.into_iter().collect() } else { self.target_users.clone() };
        let view = view.with_storage(&report.sources, &storage, &users);
        let view = earlier.iter().fold(view, View::with_comparison);
        let format = self.format.or_else(|| self.output.as_deref().and_then(Format::of)).unwrap_or(Format::Markdown);
        let output = self.output.as_deref();
        match format {
            Format::Markdown => out.print(output, |to, _| markdown::render(&view, to))?,
            Format::Json => out.print(output, |to, _| json::render_audit(&view, to))?,
            Format::Html => {
                let view = view.with_facts(&report).with_excerpts(&report);
                out.print(output, |to, _| html::render(&view, to))?;
            }
        }
        Ok(Verdict::Fine)
    }

    /// What is to be sized for.
    fn goals(&self, thinks: bool) -> Result<Vec<Goal>, Error> {
        let mut goals = Vec::new();
        for users in &self.target_users {
            let users = sized("--target-users", *users)?;
            match self.usage.as_slice() {
                [] if !thinks => {
                    let why = "how many requests users send depends on how long they think between two: state \
                               `--think-time 15s`, or `--usage normal`";
                    return Err(Error::Usage(format!("--target-users {users}: {why}")));
                }
                [] => goals.push(Goal::Users(users)),
                all => goals.extend(all.iter().map(|it| Goal::Usage(users, it.per_minute()))),
            }
        }
        for rate in &self.target_rps {
            goals.push(Goal::Rate(sized("--target-rps", *rate)?));
        }
        Ok(goals)
    }

    /// Takes over what a file of measurements gives.
    fn measure(&self, path: &Path, assume: &mut Assume, out: &Out) -> Result<(), Error> {
        let wrong = |why: String| Error::Usage(format!("--calibrate {}: {why}", path.display()));
        let text = read_text(path, MOST_BYTES).map_err(wrong)?;
        let name = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
        let found = calibrate(&name, &text).map_err(wrong)?;
        for remark in found.remarks {
            out.say(&format!("note: {remark}"));
        }
        for measurement in found.measured {
            assume.measure(measurement);
        }
        Ok(())
    }
}

/// What an earlier audit wrote.
fn earlier(path: &Path) -> Result<Earlier, Error> {
    let read = read_text(path, MOST_BYTES).and_then(|text| Earlier::parse(&text));
    read.map_err(|why| Error::Usage(format!("--compare {}: {why}", path.display())))
}

/// A number that a goal can be.
fn sized(flag: &str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value <= 1e9 {
        return Ok(value);
    }
    Err(Error::Usage(format!("{flag} {value}: expected a number above 0, and 1,000,000,000 at most")))
}
