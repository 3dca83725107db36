use proptest::prelude::*;

use super::*;

fn name(repair: &Repair) -> &str {
    let id: &str = repair.rule.as_str();
    id.split_once('/').map_or(id, |(_, name)| name)
}

/// Undoes what was recorded, the last repair first.
fn undone(text: &str, repairs: &[Repair]) -> Option<String> {
    let mut repairs = repairs.iter().rev();
    repairs.try_fold(text.to_owned(), |text, repair| repair.undo(&text))
}

fn mended(text: &str) -> (String, Vec<Repair>) {
    repair(text, &Vocabulary::default(), &[])
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
    fn undone_repairs_give_the_input_again(text in broken_text()) {
        let (out, repairs) = mended(&text);
        prop_assert_eq!(undone(&out, &repairs), Some(text), "{:?}", repairs);
    }

    #[test]
    fn a_repaired_text_needs_no_repair(text in broken_text()) {
        let (once, _) = mended(&text);
        let (twice, again) = mended(&once);
        prop_assert_eq!(&twice, &once);
        prop_assert!(again.iter().all(|r| r.from == r.to), "{again:?}");
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
