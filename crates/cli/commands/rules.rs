//! `rules test`.

use serde_json::json;
use thresh_cleaner::RuleSet;

use crate::context::Context;
use crate::exit::{Exit, usage};
use crate::output::{Output, plural};

pub(crate) fn test(context: &Context) -> anyhow::Result<Exit> {
    let config = context.config_or_default()?;
    let rules = RuleSet::compile(&config.packs).map_err(|error| usage(error.to_string()))?;
    let failures = rules.test();
    for failure in &failures {
        tracing::error!("{failure}");
    }
    let mut out = Output::new();
    if context.global.json {
        let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
        out.json_pretty(
            &json!({"rules": rules.rules().count(), "packs": config.packs.len(), "failures": told}),
        )?;
    } else {
        let rules = plural(rules.rules().count(), "rule", "rules");
        let packs = plural(config.packs.len(), "pack", "packs");
        let failed = plural(failures.len(), "failure", "failures");
        out.line(format!("{rules} in {packs}: {failed}"))?;
    }
    out.finish()?;
    Ok(if failures.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}
