//! Why a capture was made: which page led to it, by what, and by which word of robots.txt.

use std::time::Duration;

use thresh_types::How;

use super::Note;
use crate::warc::Fields;

/// Hops beyond this many are not spelled out.
const MAX_HOPS: u32 = 100;

/// Returns what the commit mark says of why the address was asked for. `via`, `hopsFromSeed` and
/// `fetchTimeMs` are the fields of ISO 28500 §6.6, which other tools read; the others are ours.
pub(super) fn fields(note: &Note, took: Option<Duration>) -> Fields {
    let mut fields = Fields::new();
    if let Some(discovery) = &note.discovery {
        fields.push("how", discovery.how.as_str());
        fields.push_some("via", discovery.via.as_ref().map(ToString::to_string));
        let hops = hops(discovery.how, note.depth);
        fields.push_some("hopsFromSeed", (!hops.is_empty()).then_some(hops));
        fields.push_some("context", discovery.context.as_ref());
    }
    fields.push_some("permit", note.permit.as_ref());
    let took = note.took.or(took).map(|took| took.as_millis().to_string());
    fields.push_some("fetchTimeMs", took);
    fields
}

/// Returns the hops from a seed in the letters of Heritrix: `L` a link, `E` a frame, `R` a redirect or
/// refresh, `M` a sitemap or feed, `P` what the protocols ask for first. The depth counts the hops that
/// are links, frames and the like; what the last hop was is known, and those before it count as links.
fn hops(how: How, depth: u32) -> String {
    let (last, is_counted) = match how {
        How::Seed | How::Named => ("", false),
        How::Link | How::Relation => ("L", true),
        How::Frame => ("E", true),
        How::Refresh => ("R", true),
        How::Redirect => ("R", false),
        How::Sitemap | How::Feed => ("M", false),
        How::WellKnown => ("P", false),
    };
    let before = depth.saturating_sub(u32::from(is_counted)).min(MAX_HOPS);
    "L".repeat(before as usize) + last
}

#[cfg(test)]
mod tests {
    use thresh_types::{CaptureKind, Discovery, SiteId};

    use super::*;

    #[test]
    fn hops_are_spelled_as_other_crawlers_do() {
        let spelled = [
            (How::Seed, 0, ""),
            (How::Link, 1, "L"),
            (How::Frame, 3, "LLE"),
            (How::Redirect, 0, "R"),
            (How::Redirect, 2, "LLR"),
            (How::Sitemap, 0, "M"),
            (How::WellKnown, 0, "P"),
            // A depth that no such hop can have is no reason to fail.
            (How::Link, 0, "L"),
        ];
        for (how, depth, expected) in spelled {
            assert_eq!(hops(how, depth), expected, "{how:?} {depth}");
        }
        assert!(hops(How::Link, u32::MAX).len() <= 101);
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        let mut note = Note::new(SiteId::local(), CaptureKind::Page);
        assert_eq!(fields(&note, None).to_lines(), "");
        note.discovery = Some(Discovery::bare(How::Seed));
        let took = Some(Duration::from_micros(1_900));
        assert_eq!(
            fields(&note, took).to_lines(),
            "how: seed\r\nfetchTimeMs: 1\r\n"
        );
        note.took = Some(Duration::from_secs(2));
        assert_eq!(fields(&note, took).get("fetchTimeMs"), Some("2000"));
    }
}
