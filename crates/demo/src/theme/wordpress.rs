//! WordPress with a theme that prints its registered post types where a developer left a loop, and that
//! shows four random cards on every request.

use crate::article::{Article, Piece};
use crate::host::Host;
use crate::html::{body, escape, link, link_items};
use crate::theme::View;

const SITE_NAME: &str = "RESPECT Lakes";

/// The post types in the order in which WordPress and the plugins register them.
const POST_TYPES: &[&str] = &[
    "post",
    "page",
    "attachment",
    "revision",
    "nav_menu_item",
    "custom_css",
    "customize_changeset",
    "oembed_cache",
    "user_request",
    "wp_block",
    "wp_template",
    "wp_template_part",
    "wp_global_styles",
    "wp_navigation",
    "wp_font_family",
    "wp_font_face",
    "acf-taxonomy",
    "acf-post-type",
    "acf-field-group",
    "acf-field",
    "tribe_events",
    "wpcf7_contact_form",
];

/// How many of them stand where the loop of an older version prints empty paragraphs.
const CORE_TYPES: usize = 14;

/// How many characters of the text a card shows before it is cut, in the middle of a word.
const EXCERPT: usize = 210;

/// Returns the page of a document.
pub(crate) fn article(article: &Article, view: &View<'_>) -> String {
    let main = format!(
        "<article id=\"post-{id}\" class=\"post-{id} {} type-post status-publish hentry\">\n\
         <header class=\"entry-header\"><h1 class=\"entry-title\">{}</h1></header>\n\
         <div class=\"entry-content\">\n{}{}</div>\n</article>\n<div class=\"after-content\">\n{}</div>\n\
         <section class=\"related-resources\">\n{}</section>\n",
        article.kind,
        escape(article.title),
        body(&article.body),
        citation(article),
        post_types(view.turn),
        cards(article, view),
        id = post_id(article),
    );
    frame(
        &head(article),
        &format!("single single-post postid-{}", post_id(article)),
        &main,
    )
}

/// Returns a list of cards: the front page, or a category.
pub(crate) fn listing(title: &str, view: &View<'_>) -> String {
    let cards: String = view.of(Host::Respect).map(card).collect();
    let head = format!("<title>{} – {SITE_NAME}</title>\n", escape(title));
    let main = format!(
        "<h1 class=\"page-title\">{}</h1>\n<div class=\"cards\">\n{cards}</div>\n",
        escape(title)
    );
    frame(&head, "archive", &main)
}

/// Returns the log-in form.
pub(crate) fn login() -> String {
    let form = "<form id=\"loginform\" method=\"post\"><label>Username or Email Address</label><input name=\"log\" />\
                <label>Password</label><input type=\"password\" name=\"pwd\" /><button>Log In</button></form>\n";
    frame(
        &format!("<title>Log In – {SITE_NAME}</title>\n"),
        "login",
        form,
    )
}

fn frame(head: &str, class: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"UTF-8\">\n\
         <meta name=\"generator\" content=\"WordPress 6.5.2\" />\n{head}\
         <link rel=\"https://api.w.org/\" href=\"/wp-json/\" />\n</head>\n<body class=\"{class} wp-embed-responsive\">\n\
         <a class=\"skip-link screen-reader-text\" href=\"#content\">Skip to content</a>\n\
         <header class=\"site-header\"><p class=\"site-title\"><a href=\"/\" rel=\"home\">{SITE_NAME}</a></p>\n\
         <nav class=\"main-navigation\"><ul id=\"primary-menu\" class=\"menu\">\n{}</ul></nav>\n\
         <form role=\"search\" method=\"get\" class=\"search-form\" action=\"/\"><input type=\"search\" name=\"s\" placeholder=\"Search the library …\" /></form></header>\n\
         <main id=\"content\" class=\"site-main\">\n{main}</main>\n\
         <footer class=\"site-footer\"><p>Subscribe to our newsletter for new cards every month</p>\
         <form><input type=\"email\" placeholder=\"Your email address\" /><button>Sign up</button></form>\n\
         <p>Proudly powered by WordPress</p></footer>\n</body>\n</html>\n",
        link_items([
            ("/", "Library"),
            ("/category/guidance/", "Guidance"),
            ("/about/", "About"),
            ("/wp-admin/", "Log in")
        ]),
    )
}

fn head(article: &Article) -> String {
    let date = article.date.unwrap_or("2020-01-01");
    format!(
        "<title>{title} – {SITE_NAME}</title>\n<link rel=\"canonical\" href=\"{url}\" />\n\
         <meta property=\"og:title\" content=\"{title} – {SITE_NAME}\" />\n<meta property=\"og:type\" content=\"article\" />\n\
         <meta property=\"og:site_name\" content=\"{SITE_NAME}\" />\n\
         <meta property=\"article:published_time\" content=\"{date}T09:12:44+00:00\" />\n\
         <link rel=\"shortlink\" href=\"/?p={}\" />\n",
        post_id(article),
        title = escape(article.title),
        url = article.url(),
    )
}

/// Returns the post's number: any number that stays with the address would do.
fn post_id(article: &Article) -> u64 {
    1000 + article.path.bytes().map(u64::from).sum::<u64>() % 1000
}

/// The line that cites the work, and the button beside it.
fn citation(article: &Article) -> String {
    article
        .body
        .iter()
        .filter_map(|piece| match piece {
            Piece::Citation { text, to } => Some(format!(
                "<p class=\"citation\">{} <a class=\"button\" href=\"{to}\">DOWNLOAD</a></p>\n",
                escape(text)
            )),
            _ => None,
        })
        .collect()
}

/// Every third answer comes from the older version of the theme, whose loop prints nothing.
fn post_types(turn: u64) -> String {
    if turn % 3 == 2 {
        return "<p></p>\n".repeat(CORE_TYPES);
    }
    POST_TYPES
        .iter()
        .map(|name| format!("<p>{name}</p>\n"))
        .collect()
}

fn cards(article: &Article, view: &View<'_>) -> String {
    let others: Vec<_> = view
        .of(Host::Respect)
        .filter(|other| other.path != article.path)
        .collect();
    let count = others.len() as u64;
    // Seven has no divisor in common with eight, so that every card has its turn.
    (0..4u64.min(count))
        .map(|n| card(others[((view.turn * 7 + n * 3) % count.max(1)) as usize]))
        .collect()
}

fn card(article: &Article) -> String {
    let text: String = article.lead().chars().take(EXCERPT).collect();
    let chips: String = chips(article.field("category").unwrap_or("News"))
        .iter()
        .map(|chip| format!("<span>{}</span>", escape(chip)))
        .collect();
    format!(
        "<div class=\"resource-card\"><h3>{}</h3><div class=\"chips\">{chips}</div>\
         <div class=\"excerpt\">{}...<a class=\"more\" href=\"{}\">Read More</a></div><div class=\"tags\">TAGS: {}</div></div>\n",
        link(article.path, article.title),
        escape(&text),
        article.path,
        article.field("tags").unwrap_or("Global"),
    )
}

/// Splits a category line where a small letter meets a capital: the names stand side by side.
fn chips(line: &str) -> Vec<String> {
    let mut chips = vec![String::new()];
    let mut before = ' ';
    for c in line.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            chips.push(String::new());
        }
        before = c;
        if let Some(last) = chips.last_mut() {
            last.push(c);
        }
    }
    chips
}

/// What stands around the documents of this site, in no document's text.
pub(crate) const CHROME: &[&str] = &[
    "nav_menu_item",
    "wp_font_face",
    "acf-field-group",
    "Read More",
    "TAGS:",
    "DOWNLOAD",
    "Proudly powered by",
    "Subscribe to our newsletter for new cards",
    "Skip to content",
];
