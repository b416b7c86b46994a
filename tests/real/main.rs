//! What plimsoll says, against the real programs. A program that is not installed makes its cases ignored, by name;
//! `PLIMSOLL_REQUIRE_REAL=1` makes them fail instead.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test sets its files up itself, and fails loudly"
)]

mod celery;
mod load;
mod nginx;
mod nginx_tree;
mod python;
mod servers;
mod settings;
mod stores;
mod uvicorn;
mod yaml;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let all = [
        nginx::trials(),
        nginx_tree::trials(),
        python::trials(),
        servers::trials(),
        uvicorn::trials(),
        celery::trials(),
        stores::trials(),
        yaml::trials(),
        load::trials(),
    ];
    libtest_mimic::run(&arguments, all.into_iter().flatten().collect()).exit();
}

/// A case that needs a program: ignored, and named so, when it is not there and nobody requires it.
#[allow(clippy::disallowed_methods, reason = "whether a missing program fails is said by the environment")]
fn needing(
    program: &str,
    is_there: bool,
    name: String,
    case: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Trial {
    let required = std::env::var("PLIMSOLL_REQUIRE_REAL").is_ok_and(|it| it == "1");
    if is_there || required {
        Trial::test(name, move || case().map_err(Into::into))
    } else {
        Trial::test(format!("{name} (ignored: {program} not found)"), || Ok(())).with_ignored_flag(true)
    }
}
