use proptest::prelude::*;

use super::*;

fn name(repair: &Repair) -> &str {
    let id: &str = repair.rule.as_str();
    id.split_once('/').map_or(id, |(_, name)| name)
}

/// Undoes what was recorded, the last repair first. A record holds no place, so the same word must not
/// come out of repairs of two kinds.
fn undone(text: &str, repairs: &[Repair]) -> String {
    let mut out = text.to_owned();
    let mut end = out.len();
    let mut tokens = true;
    for repair in repairs.iter().rev() {
        // Joined words were found after the characters were mended, from the start again.
        let joined = matches!(name(repair), "line-end-hyphen" | "broken-ligature");
        if tokens && !joined {
            (tokens, end) = (false, out.len());
        }
        // What only took something away leaves a part of the input as it is.
        if is_subsequence(&repair.to, &repair.from) {
            continue;
        }
        if let Some(at) = out[..end].rfind(&repair.to) {
            out.replace_range(at..at + repair.to.len(), &repair.from);
            end = if joined { out.len() } else { at };
        }
    }
    out
}

fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|c| rest.any(|r| r == c))
}

fn mended(text: &str) -> (String, Vec<Repair>) {
    repair(text, &Vocabulary::default())
}

fn broken_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zа-я]{1,9}",
        prop::sample::select(vec![
            "pro- tect",
            "vic- tims",
            "traffi cking",
            "pre- and post-war",
            "co- operation",
            "ex\u{AD}ploited",
            "e\u{FB03}cient",
            "\u{FB01}rst",
            "\u{200B}",
            "می\u{200C}خواهم",
            "क्\u{200D}ष",
            "\u{202A}left\u{202C}",
            "\u{2067}שלום\u{2069}",
            "12\u{A0}000",
            "«\u{A0}oui\u{A0}»",
            "10\u{A0}May",
            "donâ€™t",
            "\u{F0B7}",
            "\u{E123}",
            "\u{FEFF}word",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn undone_repairs_leave_a_part_of_the_input(text in broken_text()) {
        let (out, repairs) = mended(&text);
        let back = undone(&out, &repairs);
        prop_assert!(is_subsequence(&back, &text), "{back:?} of {text:?} with {repairs:?}");
    }

    #[test]
    fn a_repaired_text_needs_no_repair(text in broken_text()) {
        let (once, _) = mended(&text);
        let (twice, again) = mended(&once);
        prop_assert_eq!(&twice, &once);
        prop_assert!(again.iter().all(|r| r.from == r.to), "{again:?}");
    }

    #[test]
    fn what_no_record_names_is_as_it_was(text in broken_text()) {
        let (out, repairs) = mended(&text);
        if repairs.is_empty() {
            let words = |t: &str| t.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&out), words(&text));
        }
    }
}

fn rules_of(text: &str) -> Vec<(String, String)> {
    let named = |r: Repair| (name(&r).to_owned(), r.to);
    mended(text).1.into_iter().map(named).collect()
}

#[test]
fn each_kind_is_recorded_by_its_name() {
    for (given, rule, to) in [
        ("traf\u{AD}ficking", "soft-hyphen", "trafficking"),
        ("e\u{FB03}cient", "ligature", "efficient"),
        ("a\u{200B}b", "zero-width", "ab"),
        ("10\u{A0}May", "no-break-space", "10 May"),
        ("\u{202A}left\u{202C}", "stray-control", "left"),
        ("donâ€™t", "mojibake", "don’t"),
        ("\u{F0B7}", "symbol-bullet", "•"),
        ("\u{E123}x", "private-use", "\u{E123}x"),
    ] {
        assert_eq!(
            rules_of(given),
            [(rule.to_owned(), to.to_owned())],
            "{given:?}"
        );
    }
}

#[test]
fn signs_that_carry_meaning_stay() {
    for text in [
        "می\u{200C}خواهم",
        "क्\u{200D}ष",
        "\u{2067}שלום\u{2069}",
        "«\u{A0}oui\u{A0}»",
        "12\u{A0}000",
        "2² ½ № ＡＢＣ",
        "naïve Ångström",
    ] {
        assert_eq!(mended(text), (text.to_owned(), Vec::new()), "{text:?}");
    }
}
