//! What plimsoll says of code that talks to a mapper, against the code itself: real Django and SQLAlchemy run over SQLite
//! with 1, 2 and 20 rows, and their statements are counted. What is flagged grows with the rows, what does not grow is not
//! flagged, and behind a fix the count is the same for all sizes and the output is as before.
//!
//! A case is a function with `@case` in `tests/orm/*/*/cases/`, with all that stands between it and the case before. Nothing
//! in it says whether it grows: that is measured. `table.txt` holds how many of each kind are found, and names what is not;
//! `SNAPSHOTS=overwrite cargo test --test orm` writes it anew. The packages are pinned in `requirements.txt` and installed
//! into `target/`, for which the first run needs the network.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test sets its files up itself, and fails loudly"
)]

mod interpreter;
mod judge;
mod rules;
mod run;
mod signs;

use libtest_mimic::{Arguments, Trial};

use judge::Judged;
use run::REPOSITORIES;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for repository in REPOSITORIES {
        let mut trial = |name: &str, check: fn(&Judged) -> Result<(), String>| {
            trials.push(Trial::test(format!("{repository}: {name}"), move || Ok(check(judge::judged(repository)?)?)));
        };
        trial("every case runs", judge::all_run);
        trial("what is flagged grows with the rows", judge::none_is_false);
        trial("a fixed case asks as often for 20 rows as for 2", judge::fixes_hold);
        trial("fixes leave what comes out as it was", judge::outputs_hold);
    }
    trials.push(Trial::test("there are enough cases of each kind", || Ok(judge::are_enough()?)));
    trials.push(Trial::test("the table is as it was", || Ok(judge::table_holds()?)));
    trials.push(Trial::test("uses: what is told is seen when it runs", || Ok(signs::none_is_false()?)));
    trials.push(Trial::test("uses: what is mended runs", || Ok(signs::fixes_hold()?)));
    trials.push(Trial::test("uses: the table is as it was", || Ok(signs::table_holds()?)));
    libtest_mimic::run(&arguments, trials).exit();
}
