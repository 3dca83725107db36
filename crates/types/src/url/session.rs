//! Parts of an address that name a visit rather than a page.
//!
//! A parameter goes if its name alone says so: the click identifiers that vendors document, and the
//! session names of common platforms. Names that also mean other things (`sid` is a section as often
//! as a session) go only with a value that looks drawn by lot. In paths, servlet containers write
//! `;jsessionid=…`, ASP.NET `/(S(…))/` or, before version 2, `/(…)/`.

/// Parameters that only trace where a visitor came from. Sources: the vendors' own documentation of
/// their click identifiers.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "__hstc",
    "__hssc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "_openstat",
    "wickedid",
    "s_cid",
];

/// Families of such parameters, each by how its names begin.
const TRACKING_FAMILIES: &[&str] = &["utm_", "pk_", "piwik_", "mtm_", "matomo_"];

/// Parameters that carry a session.
const SESSION: &[&str] = &[
    "phpsessid",
    "jsessionid",
    "sessionid",
    "session_id",
    "sessid",
    "cfid",
    "cftoken",
    "bv_sessionid",
    "bv_engineid",
    "oscsid",
    "zenid",
];

/// Parameters that carry a session where their value looks like one.
const PERHAPS_SESSION: &[&str] = &["sid", "s", "session"];

/// As short as the session ids of common platforms get: PHP's have 22 characters and more.
const SHORTEST_ID: usize = 20;

/// ASP.NET draws 24 characters.
const ASP_ID: usize = 24;

/// Returns the name of a parameter.
pub(super) fn name_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

/// Returns whether a parameter says nothing of the page.
pub(super) fn is_noise(pair: &str) -> bool {
    let name = name_of(pair).to_ascii_lowercase();
    let value = &pair[name.len()..].trim_start_matches('=');
    TRACKING_FAMILIES.iter().any(|f| name.starts_with(f))
        || TRACKING.contains(&name.as_str())
        || SESSION.contains(&name.as_str())
        || name.starts_with("aspsessionid")
        || (PERHAPS_SESSION.contains(&name.as_str()) && is_drawn_by_lot(value))
}

/// Returns whether a value is long, of letters and digits only, and holds both.
fn is_drawn_by_lot(value: &str) -> bool {
    value.len() >= SHORTEST_ID
        && value.bytes().all(|b| b.is_ascii_alphanumeric())
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Returns the path without the session ids in it.
pub(super) fn without_path_session(path: &str) -> String {
    path.split('/')
        .filter(|segment| !is_asp_session(segment))
        .map(without_jsessionid)
        .collect::<Vec<_>>()
        .join("/")
}

/// Drops `;jsessionid=…` from the parameters of a segment.
fn without_jsessionid(segment: &str) -> String {
    const MARK: &[u8] = b"jsessionid=";
    let is_session = |parameter: &str| {
        let front = parameter.as_bytes().get(..MARK.len());
        front.is_some_and(|front| front.eq_ignore_ascii_case(MARK))
    };
    let mut parts = segment.split(';');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for parameter in parts.filter(|parameter| !is_session(parameter)) {
        kept.push(';');
        kept.push_str(parameter);
    }
    kept
}

/// `(S(24 characters))`, with further letters beside S in newer versions, or `(24 characters)`.
fn is_asp_session(segment: &str) -> bool {
    let inner = segment
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let is_id = |id: &str| id.len() == ASP_ID && id.bytes().all(|b| b.is_ascii_alphanumeric());
    inner.is_some_and(|inner| {
        let tagged = inner
            .split_once("S(")
            .and_then(|(_, rest)| rest.split_once(')'));
        is_id(inner) || tagged.is_some_and(|(id, _)| is_id(id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_told_from_a_page() {
        for noise in [
            "utm_source=x",
            "UTM_Campaign=y",
            "fbclid=1",
            "PHPSESSID=abc",
            "ASPSESSIONIDQQ=A",
            "sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "pk_campaign=a",
        ] {
            assert!(is_noise(noise), "{noise}");
        }
        for page in [
            "sid=12",
            "s=trafficking",
            "s=0123456789012345678901234567",
            "id=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "session=plenary",
            "utm=33",
        ] {
            assert!(!is_noise(page), "{page}");
        }
    }

    #[test]
    fn paths_lose_their_session_only() {
        let cases = [
            ("/p;jsessionid=12AB/q", "/p/q"),
            ("/p;JSessionID=12AB;v=2", "/p;v=2"),
            ("/(S(4hqa0555fwsecu455xqckv45))/x.aspx", "/x.aspx"),
            ("/(A(1)S(4hqa0555fwsecu455xqckv45))/x.aspx", "/x.aspx"),
            ("/(4hqa0555fwsecu455xqckv45)/x.aspx", "/x.aspx"),
            ("/(see)/x", "/(see)/x"),
            ("/;v=1", "/;v=1"),
        ];
        for (from, to) in cases {
            assert_eq!(without_path_session(from), to);
        }
    }
}
