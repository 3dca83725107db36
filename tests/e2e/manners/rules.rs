//! What a rule of robots.txt matches (RFC 9309 §2.2), end to end: from the file over the links of a
//! page to what the server was asked for.

use thresh_testkit::{Reply, Web};

use crate::scene::{asked, desk_for, linking};

/// A robots.txt, what it permits, what it forbids. The links are written as pages write them.
struct Case {
    robots: &'static [u8],
    open: &'static [&'static str],
    shut: &'static [&'static str],
}

const fn case(
    robots: &'static [u8],
    open: &'static [&'static str],
    shut: &'static [&'static str],
) -> Case {
    Case { robots, open, shut }
}

/// Crawls a web with an origin for each case and compares what was asked for.
fn judge(cases: &[Case]) {
    let web = Web::start(cases.len(), |number, _, site| {
        let case = &cases[number];
        site.on("/robots.txt", Reply::text(case.robots));
        site.on("/", Reply::html(linking(&[case.open, case.shut].concat())));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk_for(&web, "delay = \"0s\"");
    desk.crawl(&[]);
    let refusals = desk.refusals();
    for (number, case) in cases.iter().enumerate() {
        let mut paths = asked(&web, number);
        let mut wanted: Vec<String> = case.open.iter().map(ToString::to_string).collect();
        wanted.push("/".to_owned());
        paths.sort();
        wanted.sort();
        let robots = String::from_utf8_lossy(case.robots);
        assert_eq!(paths, wanted, "under {robots:?}");
        let prefix = web.url(number, "/");
        let told = refusals
            .iter()
            .filter(|row| {
                row["reason"] == "robots" && row["url"].as_str().unwrap().starts_with(&prefix)
            })
            .count();
        assert_eq!(told, case.shut.len(), "under {robots:?}: {refusals:#?}");
    }
}

#[test]
fn rules_match_as_the_rfc_says() {
    let cases = [
        // A byte order mark is no part of the first line.
        case(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\n", &["/b"], &["/a"]),
        // All three ends of a line.
        case(b"User-agent: *\rDisallow: /a\rDisallow: /c\r", &["/b"], &["/a", "/c"]),
        case(b"User-agent: *\r\nDisallow: /a\r\n\r\nDisallow: /c", &["/b"], &["/a", "/c"]),
        // Groups of the same name merge; ours wins over everybody's.
        case(
            b"User-agent: thresh\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: thresh\nDisallow: /c\n",
            &["/b"],
            &["/a", "/c"],
        ),
        // Several names of one group, ours among them in another case.
        case(
            b"User-agent: other\nUser-agent: THRESH\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n",
            &["/b"],
            &["/a"],
        ),
        case(b"User-agent: threshold\nDisallow: /\n", &["/a"], &[]),
        // Paths know upper and lower case.
        case(b"User-agent: *\nDisallow: /Dir\n", &["/dir/x"], &["/Dir/x"]),
        // The longest rule decides, and allow where two are equal.
        case(
            b"User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /p\nDisallow: /p\n",
            &["/a/b/x", "/p/x"],
            &["/a/x", "/a/b/c"],
        ),
        // Wildcards and ends.
        case(
            b"User-agent: *\nDisallow: /*.cgi$\nDisallow: /x*y\nDisallow: /end$\n",
            &["/a.cgi?q", "/xz", "/ending"],
            &["/a.cgi", "/x/1/y", "/end"],
        ),
        case(b"User-agent: *\nDisallow: /*?sort=\n", &["/list"], &["/list?sort=up"]),
        // An empty rule forbids nothing; comments and unknown lines are passed over.
        case(b"User-agent: * # all\nDisallow: # nothing\nNoindex: /x\n", &["/x"], &[]),
        // Rules before any group, and lines without a colon.
        case(b"Disallow: /a\nnonsense\nUser-agent: *\nDisallow: /b\n", &["/a"], &["/b"]),
        // A page instead of a file says nothing.
        case(b"<!DOCTYPE html><html><body><h1>Not found</h1></body></html>", &["/a"], &[]),
        case(b"", &["/a"], &[]),
    ];
    judge(&cases);
}

#[test]
fn percent_encoding_is_compared_in_one_form() {
    let cases = [
        // The examples of RFC 9309 §2.2.2.
        case(
            "User-agent: *\nDisallow: /foo/ツ\n".as_bytes(),
            &["/foo/"],
            &["/foo/%E3%83%84"],
        ),
        case(
            b"User-agent: *\nDisallow: /foo/%E3%83%84\n",
            &["/foo/"],
            &["/foo/ツ"],
        ),
        case(
            b"User-agent: *\nDisallow: /foo/%62%61%7A\n",
            &["/foo/bay"],
            &["/foo/baz"],
        ),
        // Unreserved characters are the same, encoded or not, in either case of the digits.
        case(
            b"User-agent: *\nDisallow: /~joe\n",
            &["/joe"],
            &["/%7Ejoe/x", "/%7ejoe/y"],
        ),
        case(
            b"User-agent: *\nDisallow: /caf%c3%a9\n",
            &["/cafe"],
            &["/caf%C3%A9", "/café/x"],
        ),
        // A slash that is data is no slash that parts.
        case(b"User-agent: *\nDisallow: /a%2Fb\n", &["/a/b"], &["/a%2fb"]),
        case(
            b"User-agent: *\nDisallow: /q?x=%2F\n",
            &["/q?x=1"],
            &["/q?x=%2f"],
        ),
    ];
    judge(&cases);
}
