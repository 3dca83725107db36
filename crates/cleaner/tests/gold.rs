//! Pages in the shapes that content systems give them come out as the text beside them says.

mod support;

use std::path::Path;

use support::clean_html;
use thresh_cleaner::to_text;

#[test]
fn pages_come_out_as_written_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold");
    let mut pages: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "html"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 15);
    let mut wrong = Vec::new();
    for page in pages {
        let cleaned = clean_html(&std::fs::read_to_string(&page).unwrap());
        let expected = std::fs::read_to_string(page.with_extension("txt")).unwrap();
        let text = to_text(&cleaned.text);
        if text != expected {
            let dropped: Vec<String> = cleaned
                .text
                .dropped()
                .map(|(block, rule, why)| format!("  {rule}: {:.60} ({why})", block.text))
                .collect();
            wrong.push(format!(
                "== {}\n{text}-- dropped:\n{}\n-- expected:\n{expected}",
                page.display(),
                dropped.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn clean_text_stays_as_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // Code loses its marks in plain text, so it cannot be told from lines.
        let code = path.to_string_lossy().contains("sphinx");
        if path.extension().is_some_and(|e| e == "txt") && !code {
            let text = std::fs::read_to_string(&path).unwrap();
            // Rows of a table read as paragraphs, so line ends alone may differ.
            let lines = |t: &str| -> Vec<String> {
                t.lines()
                    .filter(|l| !l.is_empty())
                    .map(str::to_owned)
                    .collect()
            };
            assert_eq!(
                lines(&support::clean_text(&text)),
                lines(&text),
                "{}",
                path.display()
            );
        }
    }
}
