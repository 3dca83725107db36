//! Sitemaps, good and bad.

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// Returns a sitemap that lists `urls`.
pub fn urlset<S: AsRef<str>>(urls: &[S]) -> String {
    list("urlset", "url", urls)
}

/// Returns a sitemap index that lists `urls`.
pub fn index<S: AsRef<str>>(urls: &[S]) -> String {
    list("sitemapindex", "sitemap", urls)
}

fn list<S: AsRef<str>>(root: &str, entry: &str, urls: &[S]) -> String {
    let entries: String = urls
        .iter()
        .map(|url| format!("<{entry}><loc>{}</loc></{entry}>\n", url.as_ref()))
        .collect();
    format!("<?xml version=\"1.0\"?>\n<{root} xmlns=\"{NAMESPACE}\">\n{entries}</{root}>")
}

/// Returns a sitemap whose entities would unfold to ten to the power of nine words, in an address
/// that comes before `good`.
pub fn entity_bomb(good: &str) -> String {
    let entities: String = (1..10)
        .map(|level| {
            let inner = format!("&e{};", level - 1).repeat(10);
            format!("<!ENTITY e{level} \"{inner}\">\n")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE urlset [<!ENTITY e0 \"word\">\n{entities}]>\n\
         <urlset xmlns=\"{NAMESPACE}\"><url><loc>{good}?&e9;</loc></url>\
         <url><loc>{good}</loc></url></urlset>"
    )
}

/// Returns a sitemap with an entity and a DTD that a careless reader would fetch from `outside`, and
/// one that is a file of the machine. `good` is listed last.
pub fn external_entity(outside: &str, good: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE urlset SYSTEM \"{outside}/dtd\" [\n\
         <!ENTITY net SYSTEM \"{outside}/entity\">\n<!ENTITY file SYSTEM \"file:///etc/hostname\">\n\
         <!ENTITY % more SYSTEM \"{outside}/parameter\">\n%more;\n]>\n\
         <urlset xmlns=\"{NAMESPACE}\"><url><loc>{good}?net=&net;</loc></url>\
         <url><loc>{good}?file=&file;</loc></url><url><loc>{good}</loc></url></urlset>"
    )
}
