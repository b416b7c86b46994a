//! The sample files of measurements, read as `audit --calibrate` reads them.

use plimsoll::capacity::calibrate::calibrate;
use plimsoll::config::{Assume, Measure};

/// Each file by what is in it; an access log and statements settle different numbers, and are few.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads files")]
fn samples_of_measurements_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calibrate");
    let mut assume = Assume::default();
    let mut remarks = Vec::new();
    for name in ["access.log", "statements.csv", "k6.json", "locust_stats.csv", "metrics.txt", "wrk.txt"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let found = calibrate(name, &text).unwrap();
        remarks.extend(found.remarks);
        found.measured.into_iter().for_each(|it| assume.measure(it));
    }
    let of = |measure| {
        let it = assume.measured(measure).unwrap();
        format!("{:.1} / {:.1} / {:.1} {}", it.value[0], it.value[1], it.value[2], it.words)
    };
    let all = [Measure::Response, Measure::ResponseAtMost, Measure::Query, Measure::QueryCpu].map(of).join("\n");
    let text = format!("{all}\n\n{}\n", remarks.join("\n"));
    snapbox::assert_data_eq!(text, snapbox::Data::read_from(&folder.join("expected.txt"), None).raw());
}
