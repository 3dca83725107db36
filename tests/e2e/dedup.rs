//! `dedup` with its evidence: what pairs share, where, in what they differ, and which rule spoke.

use serde_json::{Value, json};

use crate::support::Desk;

const BODY: &str = "opened in Port Alder on Wednesday and was attended by delegates of nine coastal towns, who spoke about \
    the protection of crews, the training of labour inspectors and the work of the helpline. A report will follow in the autumn.";

fn documents() -> String {
    let line = |id: &str, url: &str, text: String| {
        json!({"id": id, "url": url, "text": text}).to_string() + "\n"
    };
    [
        line(
            "c15",
            "https://office.example/15",
            format!("The 15th conference {BODY}"),
        ),
        line(
            "c16",
            "https://office.example/16",
            format!("The 16th conference {BODY}"),
        ),
        line(
            "m15",
            "https://m.office.example/15",
            format!("News – The 15th conference {BODY}"),
        ),
    ]
    .concat()
}

fn read(desk: &Desk, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(desk.path(name)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn relations_and_edges_carry_the_evidence() {
    let desk = Desk::new();
    let (relations, edges) = (desk.path("relations.jsonl"), desk.path("edges.jsonl"));
    let arguments = [
        "dedup",
        "--relations",
        relations.to_str().unwrap(),
        "--edges",
        edges.to_str().unwrap(),
    ];
    let rows = desk
        .pipe(&arguments, documents().as_bytes())
        .expect(0)
        .jsonl();
    insta::assert_snapshot!(rows[0]["reason"].as_str().unwrap());
    let relations = read(&desk, "relations.jsonl");
    let told: Vec<String> = relations
        .iter()
        .map(|r| {
            format!("{} {} {} by {}", r["a"], r["relation"], r["b"], r["rule"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "c15 template c16 by numbers",
            "c16 template m15 by numbers",
            "m15 mirror c15 by same-site"
        ]
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&relations[0]).unwrap());
    insta::assert_snapshot!(serde_json::to_string_pretty(&read(&desk, "edges.jsonl")).unwrap());
}

#[test]
fn fields_of_another_shape_are_as_good_as_absent() {
    let desk = Desk::new();
    let line = json!({"id": "a", "text": "One.", "identity": 7, "canonical": {"x": 1}, "translations": "de", "listed": "no"});
    let rows = desk
        .pipe(&["dedup"], line.to_string().as_bytes())
        .expect(0)
        .jsonl();
    assert_eq!(rows[0]["relation"], "unique");
}
