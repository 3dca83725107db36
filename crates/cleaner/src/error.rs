//! What can be wrong with a noise pack.

/// A noise pack that cannot be used; names the pack, the rule and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The file is no TOML, or has keys that no pack has.
    #[error(
        "noise pack `{pack}`: {detail}; a pack holds `[[rule]]` tables with `id`, `why`, `match`, `hit` and `miss`"
    )]
    Unreadable {
        /// The pack.
        pack: String,
        /// What the parser said.
        detail: String,
    },
    /// The identifier is not `pack/rule`.
    #[error("noise pack `{pack}`: rule `{rule}`: {detail}; write `id = \"{pack}/name\"`")]
    Id {
        /// The pack.
        pack: String,
        /// The identifier as written.
        rule: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Two rules have one identifier.
    #[error("noise pack `{pack}`: rule `{rule}` stands twice; give each rule its own `id`")]
    Twice {
        /// The pack of the second one.
        pack: String,
        /// The identifier.
        rule: String,
    },
    /// The rule does not prove itself.
    #[error(
        "noise pack `{pack}`: rule `{rule}` has no `{missing}` example; give at least one that the rule must {missing}"
    )]
    Example {
        /// The pack.
        pack: String,
        /// The rule.
        rule: String,
        /// `hit` or `miss`.
        missing: &'static str,
    },
    /// The `match` table is of no known kind, or has wrong keys or values.
    #[error("noise pack `{pack}`: rule `{rule}`: {detail}")]
    Match {
        /// The pack.
        pack: String,
        /// The rule.
        rule: String,
        /// What is wrong and what would be right.
        detail: String,
    },
}

/// An example that a rule does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFailure {
    /// The rule.
    pub rule: String,
    /// `hit` or `miss`.
    pub expected: &'static str,
    /// The example.
    pub example: String,
    /// The rule whose `miss` example it is, where the rule fires on another one's.
    pub example_of: Option<String>,
}

impl std::error::Error for RuleFailure {}

impl std::fmt::Display for RuleFailure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (rule, expected, example) = (&self.rule, self.expected, &self.example);
        match &self.example_of {
            None => write!(
                out,
                "rule `{rule}` should {expected} this example and does not: {example:?}"
            ),
            Some(of) => write!(
                out,
                "rule `{rule}` fires on an example that `{of}` keeps as text: {example:?}; narrow `{rule}`, or name it in `except` of `{of}`"
            ),
        }
    }
}
