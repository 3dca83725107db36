//! Every shipped rule meets its own examples.

use thresh_cleaner::{Pack, RuleSet, shipped_packs};

#[test]
fn every_shipped_rule_meets_its_examples() {
    let packs: Vec<Pack> = shipped_packs()
        .into_iter()
        .map(|(name, toml)| Pack::parse(name, toml).unwrap_or_else(|e| panic!("{e}")))
        .collect();
    let rules = RuleSet::compile(&packs).unwrap();
    let failures: Vec<String> = rules.test().iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
