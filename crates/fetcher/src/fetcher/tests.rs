use thresh_testkit::{Reply, Server};
use thresh_types::{FetchOutcome, TaskKind, Validators};

use super::*;

fn options(site: &str, settings: Settings) -> Options {
    Options {
        sites: BTreeMap::from([(site.parse().unwrap(), settings)]),
        user_agent: "thresh/0.1".to_owned(),
        known_robots: BTreeMap::new(),
        follows_a_run: false,
        clock: Arc::new(|| Timestamp::UNIX_EPOCH),
    }
}

#[test]
fn what_is_known_of_an_origin_outlives_its_actor() {
    let server = Server::start(|site| site.on_other(|_| Reply::html("<p>page")));
    let settings = Settings {
        delay: crate::HumanDuration::from_secs(0),
        allow_addresses: vec!["127.0.0.0/8".parse().unwrap()],
        ..Settings::default()
    };
    // With no time to be idle an actor ends whenever it can, so tasks meet it ending.
    let fetcher = Fetcher::start_with(options("a", settings), Duration::ZERO).unwrap();
    for id in 0..200 {
        fetcher.submit(FetchTask {
            id,
            site: "a".parse().unwrap(),
            url: server.url(&format!("/{id}")).parse().unwrap(),
            kind: TaskKind::Page,
            validators: Validators::default(),
        });
        if id % 3 == 0 {
            let report = fetcher.recv_timeout(Duration::from_secs(20)).unwrap();
            assert!(matches!(report.outcome, FetchOutcome::Answered(_)));
        }
    }
    let rest = (0..200 - 67).map(|_| fetcher.recv_timeout(Duration::from_secs(20)).unwrap());
    assert_eq!(rest.count(), 133);
    let paths = server.paths();
    assert_eq!(paths.len(), 201, "each page once and robots.txt once");
    assert_eq!(
        paths.iter().filter(|path| *path == "/robots.txt").count(),
        1
    );
}

#[test]
fn wrong_options_are_named() {
    let none = Settings {
        connections_per_host: 0,
        ..Settings::default()
    };
    let error = Fetcher::start(options("osce", none)).err().unwrap();
    assert!(error.to_string().contains("`osce`"), "{error}");
    for agent in ["", "(nobody)", "thresh\n", "thr\u{e9}sh \u{e9}"] {
        let options = Options {
            user_agent: agent.to_owned(),
            ..options("osce", Settings::default())
        };
        assert!(Fetcher::start(options).is_err(), "{agent}");
    }
}
