//! The capacity model: what must hold of it whatever the numbers, and two solvers that share no code with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "capacity/claims.rs"]
mod claims;
#[path = "capacity/events.rs"]
mod events;
#[path = "capacity/files.rs"]
mod files;
#[path = "capacity/mva.rs"]
mod mva;
#[path = "capacity/sample.rs"]
mod sample;
#[path = "capacity/stacks.rs"]
mod stacks;

use plimsoll::capacity::{Curve, Goal, Kind, Layout, Model, Network, SAFE, Size, Sizing, Station, Verdict};
use proptest::prelude::*;
use sample::Sample;

fn network() -> impl Strategy<Value = Network> {
    let station = (1u32..6, 0.1f64..40.0).prop_map(|(servers, demand)| Station { servers: f64::from(servers), demand });
    (prop::collection::vec(station, 1..4), 0.0f64..200.0).prop_map(|(stations, delay)| Network { stations, delay })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Convolution and mean value analysis are two exact solutions of the same network.
    #[test]
    fn the_network_agrees_with_exact_mean_value_analysis(network in network()) {
        let ours = network.throughput(25);
        let theirs = mva::throughput(&network.stations.iter().map(|it| (it.servers, it.demand)).collect::<Vec<_>>(), network.delay, 25);
        for n in 0..=25 {
            prop_assert!((ours[n] - theirs[n]).abs() <= 1e-6 * theirs[n].max(1e-9), "{n}: {} and {}", ours[n], theirs[n]);
        }
    }

    /// Alone nobody waits; with ever more the slowest station never rests; between, the curve lies under both asymptotes
    /// and never falls.
    #[test]
    fn the_network_lies_under_its_asymptotes(network in network()) {
        let rates = network.throughput(400);
        let alone: f64 = network.stations.iter().map(|it| it.demand).sum::<f64>() + network.delay;
        let most = network.stations.iter().map(|it| 1000.0 * it.servers / it.demand).fold(f64::INFINITY, f64::min);
        prop_assert!((rates[1] - 1000.0 / alone).abs() < 1e-6 * rates[1]);
        for n in 1..rates.len() {
            prop_assert!(rates[n] <= (1000.0 * n as f64 / alone).min(most) * (1.0 + 1e-9));
            prop_assert!(rates[n] >= rates[n - 1] * (1.0 - 1e-9));
        }
        // Four times as many as keep the slowest busy.
        let many = (4.0 * alone * most / 1000.0) as usize + 50;
        if many < 800 {
            let saturated = network.throughput(many)[many];
            prop_assert!(saturated > 0.9 * most, "{saturated} of {most}");
        }
    }

    /// Users who think: one user's rate, the asymptotes, and no fall.
    #[test]
    fn the_curve_lies_under_its_asymptotes(network in network(), slots in 1u32..50, think in 0.01f64..20.0) {
        let layout = Layout { slots: f64::from(slots), network };
        let most = layout.network.throughput(slots as usize)[slots as usize];
        let alone = layout.network.alone() / 1000.0;
        let rate = |users| Curve::new(&layout, users).rate(users, think, f64::INFINITY);
        prop_assert!((rate(1) - 1.0 / (think + alone)).abs() < 1e-6 * rate(1));
        let mut last = 0.0;
        for users in [1, 2, 3, 5, 10, 30, 100, 300] {
            let now = rate(users);
            prop_assert!(now <= (users as f64 / (think + alone)).min(most) * (1.0 + 1e-9));
            prop_assert!(now >= last * (1.0 - 1e-9));
            last = now;
        }
        let many = rate(((think + alone) * most * 20.0) as usize + 100);
        prop_assert!(many > 0.99 * most, "{many} of {most}");
    }

    /// More of anything never lowers the capacity, and less work never does.
    #[test]
    fn the_capacity_is_monotone(sample in sample::any(), at in 0usize..8, factor in 1.0f64..4.0) {
        let model = sample.model();
        let before = model.bounds(&model.inputs.likely()).capacity();
        let (more, grows) = sample.changed(at, factor);
        let model = more.model();
        let after = model.bounds(&model.inputs.likely()).capacity();
        if grows {
            prop_assert!(after >= before * (1.0 - 1e-9), "{before} to {after}");
        } else {
            prop_assert!(after <= before * (1.0 + 1e-9), "{before} to {after}");
        }
    }

    /// No load goes beyond the capacity or the users' own pace, and the response time is never below the service time.
    #[test]
    fn a_load_respects_the_bounds(sample in sample::any(), users in 1usize..300, think in 0.0f64..5.0) {
        let model = sample.model();
        let values = model.inputs.likely();
        let bounds = model.bounds(&values);
        let load = model.load(&values, &bounds, users, think);
        prop_assert!(load.rate <= bounds.capacity() * (1.0 + 1e-9));
        prop_assert!(load.rate <= users as f64 / bounds.cycle(think) * (1.0 + 1e-9), "{} {}", load.rate, users as f64 / bounds.cycle(think));
        prop_assert!(load.response >= bounds.demand.slot * (1.0 - 1e-6));
        prop_assert!(bounds.capacity() <= bounds.most());
    }

    /// The sizes for a goal, put into the model, reach it; with one less of anything that was raised they do not, save
    /// where one number takes the place of another.
    #[test]
    fn sizes_reach_the_goal_and_none_can_be_less(sample in sample::any(), factor in 0.2f64..20.0) {
        let mut model = sample.model();
        let goal = Goal::Rate(factor * model.bounds(&model.inputs.likely()).capacity());
        let sizing = model.size(goal).unwrap();
        prop_assert_eq!(sizing.met, factor <= 1.0 + 1e-9, "{}", factor);
        sizes_hold(&sizing, true);
        sample::blur(&mut model);
        sizes_hold(&model.size(goal).unwrap(), false);
    }

    /// The range holds the likely value, shares are shares, and everything is the same in a second run.
    #[test]
    fn a_study_is_a_study(sample in sample::any()) {
        let mut model = sample.model();
        sample::blur(&mut model);
        let study = model.study();
        prop_assert!(study.rate.low <= study.rate.likely && study.rate.likely <= study.rate.high);
        let sum: f64 = study.shares.iter().map(|it| it.share).sum();
        prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        prop_assert_eq!(&study, &model.study());
    }
}

/// Both columns reach the goal, and nothing of them can be one less.
fn sizes_hold(sizing: &Sizing, likely: bool) {
    let column = |it: &Size| if likely { it.likely } else { it.safe };
    let reached = |model: &Model| {
        if likely { sizing.reached_by(model) } else { sizing.share_of(model) >= SAFE }
    };
    assert!(reached(&sizing.sized(column)), "{:?}", sizing.sizes);
    for size in sizing.sizes.iter().filter(|it| !it.follows) {
        let was = sizing.model.inputs.get(size.input).band;
        if column(size) <= 1.0 || (was.is_point() && column(size) <= was.likely) {
            continue;
        }
        let model = sizing.sized(|it| if it.input == size.input { column(it) - 1.0 } else { column(it) });
        assert!(!reached(&model), "one less of {size:?} does: {:?}", sizing.sizes);
    }
}

/// The slots and what is in them, simulated event by event with exponential times.
#[test]
fn the_curve_agrees_with_a_simulation() {
    for (slots, servers, cpu, pool, query, think, users) in [
        (4usize, 2usize, 8.0, 3usize, 30.0, 0.5, 40usize),
        (8, 2, 5.0, 4, 50.0, 1.0, 60),
        (16, 1, 4.0, 16, 20.0, 0.2, 30),
        (1000, 2, 10.0, 5, 40.0, 0.3, 50),
    ] {
        let stations =
            vec![Station { servers: servers as f64, demand: cpu }, Station { servers: pool as f64, demand: query }];
        let layout = Layout { slots: slots as f64, network: Network { stations, delay: 3.0 } };
        let ours = Curve::new(&layout, users).rate(users, think, f64::INFINITY);
        let seen =
            events::System { slots, servers, cpu, pool, query, delay: 3.0, think: 1000.0 * think, users }.run(200_000);
        assert!((ours / seen - 1.0).abs() < 0.03, "{users} users: {ours} worked out, {seen} simulated");
    }
}

/// Two resources that are nearly alike, and nobody knows which: it is said which number would settle it.
#[test]
fn what_is_open_is_said_to_be_open() {
    let mut model =
        Sample { processes: 1.0, cpus: 1.0, pool: 5.0, cpu: 10.0, query: 10.0, ..Sample::default() }.model();
    sample::blur_one(&mut model, "d", 3.0);
    let study = model.study();
    match study.verdict {
        Verdict::Undetermined(Some(input)) => assert_eq!(&*model.inputs.get(input).symbol, "d"),
        other => assert!(matches!(other, Verdict::Clear(_)), "{other:?}"),
    }
    let share = |kind: Kind| {
        study.shares.iter().filter(|it| model.resources[it.resource].kind == kind).map(|it| it.share).sum::<f64>()
    };
    assert!(share(Kind::AppCpu) > 0.1 && share(Kind::Pool) > 0.1, "{:?}", study.shares);
}

/// A slow class holds slots among the fast ones: the mix is bound by the mean.
#[test]
fn a_slow_class_takes_its_share_of_the_slots() {
    let sample = Sample { processes: 4.0, slots: 1.0, pool: f64::INFINITY, cpu: 5.0, query: 3.0, ..Sample::default() };
    let fast = sample.model();
    let before = fast.bounds(&fast.inputs.likely()).capacity();
    let slow = sample.with_slow(0.02, 2000.0);
    let bounds = slow.bounds(&slow.inputs.likely());
    assert!(bounds.capacity() < 0.5 * before, "{before} to {}", bounds.capacity());
    let expected = 4000.0 / (0.98 * 23.0 + 0.02 * (2000.0 + 23.0 - 15.0 + 15.0));
    assert!((bounds.capacity() - expected).abs() < 0.2 * expected, "{} and {expected}", bounds.capacity());
}

/// Nothing of what is needed, and nothing that is needed: no figure is a number that is none.
#[test]
fn ends_are_figures_too() {
    let nothing = Sample { processes: 0.0, ..Sample::default() };
    let free = Sample { cpu: 0.0, queries: 0.0, ..Sample::default() };
    for (sample, rate) in [(nothing, 0.0), (free, f64::INFINITY)] {
        let model = sample.model();
        let values = model.inputs.likely();
        let bounds = model.bounds(&values);
        assert_eq!(bounds.capacity(), rate);
        let load = model.load(&values, &bounds, 10, 1.0);
        assert!(!load.rate.is_nan() && !load.response.is_nan(), "{load:?}");
        assert!(!model.study().rate.likely.is_nan());
    }
}

/// What was advised to the hospital opens more connections than the database accepts: that comes first.
#[test]
fn connections_that_will_be_refused_come_first() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hospital-as-advised");
    let options = plimsoll::Options { fixes: false, ..plimsoll::Options::default() };
    let report = plimsoll::audit(&root, &options).unwrap();
    let view = plimsoll::view::View::new(&report, &plimsoll::view::Filter::default());
    let view = view.with_capacity(&report, &options.config.assume);
    let backend = &view.capacity[0];
    assert_eq!(backend.state, "error");
    assert!(backend.answer[0].starts_with("Error: `postgres` has room for 85 connections"), "{}", backend.answer[0]);
    assert!(backend.answer[0].contains("6,400"));
    assert!(backend.users.is_none() && backend.loads.is_empty(), "no user is counted without a think time");
}

/// The plan of a repository: each step starts where the one before ended, so the whole is the product of the gains; what
/// stops connections from being refused comes first.
#[test]
fn a_plan_is_a_chain() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wingman");
    let (_, plan) = plimsoll::audit_and_plan(&root, &plimsoll::Options::default()).unwrap();
    let made: Vec<_> = plan.steps.iter().filter(|it| it.made).collect();
    assert!(made.len() >= 2);
    assert_eq!(made[0].before, plan.now);
    assert_eq!(made[made.len() - 1].after, plan.then);
    assert!(made.windows(2).all(|pair| pair[0].after == pair[1].before));
    assert!(made[0].after[0].failing < made[0].before[0].failing);
    let product: f64 = made.iter().map(|it| it.after[0].rate / it.before[0].rate).product();
    assert!((product - plan.then[0].rate / plan.now[0].rate).abs() < 1e-9);
    // The first alone is the first in its order.
    assert_eq!(made[0].alone, made[0].after);
}

/// Two engines of one process to one database: what they may ask for together is held against what it accepts; queries
/// are counted against the first database, and others are named.
#[test]
fn all_ways_to_a_database_count_together() {
    let compose = "services:\n  web:\n    build: .\n    command: uvicorn main:app --workers 4\n  db:\n    image: postgres:16\n  logs:\n    image: postgres:16\n";
    let engine = |name: &str, host: &str| {
        format!(
            "{name} = create_async_engine(\"postgresql+asyncpg://a:b@{host}:5432/x\", pool_size=10, max_overflow=5)\n"
        )
    };
    let main = format!(
        "from fastapi import FastAPI\nfrom sqlalchemy.ext.asyncio import create_async_engine\n\n{}{}{}\napp = FastAPI()\n",
        engine("one", "db"),
        engine("two", "db"),
        engine("three", "logs"),
    );
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let report = plimsoll::audit_texts(vec![
        file("compose.yaml", compose),
        file("main.py", &main),
        file("Dockerfile", "FROM python:3.12\nCOPY . .\n"),
    ]);
    let models = plimsoll::capacity::from_stacks(&report.stacks, &plimsoll::config::Assume::default());
    let model = models.iter().flatten().next().expect("an application");
    let values = model.inputs.likely();
    let refused = |owner: &str| {
        let of = model.resources.iter().find(|it| it.kind == Kind::Backends && &*it.owner == owner).expect("a limit");
        (of.asked.as_ref().expect("a number").at(&values), of.can_fill(&values))
    };
    assert_eq!(refused("db"), (120.0, true));
    assert_eq!(refused("logs"), (60.0, false));
    assert_eq!(model.resources.iter().filter(|it| it.kind == Kind::Pool).count(), 2);
    assert!(model.open.iter().any(|line| line.contains("`logs`")), "{:?}", model.open);
}

/// Pools of several event loops hold idle connections, too, so that a database refuses some before all of its own are at
/// work; and what pools may ask for beyond its room is said to be refused, though chance may spare it at the margin.
#[test]
fn a_database_refuses_what_several_pools_ask_for_beyond_its_room() {
    let refused = |pool: f64, room: f64, users: usize| {
        let sample = Sample { processes: 4.0, slots: f64::INFINITY, pool, cpu: 1.0, query: 200.0, ..Sample::default() };
        let mut model = Sample { looped: true, ..sample }.model();
        let most = model.inputs.known("most", room);
        let pool = model.resources.iter().position(|it| it.kind == Kind::Pool).unwrap();
        let mut backends = model.resources[pool].clone();
        backends.kind = Kind::Backends;
        backends.asked = Some(backends.servers.clone());
        backends.servers = plimsoll::capacity::Count::Less(most, Vec::new());
        backends.when_full = plimsoll::capacity::WhenFull::Reject;
        model.resources.push(backends);
        let values = model.inputs.likely();
        let bounds = model.bounds(&values);
        !model.load(&values, &bounds, users, 0.0).falls.is_empty()
    };
    // Measured: 40 users, pools for 120 and room for 47; 115 users and room for 97, which one of two runs refused.
    assert!(refused(30.0, 47.0, 40));
    assert!(refused(30.0, 97.0, 115));
    assert!(!refused(30.0, 130.0, 115));
    assert!(!refused(30.0, 97.0, 60));
}
