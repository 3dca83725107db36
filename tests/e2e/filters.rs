//! `extract` and `dedup`: JSONL in, JSONL out, same order, errors in place.

use crate::support::Desk;

const PAGE: &str = "<html><head><title>Help for crews | Harbour Desk</title></head><body><nav><a href=/>Home</a> <a href=/about>About</a></nav>\
<article><h1>Help for crews</h1><p>Crews of fishing vessels can now call a number in nine languages, day and night, and speak with somebody who knows the law of the sea.</p>\
<p>Calls are free of charge from every port of the country, and no name has to be given.</p></article><footer>© Harbour Desk</footer></body></html>";

#[test]
fn one_page_gives_its_text() {
    let desk = Desk::new();
    let run = desk
        .pipe(&["extract", "--format", "text"], PAGE.as_bytes())
        .expect(0);
    assert!(
        run.stdout.contains("Calls are free of charge"),
        "{}",
        run.stdout
    );
    assert!(
        !run.stdout.contains("Home") && !run.stdout.contains('©'),
        "{}",
        run.stdout
    );
}

#[test]
fn lines_come_back_in_order_and_a_bad_one_keeps_its_place() {
    let desk = Desk::new();
    let page = serde_json::json!({"id": "a", "url": "https://desk.example/help", "html": PAGE});
    let encoded = data_encoding::BASE64.encode(PAGE.as_bytes());
    let body = serde_json::json!({"id": "c", "body_base64": encoded, "content_type": "text/html"});
    let input = format!(
        "{page}\n{{\"id\":\"b\"}}\nnonsense\n{body}\n{{\"id\":7,\"text\":\"Some text.\"}}\n"
    );
    let run = desk.pipe(&["extract"], input.as_bytes()).expect(6);
    let lines = run.jsonl();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["id"], "a");
    assert_eq!(lines[0]["title"], "Help for crews");
    for key in [
        "author",
        "date",
        "modified",
        "language",
        "site_name",
        "doc_type",
        "page_type",
        "text",
        "markdown",
        "removed",
        "warnings",
    ] {
        assert!(lines[0].get(key).is_some(), "`{key}` is missing");
    }
    assert_eq!(lines[1]["id"], "b");
    assert!(lines[1]["error"].is_string());
    assert_eq!(lines[2]["line"], 3);
    assert_eq!(lines[3]["text"], lines[0]["text"]);
    assert_eq!(lines[4]["id"], 7);
}

#[test]
fn clusters_name_their_reason() {
    let desk = Desk::new();
    let text = "Crews of fishing vessels can now call a number in nine languages, day and night, and speak with somebody who knows the law of the sea. Calls are free of charge from every port of the country, and no name has to be given to anyone at all.";
    let lines: String = [("a", text), ("b", text), ("c", "Something else entirely.")]
        .iter()
        .map(|(id, text)| format!("{}\n", serde_json::json!({"id": id, "text": text})))
        .collect();
    let rows = desk.pipe(&["dedup"], lines.as_bytes()).expect(0).jsonl();
    assert_eq!(rows[0]["cluster_id"], rows[1]["cluster_id"]);
    assert_eq!(rows[1]["relation"], "exact");
    assert_eq!(rows[2]["relation"], "unique");
    assert!(
        rows[1]["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    );
    let run = desk
        .pipe(&["dedup"], b"{\"id\":\"a\",\"text\":\"x\"}\n{oops\n")
        .expect(6);
    assert_eq!(run.jsonl()[1]["line"], 2);
}
