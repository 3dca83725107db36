//! `explain` of a page that belongs to no corpus.

use crate::support::Desk;

const PAGE: &str = "<!DOCTYPE html><html lang='en'><head><title>A night at the shelter</title></head>\
    <body><nav><ul><li><a href='/work'>Our work</a></li><li><a href='/press'>Press releases</a></li>\
    <li><a href='/contact'>Contact the office</a></li></ul></nav>\
    <div id='onetrust-banner-sdk'><p>We use cookies to count visits.</p></div>\
    <main><h1>A night at the shelter</h1><p>The bell rang at twenty past two, and the driver of the \
    patrol car said only a first name, which nobody wrote down.</p><p>Behind the door there is a bed, a \
    lamp that can be left on, and somebody who does not ask questions before breakfast.</p></main>\
    </body></html>";

#[test]
fn every_block_of_a_file_comes_with_probability_features_and_reason() {
    let desk = Desk::new();
    desk.write("page.html", PAGE);
    let told = desk
        .run(&[
            "explain",
            "page.html",
            "--url",
            "https://site.example/night",
            "--json",
        ])
        .expect(0)
        .json();
    let blocks = told["blocks"].as_array().unwrap();
    for block in blocks {
        let probability = block["probability"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&probability), "{block:#}");
        assert!(
            !block["weights"].as_array().unwrap().is_empty(),
            "{block:#}"
        );
        assert!(!block["why"].as_str().unwrap().is_empty(), "{block:#}");
    }
    let of = |text: &str| {
        let found = blocks
            .iter()
            .find(|b| b["text"].as_str().unwrap().starts_with(text));
        found.unwrap()
    };
    assert_eq!(of("The bell")["fate"], "kept");
    assert_eq!(of("We use")["rule"], "cookie-consent/known-banner");
    let words = |of: &serde_json::Value| -> u64 {
        let shares = of.as_array().unwrap().iter();
        shares.map(|share| share["words"].as_u64().unwrap()).sum()
    };
    let all: u64 = blocks.iter().map(|b| b["words"].as_u64().unwrap()).sum();
    let budget = &told["budget"];
    assert_eq!(words(&budget["kept"]) + words(&budget["dropped"]), all);
    assert_eq!(budget["removed_words"], 6);
}

#[test]
fn the_view_for_people_marks_blocks_and_sums_words_up() {
    let desk = Desk::new();
    desk.write("page.html", PAGE);
    let file = desk.run(&["explain", "page.html"]).expect(0).stdout;
    let piped = desk
        .pipe(&["explain", "-"], PAGE.as_bytes())
        .expect(0)
        .stdout;
    assert_eq!(file, piped);
    let marked = |mark: &str, text: &str| {
        let mut lines = file.lines().filter(|line| line.starts_with(mark));
        lines.any(|line| line.contains(text))
    };
    assert!(marked("+ ", "The bell rang"), "{file}");
    assert!(marked("- ", "We use cookies"), "{file}");
    assert!(file.contains("guard: rules removed 6 words"), "{file}");
    assert!(!file.contains('\x1b'), "no colours where no terminal reads");
}

#[test]
fn what_cannot_be_explained_is_named() {
    let desk = Desk::new();
    desk.write("page.html", PAGE);
    let wrong = desk
        .run(&["explain", "page.html", "--url", "no address"])
        .expect(2);
    assert!(wrong.stderr.contains("no address"), "{}", wrong.stderr);
    desk.write(
        "picture.png",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0",
    );
    let binary = desk.run(&["explain", "picture.png"]).expect(6);
    assert!(binary.stderr.contains("picture.png"), "{}", binary.stderr);
}
