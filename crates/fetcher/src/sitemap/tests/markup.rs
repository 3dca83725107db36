//! What sitemaps in XML look like in the wild, one row a habit.

use super::*;

/// Reads a file of `https://a.example/maps/map.xml` and returns pages and children.
pub(super) fn listed(file: &[u8]) -> Vec<String> {
    let base = "https://a.example/maps/map.xml".parse().unwrap();
    let sitemap = parse(file, &base, Limits::default());
    let pages = sitemap.urls.iter().map(|u| u.url.to_string());
    pages
        .chain(sitemap.children.iter().map(ToString::to_string))
        .collect()
}

/// Checks rows of name, file, and what it lists, with `https://a.example` left out.
fn check(rows: &[(&str, &str, &[&str])]) {
    for (name, file, expected) in rows {
        let expected: Vec<String> = expected.iter().map(|e| full(e)).collect();
        assert_eq!(listed(file.as_bytes()), expected, "{name}: {file}");
    }
}

fn full(address: &str) -> String {
    match address.strip_prefix('/') {
        Some(path) => format!("https://a.example/{path}"),
        None => address.to_owned(),
    }
}

/// A list with these entries.
pub(super) fn of(entries: &str) -> String {
    format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{entries}</urlset>")
}

#[test]
fn namespaces_are_borne_in_every_spelling() {
    const ONE: &str = "<url><loc>https://a.example/x</loc></url></urlset>";
    for namespace in [
        "",
        "xmlns=''",
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9/'",
        "xmlns='https://www.sitemaps.org/schemas/sitemap/0.9'",
        "xmlns='HTTP://WWW.SiteMaps.org/Schemas/Sitemap/0.9'",
        "xmlns='http://www.google.com/schemas/sitemap/0.84'",
        "xmlns='http://wrong.example/'",
        "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'",
        "xsi:schemaLocation='a b' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'",
        "xmlns:sm='http://www.sitemaps.org/schemas/sitemap/0.9'",
    ] {
        let file = format!("<urlset {namespace}>{ONE}");
        assert_eq!(listed(file.as_bytes()), ["https://a.example/x"], "{file}");
    }
}

#[test]
fn prefixes_tell_the_protocol_from_its_extensions() {
    check(&[
        (
            "all prefixed",
            "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><s:loc>/a</s:loc></s:url></s:urlset>",
            &["/a"],
        ),
        (
            "prefixed field in a bare entry",
            "<urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><url><s:loc>/a</s:loc></url></urlset>",
            &["/a"],
        ),
        (
            "bare field in a prefixed entry",
            "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><loc>/a</loc></s:url></s:urlset>",
            &["/a"],
        ),
        (
            "an extension as default namespace",
            "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns='http://www.google.com/schemas/sitemap-image/1.1'>\
             <s:url><s:loc>/a</s:loc><image><loc>/i.png</loc></image><loc>/j.png</loc></s:url></s:urlset>",
            &["/a"],
        ),
        (
            "image first",
            &of("<url><image:image><image:loc>/i.png</image:loc></image:image><loc>/a</loc></url>"),
            &["/a"],
        ),
        (
            "image directly in the entry or the list",
            &of(
                "<image:loc>/h.png</image:loc><url><image:loc>/i.png</image:loc><loc>/a</loc></url>",
            ),
            &["/a"],
        ),
        (
            "image in an address",
            &of("<url><loc>/a<image:loc>/i.png</image:loc></loc></url>"),
            &["/a"],
        ),
        (
            "video, mobile, page map",
            &of(
                "<url><loc>/a</loc><mobile:mobile/><video:video><video:content_loc>/v.mp4</video:content_loc>\
                 <video:player_loc>/p.swf</video:player_loc><video:url>/u</video:url></video:video>\
                 <PageMap xmlns='p'><DataObject><Attribute name='src'>/q.gif</Attribute></DataObject></PageMap></url>",
            ),
            &["/a"],
        ),
        (
            "names in capitals",
            "<URLSET><URL><LOC>/a</LOC><LastMod>2024</LastMod></URL></URLSET>",
            &["/a"],
        ),
    ]);
}

#[test]
fn forgotten_and_superfluous_tags_are_thought_in_or_out() {
    check(&[
        (
            "entry without address",
            &of("<url><lastmod>2024</lastmod></url><url><loc>/b</loc></url>"),
            &["/b"],
        ),
        (
            "empty address",
            &of(
                "<url><loc/></url><url><loc></loc></url><url><loc> \n</loc></url><url><loc>/b</loc></url>",
            ),
            &["/b"],
        ),
        (
            "two addresses",
            &of("<url><loc>/a</loc><loc>/b</loc><lastmod>2024</lastmod></url>"),
            &["/a", "/b"],
        ),
        (
            "addresses without entries",
            &of("<loc>/a</loc><loc>/b</loc>"),
            &["/a", "/b"],
        ),
        (
            "an unclosed entry",
            &of("<url><loc>/a</loc><url><loc>/b</loc></url>"),
            &["/a", "/b"],
        ),
        (
            "an unclosed address",
            &of("<url><loc>/a</url><url><loc>/b</url>"),
            &["/a", "/b"],
        ),
        (
            "an unclosed address before a date",
            &of("<url><loc>/a<lastmod>2024</lastmod></url><url><loc>/b</loc></url>"),
            &["/a", "/b"],
        ),
        (
            "both unclosed",
            &of("<url><loc>/a<url><loc>/b"),
            &["/a", "/b"],
        ),
        (
            "an entry within an address",
            &of("<url><loc><url>/a</url></loc></url><url><loc>/b</loc></url>"),
            &["/a", "/b"],
        ),
        (
            "no end of the list",
            "<urlset><url><loc>/a</loc></url>",
            &["/a"],
        ),
        (
            "no end of the last entry",
            "<urlset><url><loc>/a</loc></url><url><loc>/b</loc>",
            &["/a", "/b"],
        ),
        ("cut within an end tag", "<urlset><url><loc>/a</lo", &["/a"]),
        (
            "cut within an address",
            "<urlset><url><loc>/a</loc></url><url><loc>/bc",
            &["/a"],
        ),
        (
            "cut within a date",
            "<urlset><url><loc>/a</loc><lastmod>20",
            &["/a"],
        ),
        (
            "wrong end tags",
            &of("<url><loc>/a</link></loc></item></url></x><url><loc>/b</loc></url>"),
            &["/a", "/b"],
        ),
        (
            "junk behind",
            &format!(
                "{}<!-- cached --> x <script>1</script>",
                of("<url><loc>/a</loc></url>")
            ),
            &["/a"],
        ),
        (
            "two lists",
            &[
                of("<url><loc>/a</loc></url>"),
                of("<url><loc>/b</loc></url>"),
            ]
            .concat(),
            &["/a", "/b"],
        ),
        (
            "comments",
            &of("<!-- <url><loc>/no</loc></url> --><url><!-- x --><loc>/a<!-- y --></loc></url>"),
            &["/a"],
        ),
        (
            "instructions",
            &of("<?pi <url> ?><url><loc>/a</loc></url>"),
            &["/a"],
        ),
        ("empty list", &of(""), &[]),
        ("nothing", "", &[]),
        ("white space", " \r\n\t", &[]),
        ("declaration only", "<?xml version='1.0'?>", &[]),
        (
            "other XML",
            "<?xml version='1.0'?><catalog><loc>/a</loc></catalog>",
            &[],
        ),
    ]);
}

#[test]
fn lists_and_indexes_may_hold_each_other() {
    check(&[
        (
            "index",
            "<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>2024</lastmod></sitemap></sitemapindex>",
            &["/1.xml"],
        ),
        (
            "index entry under the wrong name",
            "<sitemapindex><sitemap><url>/1.xml</url></sitemap></sitemapindex>",
            &["/1.xml"],
        ),
        (
            "bare addresses in an index",
            "<sitemapindex><loc>/1.xml</loc><loc>/2.xml</loc></sitemapindex>",
            &["/1.xml", "/2.xml"],
        ),
        (
            "an unclosed index entry",
            "<sitemapindex><sitemap><loc>/1.xml</loc><sitemap><loc>/2.xml</loc></sitemapindex>",
            &["/1.xml", "/2.xml"],
        ),
        (
            "pages in an index",
            "<sitemapindex><url><loc>/a</loc></url><sitemap><loc>/1.xml</loc></sitemap></sitemapindex>",
            &["/a", "/1.xml"],
        ),
        (
            "sitemaps in a list",
            &of("<sitemap><loc>/1.xml</loc></sitemap><url><loc>/a</loc></url>"),
            &["/a", "/1.xml"],
        ),
        (
            "an index in an index",
            "<sitemapindex><sitemapindex><sitemap><loc>/1.xml</loc></sitemap></sitemapindex></sitemapindex>",
            &["/1.xml"],
        ),
        (
            "itself",
            "<sitemapindex><sitemap><loc>https://a.example/maps/map.xml</loc></sitemap></sitemapindex>",
            &["/maps/map.xml"],
        ),
    ]);
    let base = "https://a.example/".parse().unwrap();
    let mixed =
        "<sitemapindex><sitemap><loc>/1.xml</loc></sitemap><url><loc>/a</loc></url></sitemapindex>";
    let sitemap = parse(mixed.as_bytes(), &base, Limits::default());
    assert_eq!((sitemap.urls.len(), sitemap.children.len()), (1, 1));
    assert_eq!(sitemap.kind, SitemapKind::Index);
}

#[test]
fn entities_and_inclusions_are_never_followed() {
    let laughs = (1..10).fold("<!ENTITY l0 'ha'>".to_owned(), |text, n| {
        let before = format!("&l{};", n - 1).repeat(10);
        format!("{text}<!ENTITY l{n} '{before}'>")
    });
    check(&[
        (
            "external",
            &format!(
                "<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{}",
                of("<url><loc>/a</loc></url><url><loc>&x;</loc></url>")
            ),
            &["/a"],
        ),
        (
            "parameters",
            &format!(
                "<!DOCTYPE urlset [<!ENTITY % p SYSTEM 'http://b.example/x.dtd'> %p;]>{}",
                of("<url><loc>/a</loc></url>")
            ),
            &["/a"],
        ),
        (
            "a billion laughs",
            &format!(
                "<!DOCTYPE urlset [{laughs}]>{}",
                of("<url><loc>https://a.example/&l9;</loc></url><url><loc>/a</loc></url>")
            ),
            &["/a"],
        ),
        (
            "in an attribute",
            &format!(
                "<!DOCTYPE urlset [<!ENTITY x 'https://b.example/'>]>{}",
                of(
                    "<url><loc>/a</loc><xhtml:link rel='alternate' hreflang='de' href='&x;'/></url>"
                )
            ),
            &["/a"],
        ),
        (
            "inclusion",
            &of(
                "<url><loc><xi:include href='file:///etc/passwd' parse='text'/></loc></url><url><loc>/a</loc></url>",
            ),
            &["/a"],
        ),
        (
            "document type of HTML",
            &format!("<!DOCTYPE html>{}", of("<url><loc>/a</loc></url>")),
            &["/a"],
        ),
        (
            "public document type",
            &format!(
                "<!DOCTYPE urlset PUBLIC '-//x//y' 'http://b.example/z.dtd'>{}",
                of("<url><loc>/a</loc></url>")
            ),
            &["/a"],
        ),
    ]);
}

#[test]
fn junk_in_front_is_passed_over() {
    let list = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}",
        of("<url><loc>/a</loc></url>")
    );
    let bare = of("<url><loc>/a</loc></url>");
    for junk in [
        "\n\n  ",
        "\u{feff}",
        "\u{feff}\n\u{feff}",
        "<br />\n<b>Warning</b>: no such file & more in <b>/x.php</b> on line <b>3</b><br />\n",
        "PHP Notice: undefined index in /x.php\n",
        "<!-- generated -->\n",
        "\0",
    ] {
        assert_eq!(
            listed(format!("{junk}{list}").as_bytes()),
            ["https://a.example/a"],
            "{junk:?}"
        );
        assert_eq!(
            listed(format!("{junk}{bare}").as_bytes()),
            ["https://a.example/a"],
            "{junk:?}"
        );
    }
}

#[test]
fn pages_in_place_of_a_sitemap_give_nothing() {
    for page in [
        "<!DOCTYPE html><html><body><a href='https://a.example/x'>x</a></body></html>",
        "<!doctype html>\n<HTML><head><title>404</title></head></HTML>",
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><urlset><url><loc>/a</loc></url></urlset></body></html>",
        "<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html><body/></html>",
        "<head><title>x</title></head><body>https://a.example/x</body>",
        "Not found",
        "{\"error\": \"https://a.example/x\"}",
        "[\"https://a.example/x\"]",
        "%PDF-1.7",
    ] {
        let base = "https://a.example/".parse().unwrap();
        let sitemap = parse(page.as_bytes(), &base, Limits::default());
        assert_eq!(sitemap.kind, SitemapKind::None, "{page}");
        assert!(
            sitemap.urls.is_empty() && sitemap.children.is_empty(),
            "{page}"
        );
    }
}
