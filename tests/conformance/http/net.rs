//! Rows over loopback: a server for each authority, to which `resolve` leads.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use thresh_fetcher::{HostPort, HumanDuration, Settings};
use thresh_testkit::{Act, Reply, Server};
use thresh_types::{CanonicalUrl, FetchOutcome, Origin};

use super::Expectation;
use super::steps::{Answer, Net, Script};
use crate::crawl::{Crawl, settings};

/// Plays the script and returns what came out other than expected.
pub(super) fn faults(script: &Script, expectations: &[Expectation]) -> Vec<String> {
    let mut settings = Settings {
        total_timeout: HumanDuration::from_secs(2),
        ..settings()
    };
    let mut servers = BTreeMap::new();
    for origin in origins(script, expectations) {
        let server = server(script, &origin);
        let address = match fate(script, &origin) {
            // Nothing leads to the name, and names below `.test` have no address (RFC 6761).
            Some(Net::Dns) => None,
            Some(Net::Refused) => Some(closed_port()),
            _ => Some(server.addr()),
        };
        if let Some(address) = address {
            settings.resolve.insert(host_port(&origin), address);
        }
        servers.insert(origin, server);
    }
    let crawl = Crawl::start(settings);
    expectations
        .iter()
        .filter_map(|expected| {
            let url = Script::address(&expected.place);
            // robots.txt itself is always allowed, whatever it then answers.
            let permitted = url.path_and_query() == "/robots.txt"
                || matches!(crawl.fetch(url.as_str()).outcome, FetchOutcome::Answered(_));
            let was_asked = asked(&servers[&url.origin()], &url);
            let fits = expected.permitted.fits(permitted);
            // What the server saw counts, not only what is reported.
            let honest = permitted || !was_asked;
            (!fits || !honest).then(|| {
                format!("over loopback {url}: permitted is {permitted}, asked is {was_asked}")
            })
        })
        .collect()
}

fn origins(script: &Script, expectations: &[Expectation]) -> BTreeSet<Origin> {
    let places = script.steps.iter().map(|step| step.place.origin());
    let asked = expectations
        .iter()
        .map(|e| Script::address(&e.place).origin());
    places.chain(asked).collect()
}

/// Returns what keeps an origin from being reached at all, if anything does.
fn fate(script: &Script, origin: &Origin) -> Option<Net> {
    script.steps.iter().find_map(|step| match step.answer {
        Answer::Fails(net @ (Net::Dns | Net::Refused)) if step.place.origin() == *origin => {
            Some(net)
        }
        _ => None,
    })
}

fn server(script: &Script, origin: &Origin) -> Server {
    let mut replies: BTreeMap<String, Vec<Reply>> = BTreeMap::new();
    for step in script
        .steps
        .iter()
        .filter(|step| step.place.origin() == *origin)
    {
        let place = replies.entry(step.place.path_and_query().to_owned());
        place.or_default().push(reply(&step.answer));
    }
    Server::start(move |site| {
        if !replies.contains_key("/robots.txt") {
            site.on("/robots.txt", Reply::status(404));
        }
        for (path, replies) in replies {
            site.on_each(&path, replies);
        }
        site.on_other(|_| Reply::html("<p>page"));
    })
}

fn reply(answer: &Answer) -> Reply {
    match answer {
        Answer::Reply(reply) => reply.clone(),
        Answer::Fails(Net::Timeout) => Reply::hang(),
        Answer::Fails(Net::MidBody) => Reply::script([
            Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUser-agent: *\n".to_vec()),
            Act::Pause(Duration::from_millis(20)),
            Act::Reset,
        ]),
        // The others never get as far as a server.
        Answer::Fails(Net::Reset | Net::Dns | Net::Refused | Net::Tls) => Reply::reset(),
    }
}

fn asked(server: &Server, url: &CanonicalUrl) -> bool {
    server
        .paths()
        .iter()
        .any(|path| path == url.path_and_query())
}

fn host_port(origin: &Origin) -> HostPort {
    let url = origin.at("/").expect("an origin has an address");
    let port = url.as_url().port_or_known_default();
    HostPort::new(origin.host(), port.expect("the web has ports"))
}

/// Returns where nobody listens: a listener has just gone.
fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
