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
    assert!(said("calls,mean_time,toplevel\n200,3,t\n500,100,f\n")[0].1.starts_with("3.10"));
    assert!(said("calls,total_time,blk_read_time\n100,400,300\n")[1].1.contains("/ 1.25 of"));
    assert_eq!(fault("calls,mean_exec_time\n1,2\nx,3\n"), "line 3: `calls` is `x`, expected a number, 0 or more");
    assert!(fault("calls,mean_exec_time,query\n1,2,COMMIT\n").starts_with("holds no statement"));
}

#[test]
fn of_two_times_of_nginx_the_smaller_is_the_applications() {
    let line = |rest: &str| format!("1.2.3.4 - - [t] \"GET /a HTTP/1.1\" 200 12 \"-\" \"x\" {rest}\n").repeat(100);
    let text = line("0.120 0.100") + &line("0.030 0.020") + &line("0.001 -");
    assert_eq!(
        said(&text),
        [(Measure::Response, "60.00 / 60.00 / 60.00 of 200 requests in f, median 100.0 ms".to_owned())]
    );
    assert_eq!(
        said(&(line("\"0.100\" 0.120") + &line("0.040 0.041")))[0].1,
        "70.00 / 70.00 / 70.00 of 200 requests in f, median 100.0 ms"
    );
    // Two servers were asked for one request.
    assert!(said(&line("0.120 0.040, 0.050"))[0].1.starts_with("90.00"));
    // With one time a client's may be in it; six decimals are gunicorn's.
    assert_eq!(said(&line("0.120"))[0].0, Measure::ResponseAtMost);
    assert_eq!(
        said(&line("0.012345"))[0],
        (Measure::Response, "12.35 / 12.35 / 12.35 of 100 requests in f, median 12.3 ms".to_owned())
    );
    assert!(fault(&line("1234")).starts_with("line 1: no time is known in it"));
}

#[test]
fn times_with_names_are_read_by_them() {
    let text = "{\"request_time\": \"0.300\", \"upstream_response_time\": \"0.250\"}\n{\"request_time\": 0.300, \"upstream_response_time\": \"-\"}\n";
    let said = |text: &str| said(&text.repeat(100));
    assert!(said(text)[0].1.starts_with("250.00 / 250.00 / 250.00 of 100 requests in"));
    assert!(said("\"GET / HTTP/1.1\" 200 rt=0.300 urt=\"0.100, 0.150\"\n")[0].1.starts_with("250.00"));
    assert!(said("{\"duration_us\": 12500}\n")[0].1.starts_with("12.50"));
    assert!(said("\"GET / HTTP/1.1\" 200 D=12500\n")[0].1.starts_with("12.50"));
}

#[test]
fn what_holds_no_slot_is_left_out() {
    let text = "\"GET /ws HTTP/1.1\" 101 0 60.000 60.000\n\"GET /a.css?v=1 HTTP/1.1\" 200 5 0.001 -\n\"GET /b HTTP/1.1\" 200 5 0.050 0.050\n";
    let found = calibrate("f", &text.repeat(100)).unwrap();
    assert_eq!(found.measured[0].value, [50.0; 3]);
    assert!(found.remarks[0].starts_with("200 requests in f left out"), "{:?}", found.remarks);
}

#[test]
fn what_holds_no_time_is_said_to() {
    assert!(fault("INFO:     127.0.0.1:5000 - \"GET / HTTP/1.1\" 200 OK\n").contains("uvicorn"));
    assert_eq!(fault(" \n"), "is empty");
    assert!(fault("hello\n").starts_with("line 1: no time is known in it; expected a line of nginx's"));
}

#[test]
fn few_requests_tell_little() {
    let line = "\"GET /a HTTP/1.1\" 200 12 0.120 0.100\n";
    let found = calibrate("f", &line.repeat(4)).unwrap();
    let [low, likely, high] = found.measured[0].value;
    assert!((likely - 100.0).abs() < 1e-9 && low < 60.0 && high > 140.0, "{low} {high}");
    assert_eq!(found.remarks, ["f holds only 4 requests: their mean may be off by 41 %"]);
    let many = calibrate("f", &line.repeat(100)).unwrap();
    assert_eq!((many.measured[0].value, many.remarks.len()), ([100.0; 3], 0));
    assert!(fault(&"\"GET /a HTTP/1.1\" 200 12 0.000 0.000\n".repeat(100)).starts_with("holds times of 0 alone"));
}

#[test]
fn load_tests_are_read_from_outside() {
    let flat = r#"{"metrics": {"http_reqs": {"count": 1000, "rate": 50}, "http_req_failed": {"value": 0.02},
        "http_req_duration": {"avg": 45.5, "med": 40}}}"#;
    assert!(said(flat)[0].1.starts_with("40.00 / 45.50 / 45.50 of 1,000 requests in f, median 40.0 ms; seen by the"));
    assert_eq!(said(flat)[0].0, Measure::ResponseAtMost);
    assert!(calibrate("f", flat).unwrap().remarks[0].starts_with("20 requests in f failed"));
    let whole = r#"{"root_group": {}, "metrics": {"http_reqs": {"type": "counter", "values": {"count": 1000}},
        "http_req_duration": {"values": {"avg": 60, "med": 50}},
        "http_req_duration{expected_response:true}": {"values": {"avg": 45.5, "med": 40}}}}"#;
    assert!(said(whole)[0].1.starts_with("40.00 / 45.50 / 45.50 of 1,000"));
    let locust = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time\n\
                  GET,/a,300,0,10,12\nGET,/b,100,0,30,40\n,Aggregated,400,0,15,19\n";
    assert!(said(locust)[0].1.starts_with("15.00 / 19.00 / 19.00 of 400 requests"));
    assert!(said(locust.rsplit_once(",Agg").unwrap().0)[0].1.starts_with("19.00 / 19.00 / 19.00 of 400"));
    let wrk = "Running 10s test @ http://localhost/\n  2 threads and 10 connections\n  Thread Stats   Avg      Stdev\n    \
               Latency    12.50ms    1.00ms  20.00ms   70.00%\n    Req/Sec   400.00\n  8000 requests in 10.00s, 1MB read\n  \
               Non-2xx or 3xx responses: 3\nRequests/sec: 800\n";
    assert!(said(wrk)[0].1.starts_with("12.50 / 12.50 / 12.50 of 8,000 requests"));
    assert!(calibrate("f", wrk).unwrap().remarks[0].starts_with("3 requests in f failed"));
}

#[test]
fn of_metrics_each_request_counts_once() {
    let text = "# HELP http_request_duration_seconds Duration\n# TYPE http_request_duration_seconds histogram\n\
        http_request_duration_seconds_bucket{handler=\"/a\",le=\"+Inf\"} 300\n\
        http_request_duration_seconds_count{handler=\"/a\"} 300\nhttp_request_duration_seconds_sum{handler=\"/a\"} 15\n\
        http_request_duration_seconds_count{handler=\"/b\"} 100\nhttp_request_duration_seconds_sum{handler=\"/b\"} 25\n\
        http_request_duration_seconds_count{handler=\"/metrics\"} 900\nhttp_request_duration_seconds_sum{handler=\"/metrics\"} 1\n\
        http_request_duration_highr_seconds_count 400\nhttp_request_duration_highr_seconds_sum 40\n\
        http_client_request_duration_seconds_count 9000\nhttp_client_request_duration_seconds_sum 40\n";
    let found = calibrate("f", text).unwrap();
    assert_eq!(found.measured[0].value, [100.0; 3]);
    assert_eq!(&*found.measured[0].words, "of 400 requests in f, its `http_request_duration_highr_seconds`");
    assert_eq!(
        found.remarks,
        ["`http_request_duration_seconds` in f left aside for `http_request_duration_highr_seconds`"]
    );
    let django = "# TYPE django_db_query_duration_seconds histogram\n\
        django_db_query_duration_seconds_count{alias=\"default\"} 2000\ndjango_db_query_duration_seconds_sum{alias=\"default\"} 8\n\
        django_http_requests_latency_including_middlewares_seconds_count 400\n\
        django_http_requests_latency_including_middlewares_seconds_sum 20\n\
        django_http_requests_latency_seconds_by_view_method_count{view=\"a\"} 400\n\
        django_http_requests_latency_seconds_by_view_method_sum{view=\"a\"} 18\n";
    let said = said(django);
    assert!(
        said[0].1.starts_with("50.00 / 50.00 / 50.00 of 400 requests in f, its `django_http_requests_latency_incl")
    );
    assert_eq!(
        said[1],
        (Measure::Query, "4.00 / 4.00 / 4.00 of 2,000 queries in f, its `django_db_query_duration_seconds`".into())
    );
    assert!(calibrate("f", django).unwrap().remarks[1].contains("--assume q=5.0"));
    assert!(fault("# TYPE up gauge\nup 1\n").starts_with("holds no histogram"));
}

#[test]
fn two_files_of_one_thing_are_one_of_all_their_requests() {
    let log = |time: &str, times: usize| {
        let text = format!("\"GET /a HTTP/1.1\" 200 12 {time} {time}\n").repeat(times);
        calibrate("f", &text).unwrap().measured.remove(0)
    };
    let mut assume = crate::config::Assume::default();
    assume.measure(log("0.100", 300));
    assume.measure(log("0.020", 100));
    let both = assume.measured(Measure::Response).unwrap();
    assert_eq!((both.value, both.samples), ([80.0; 3], 400.0));
    assert!(both.words.contains("; and of 100 requests in f"));
}
