//! A pack that cannot be used says which rule, what is wrong, and what would be right.

use thresh_cleaner::{Pack, RuleSet};

const GOOD: &str = r#"
[[rule]]
id    = "mine/leaked"
why   = "A theme prints names."
match = { run_of = ["post", "page", "attachment", "revision", "nav_menu_item", "custom_css"], at_least = 6, code_shaped = 2 }
hit   = ["post\npage\nattachment\nrevision\nnav_menu_item\ncustom_css"]
miss  = ["post\npage"]
"#;

fn error(toml: &str) -> String {
    let refused = Pack::parse("mine", toml).err();
    refused.map_or_else(String::new, |e| e.to_string())
}

#[test]
fn a_good_pack_compiles_and_proves_itself() {
    let pack = Pack::parse("mine", GOOD).unwrap();
    let rules = RuleSet::compile(&[pack]).unwrap();
    assert!(rules.test().is_empty());
    assert_eq!(rules.rules().count(), 1);
}

#[test]
fn faults_name_pack_rule_and_remedy() {
    let cases = [
        (GOOD.replace("why ", "wy "), "unknown field `wy`"),
        (GOOD.replace("code_shaped", "code_shape"), "unknown field `code_shape`"),
        (GOOD.replace("run_of", "runs_of"), "exactly one of `run_of`"),
        (GOOD.replace(r#"["post\npage"]"#, "[]"), "has no `miss` example"),
        (GOOD.replace("mine/leaked", "leaked"), "write `id = \"mine/name\"`"),
        (GOOD.replace("A theme prints names.", ""), "has no `why`"),
        (
            GOOD.replace(r#"{ run_of = ["post", "page", "attachment", "revision", "nav_menu_item", "custom_css"], at_least = 6, code_shaped = 2 }"#, "{ line = '(unclosed' }"),
            "bad regular expression",
        ),
    ];
    for (toml, part) in cases {
        let message = error(&toml);
        assert!(message.contains(part), "{message}");
        assert!(message.contains("noise pack `mine`"), "{message}");
    }
}

#[test]
fn examples_that_fail_are_reported() {
    let pack = Pack::parse(
        "mine",
        &GOOD.replace(
            r#"["post\npage"]"#,
            r#"["post\npage\nattachment\nrevision\nnav_menu_item\ncustom_css"]"#,
        ),
    )
    .unwrap();
    let failures = RuleSet::compile(&[pack]).unwrap().test();
    assert_eq!(failures.len(), 1);
    assert_eq!(
        (failures[0].rule.as_str(), failures[0].expected),
        ("mine/leaked", "miss")
    );
}

#[test]
fn one_identifier_stands_once() {
    let pack = Pack::parse("mine", GOOD).unwrap();
    let error = RuleSet::compile(&[pack.clone(), pack])
        .unwrap_err()
        .to_string();
    assert!(error.contains("stands twice"), "{error}");
}
