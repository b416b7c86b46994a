use super::*;
use crate::config::Measure;

fn said(text: &str) -> Vec<(Measure, String)> {
    let round = |it: &Measurement| {
        let [low, likely, high] = it.value;
        (it.of, format!("{low:.2} / {likely:.2} / {high:.2} {}", it.words))
    };
    calibrate("f", text).unwrap().measured.iter().map(round).collect()
}

fn fault(text: &str) -> String {
    calibrate("f", text).unwrap_err()
}

#[test]
fn statements_are_weighted_by_their_calls() {
    let text =
        "query,calls,total_exec_time\n\"select \"\"a\"\",\nb\",300,600\nBEGIN,900,9\n/* x */ UPDATE t,100,1000\n";
    let found = said(text);
    assert_eq!(found[0].0, Measure::Query);
    assert_eq!(
        found[0].1,
        "4.10 / 4.50 / 6.00 of 400 queries in f, 4.000 ms each in the server, and 0.1 to 2 ms for the way there and back"
    );
    assert_eq!(found[1].0, Measure::QueryCpu);
    assert!(found[1].1.starts_with("0.10 / 2.12 / 4.25"), "{}", found[1].1);
    assert!(calibrate("f", text).unwrap().remarks[1].starts_with("900 calls in f left out"));
    // Means, older names, statements within statements, and what disks took.
    assert!(said("calls,mean_time,toplevel\n2,3,t\n5,100,f\n")[0].1.starts_with("3.10"));
    assert!(said("calls,total_time,blk_read_time\n1,4,3\n")[1].1.contains("/ 1.25 of"));
    assert_eq!(fault("calls,mean_exec_time\n1,2\nx,3\n"), "line 3: `calls` is `x`, expected a number, 0 or more");
    assert!(fault("calls,mean_exec_time,query\n1,2,COMMIT\n").starts_with("holds no statement"));
}

#[test]
fn of_two_times_of_nginx_the_smaller_is_the_applications() {
    let line = |rest: &str| format!("1.2.3.4 - - [t] \"GET /a HTTP/1.1\" 200 12 \"-\" \"x\" {rest}\n");
    let text = line("0.120 0.100") + &line("0.030 0.020") + &line("0.001 -");
    assert_eq!(
        said(&text),
        [(Measure::Response, "60.00 / 60.00 / 60.00 of 2 requests in f, median 100.0 ms".to_owned())]
    );
    assert_eq!(
        said(&(line("\"0.100\" 0.120") + &line("0.040 0.041")))[0].1,
        "70.00 / 70.00 / 70.00 of 2 requests in f, median 100.0 ms"
    );
    // Two servers were asked for one request.
    assert!(said(&line("0.120 0.040, 0.050"))[0].1.starts_with("90.00"));
    // With one time a client's may be in it; six decimals are gunicorn's.
    assert_eq!(said(&line("0.120"))[0].0, Measure::ResponseAtMost);
    assert_eq!(
        said(&line("0.012345"))[0],
        (Measure::Response, "12.35 / 12.35 / 12.35 of 1 request in f, median 12.3 ms".to_owned())
    );
    assert!(fault(&line("1234")).starts_with("line 1: no time is known in it"));
}

#[test]
fn times_with_names_are_read_by_them() {
    let text = "{\"request_time\": \"0.300\", \"upstream_response_time\": \"0.250\"}\n{\"request_time\": 0.300, \"upstream_response_time\": \"-\"}\n";
    assert!(said(text)[0].1.starts_with("250.00 / 250.00 / 250.00 of 1 request in"));
    assert!(said("\"GET / HTTP/1.1\" 200 rt=0.300 urt=\"0.100, 0.150\"\n")[0].1.starts_with("250.00"));
    assert!(said("{\"duration_us\": 12500}\n")[0].1.starts_with("12.50"));
    assert!(said("\"GET / HTTP/1.1\" 200 D=12500\n")[0].1.starts_with("12.50"));
}

#[test]
fn what_holds_no_slot_is_left_out() {
    let text = "\"GET /ws HTTP/1.1\" 101 0 60.000 60.000\n\"GET /a.css?v=1 HTTP/1.1\" 200 5 0.001 -\n\"GET /b HTTP/1.1\" 200 5 0.050 0.050\n";
    let found = calibrate("f", text).unwrap();
    assert_eq!(found.measured[0].value, [50.0; 3]);
    assert!(found.remarks[0].starts_with("2 requests in f left out"), "{:?}", found.remarks);
}

#[test]
fn what_holds_no_time_is_said_to() {
    assert!(fault("INFO:     127.0.0.1:5000 - \"GET / HTTP/1.1\" 200 OK\n").contains("uvicorn"));
    assert_eq!(fault(" \n"), "is empty");
    assert!(fault("hello\n").starts_with("line 1: no time is known in it; expected a line of nginx's"));
}
