//! Language tags (RFC 5646, BCP 47).

/// The two-letter codes of ISO 639-1.
const TWO_LETTERS: &str = "\
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en \
eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv \
ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne \
ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss \
st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Codes of countries that are taken for those of languages, and the languages that are meant.
const COUNTRIES: &[(&str, &str)] = &[
    ("al", "sq"),
    ("at", "de"),
    ("by", "be"),
    ("cn", "zh"),
    ("cz", "cs"),
    ("dk", "da"),
    ("gb", "en"),
    ("gr", "el"),
    ("jp", "ja"),
    ("kz", "kk"),
    ("md", "ro"),
    ("rs", "sr"),
    ("tj", "tg"),
    ("ua", "uk"),
    ("us", "en"),
];

/// Returns whether the tag has the shape of BCP 47: a language and subtags.
pub(crate) fn has_form(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// Returns what is wrong with a tag of that shape, and the remedy: a code that no language has, or subtags
/// that stand in no order of RFC 5646 §2.1.
pub(crate) fn mistake(tag: &str) -> Option<(String, String)> {
    let language = tag.split('-').next().unwrap_or_default();
    if language.len() == 2 && !TWO_LETTERS.split(' ').any(|code| code == language) {
        let meant = COUNTRIES.iter().find(|(country, _)| *country == language);
        let remedy = meant.map_or_else(
            || "take the code of ISO 639-1, such as `en`, `ru` or `uk`".to_owned(),
            |(country, meant)| format!("`{country}` is a country: did you mean `{meant}`?"),
        );
        return Some((format!("no language has the code `{language}`"), remedy));
    }
    (!is_in_order(tag)).then(|| {
        let remedy = "write language, script, region, as in `sr-Latn-RS`".to_owned();
        (
            format!("`{tag}` has subtags that are none, or in another order"),
            remedy,
        )
    })
}

/// The places that subtags take, in their order.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Slot {
    Language,
    Extended,
    Script,
    Region,
    Variant,
    Extension,
}

fn is_in_order(tag: &str) -> bool {
    let mut last = Slot::Language;
    let mut parts = tag.split('-').skip(1).peekable();
    while let Some(part) = parts.next() {
        if part.len() == 1 {
            // A singleton opens an extension or private use, which has at least one subtag.
            last = Slot::Extension;
            if parts.peek().is_none_or(|next| next.len() == 1) {
                return false;
            }
            continue;
        }
        let slot = if last == Slot::Extension {
            Slot::Extension
        } else {
            let Some(slot) = slot_of(part) else {
                return false;
            };
            slot
        };
        let repeatable = matches!(slot, Slot::Extended | Slot::Variant | Slot::Extension);
        if slot < last || (slot == last && !repeatable) {
            return false;
        }
        last = slot;
    }
    true
}

fn slot_of(part: &str) -> Option<Slot> {
    let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
    let digit_first = part.as_bytes().first().is_some_and(u8::is_ascii_digit);
    match part.len() {
        2 if letters => Some(Slot::Region),
        3 if letters => Some(Slot::Extended),
        3 if part.bytes().all(|b| b.is_ascii_digit()) => Some(Slot::Region),
        4 if letters => Some(Slot::Script),
        4 if digit_first => Some(Slot::Variant),
        5..=8 => Some(Slot::Variant),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_bcp_47_pass() {
        for tag in [
            "en",
            "uk",
            "cnr",
            "sr-Latn",
            "sr-Latn-RS",
            "zh-cmn-Hans-CN",
            "es-419",
            "de-1996",
            "sl-rozaj-biske",
            "en-x-plain",
            "de-DE-u-co-phonebk",
        ] {
            assert!(has_form(tag), "{tag}");
            assert_eq!(mistake(tag), None, "{tag}");
        }
    }

    #[test]
    fn what_is_no_tag_is_told_with_what_was_meant() {
        for (tag, words) in [
            ("ua", "did you mean `uk`?"),
            ("cz", "did you mean `cs`?"),
            ("xx-Latn", "ISO 639-1"),
            ("sr-RS-Latn", "script, region"),
            ("en-GB-US", "script, region"),
            ("en-x", "script, region"),
            ("en-a1", "script, region"),
        ] {
            assert!(has_form(tag), "{tag}");
            let (what, remedy) = mistake(tag).expect(tag);
            assert!(format!("{what}; {remedy}").contains(words), "{tag}: {what}");
        }
        for tag in ["", "English", "EN", "e", "en_GB", "en-", "en-waytoolong"] {
            assert!(!has_form(tag), "{tag}");
        }
    }

    #[test]
    fn the_countries_are_no_languages() {
        for (country, meant) in COUNTRIES {
            assert!(mistake(country).is_some() && mistake(meant).is_none());
        }
    }
}
