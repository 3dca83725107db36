//! The crawler's name.

/// Returns the user agent that `template` gives for this version and `contact`. Where there is no
/// contact, the bracket that would hold it goes too.
///
/// ```
/// use thresh_fetcher::user_agent;
///
/// let named = user_agent("thresh/{version} (+{contact})", "mailto:curator@partner.example");
/// assert!(named.ends_with("(+mailto:curator@partner.example)"));
/// assert!(!user_agent("thresh/{version} (+{contact})", "").contains('('));
/// ```
pub fn user_agent(template: &str, contact: &str) -> String {
    let contact = contact.trim();
    let template = if contact.is_empty() {
        template.replace("(+{contact})", "")
    } else {
        template.to_owned()
    };
    template
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{contact}", contact)
        .trim()
        .to_owned()
}

/// Returns the product token of `user_agent`, by which robots.txt names the crawler (RFC 9309
/// §2.2.1): its leading letters, digits, hyphens and underscores.
pub fn product_token(user_agent: &str) -> &str {
    let end = user_agent
        .bytes()
        .position(|b| !b.is_ascii_alphanumeric() && b != b'-' && b != b'_');
    &user_agent[..end.unwrap_or(user_agent.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_ends_where_the_version_begins() {
        assert_eq!(product_token("thresh/0.1.0 (+https://a.example)"), "thresh");
        assert_eq!(product_token("my-bot_2 x"), "my-bot_2");
        assert_eq!(product_token(""), "");
        assert_eq!(product_token("é"), "");
    }
}
