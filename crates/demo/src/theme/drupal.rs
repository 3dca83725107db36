//! Drupal 7 with panels: a mega-menu before the body, rows of metadata, a promotion that an editor put
//! into the story, and attachments behind `?download`.

use crate::article::{Article, Piece};
use crate::html::{body, escape, link, link_items, long_date};
use crate::theme::View;

pub(crate) const SITE_NAME: &str = "Organisation for Safe Crossings";

/// The sections of the mega-menu: the page that each leads to, its label, and the labels below.
const MENU: &[(&str, &str, &[&str])] = &[
    (
        "/what-we-do",
        "Our work",
        &[
            "Fields of work",
            "Arms control",
            "Border management",
            "Combating trafficking in human beings",
            "Conflict prevention",
            "Countering extremism",
            "Cyber security",
            "Democratization",
            "Economic activities",
            "Education",
            "Elections",
            "Environmental activities",
            "Gender equality",
            "Good governance",
            "Human rights",
            "Media freedom",
            "Migration",
            "National minorities",
            "Policing",
            "Reform of the security sector",
            "Roma and Sinti",
            "Rule of law",
            "Tolerance and non-discrimination",
            "Youth",
        ],
    ),
    (
        "/where-we-are",
        "Where we are",
        &[
            "Secretariat",
            "Mission to Velmar",
            "Mission to Kastrel",
            "Mission to Lidova",
            "Office for the Prevention of Trafficking",
            "Representative on Freedom of the Press",
            "Lake Academy in Hollin",
            "Programme Office in Brannick",
            "Documentation Centre in Tallow",
            "Closed field operations",
            "Partners for co-operation",
            "Participating governments",
        ],
    ),
    (
        "/press-releases",
        "News and events",
        &[
            "Press releases",
            "Press statements",
            "Daily and spot reports",
            "Feature stories",
            "Media advisories",
            "Events",
            "Photo galleries",
            "Videos",
            "Podcast",
            "Subscribe to e-mail services",
        ],
    ),
    (
        "/resources",
        "Resources",
        &[
            "Publications",
            "Documents",
            "Decisions of the Council",
            "Yearbooks",
            "E-learning",
            "Procurement",
            "Frequently asked questions",
            "Library",
        ],
    ),
    (
        "/about",
        "Who we are",
        &[
            "What is the Organisation",
            "History",
            "Structures and institutions",
            "Secretary General",
            "Budget",
            "Employment",
            "Legal basis",
            "Awards",
        ],
    ),
];

const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("ru", "Русский"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("sr", "Srpski"),
];

/// Returns the page of a document.
pub(crate) fn article(article: &Article, view: &View<'_>) -> String {
    let main = format!(
        "<div class=\"panel-pane pane-page-title\"><div class=\"pane-content\"><h1 class=\"title\">{}</h1></div></div>\n\
         {}<div class=\"panel-pane pane-node-body\"><div class=\"pane-content\">\n{}{}</div></div>\n{}{}{}",
        escape(article.title),
        rows(article, view),
        promotion(article),
        body(&article.body),
        attachments(article),
        SHARE,
        related(article, view),
    );
    frame(
        &head(article, view),
        article.lang,
        &body_class(article),
        &crumbs(article),
        &main,
        view,
    )
}

/// Returns a page that is no document: a list, a form or a message.
pub(crate) fn page(title: &str, main: &str, view: &View<'_>) -> String {
    let head = format!("<title>{} | {SITE_NAME}</title>\n", escape(title));
    let main = format!("<h1 class=\"title\">{}</h1>\n{main}", escape(title));
    frame(
        &head,
        "en",
        "not-front not-logged-in page-panels",
        "",
        &main,
        view,
    )
}

fn frame(head: &str, lang: &str, class: &str, crumbs: &str, main: &str, view: &View<'_>) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\" />\n\
         <meta name=\"Generator\" content=\"Drupal 7 (http://drupal.org)\" />\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n{head}\
         <style>body{{margin:0}} .element-invisible{{position:absolute}}</style>\n</head>\n<body class=\"html {class}\">\n\
         <div id=\"skip-link\"><a href=\"#main-content\" class=\"element-invisible element-focusable\">Skip to main content</a></div>\n\
         <header id=\"header\" role=\"banner\">\n<a href=\"/\" title=\"Home\" rel=\"home\" id=\"logo\">{SITE_NAME}</a>\n\
         <form action=\"/search\" method=\"get\"><label for=\"q\">Search this site</label><input type=\"text\" name=\"q\" id=\"q\" /></form>\n\
         {}</header>\n{crumbs}<main id=\"main-content\" role=\"main\">\n{main}</main>\n{}</body>\n</html>\n",
        menu(view.edition),
        footer(view.edition),
    )
}

fn head(article: &Article, view: &View<'_>) -> String {
    let mut head = format!(
        "<title>{title} | {SITE_NAME}</title>\n<link rel=\"canonical\" href=\"{url}\" />\n\
         <link rel=\"shortlink\" href=\"/node/{slug}\" />\n<meta property=\"og:site_name\" content=\"{SITE_NAME}\" />\n\
         <meta property=\"og:type\" content=\"article\" />\n<meta property=\"og:title\" content=\"{title}\" />\n\
         <meta property=\"og:url\" content=\"{url}\" />\n",
        title = escape(article.title),
        url = article.url(),
        slug = article.slug(),
    );
    if let Some(date) = article.date {
        head.push_str(&format!(
            "<meta property=\"article:published_time\" content=\"{date}T10:00:00+01:00\" />\n\
             <meta name=\"dcterms.issued\" content=\"{date}\" />\n"
        ));
    }
    if let Some(date) = article.field("modified") {
        head.push_str(&format!(
            "<meta property=\"article:modified_time\" content=\"{date}T15:20:00+01:00\" />\n"
        ));
    }
    let versions = view.versions(article);
    if versions.len() > 1 {
        for version in versions {
            head.push_str(&format!(
                "<link rel=\"alternate\" hreflang=\"{}\" href=\"{}\" />\n",
                version.lang,
                version.url()
            ));
        }
    }
    head
}

fn body_class(article: &Article) -> String {
    format!(
        "not-front not-logged-in page-node page-node-{} node-type-{} i18n-{}",
        article.slug(),
        article.kind,
        article.lang
    )
}

/// The menu changes with the edition, as chair lines and names of countries do: the text of no document
/// changes with it.
fn menu(edition: u8) -> String {
    let mut items = String::new();
    for (to, label, below) in MENU {
        let mut inner: String = below
            .iter()
            .map(|label| {
                format!(
                    "<li class=\"leaf\">{}</li>\n",
                    link(&format!("{to}#{}", slug(label)), label)
                )
            })
            .collect();
        if *to == "/about" {
            let label = chair(edition);
            inner.push_str(&format!(
                "<li class=\"leaf\">{}</li>\n",
                link("/about#chair", label)
            ));
        }
        items.push_str(&format!(
            "<li class=\"expanded\">{}\n<ul class=\"menu\">\n{inner}</ul></li>\n",
            link(to, label)
        ));
    }
    format!(
        "<nav id=\"mega-menu\" role=\"navigation\" class=\"region-navigation\">\n<ul class=\"menu\">\n{items}</ul>\n</nav>\n"
    )
}

const fn chair(edition: u8) -> &'static str {
    if edition < 2 {
        "Kastrel – Chairpersonship 2024"
    } else {
        "Lidova – Chairpersonship 2025"
    }
}

fn slug(label: &str) -> String {
    label.to_lowercase().replace(' ', "-")
}

fn crumbs(article: &Article) -> String {
    let section = article.field("where").unwrap_or("Organisation");
    format!(
        "<div class=\"breadcrumb\"><h2 class=\"element-invisible\">You are here</h2><a href=\"/\">Home</a> » {} » {}</div>\n",
        link("/where-we-are", section),
        link("/press-releases", "Newsroom"),
    )
}

/// The rows that say when, what kind, where and on what: metadata, no text.
fn rows(article: &Article, view: &View<'_>) -> String {
    let Some(date) = article.date else {
        return String::new();
    };
    let row = |label: &str, value: &str| {
        format!(
            "<div class=\"field field-label-inline\"><div class=\"field-label\">{label}: </div><div class=\"field-item\">{}</div></div>\n",
            escape(value)
        )
    };
    let mut rows = row("Publishing date", &long_date(date));
    rows.push_str(&row("Content type", &kind_label(article.kind)));
    rows.extend(
        article
            .field("where")
            .map(|place| row("Where we are", place)),
    );
    rows.extend(article.field("what").map(|field| row("What we do", field)));
    format!(
        "<div class=\"panel-pane pane-node-info\"><div class=\"pane-content\">\n{rows}</div></div>\n{}",
        languages(article, view)
    )
}

fn languages(article: &Article, view: &View<'_>) -> String {
    let names: Vec<String> = view
        .versions(article)
        .iter()
        .filter_map(|version| {
            let (_, name) = LANGUAGES.iter().find(|(tag, _)| *tag == version.lang)?;
            Some(if version.lang == article.lang {
                (*name).to_owned()
            } else {
                link(version.path, name)
            })
        })
        .collect();
    format!(
        "<div class=\"language-switcher\">{}</div>\n",
        names.join(" | ")
    )
}

/// Returns a kind as people write it: `Press release`.
pub(crate) fn kind_label(kind: &str) -> String {
    let text = kind.replace('-', " ");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// An editor's box in feature stories, with an event years apart from the story.
fn promotion(article: &Article) -> &'static str {
    if article.kind == "feature-story" {
        PROMOTION
    } else {
        ""
    }
}

const PROMOTION: &str = "<div class=\"pane-bundle-text\">\n<h3>Open Jetty Days: Counting, Asking, Listening</h3>\n\
<p>The Open Jetty Days on 4 May 2025 in Hollin set out to bring together everybody who works at the water's edge and to show what a season of counting has changed.</p>\n\
<p>Follow the event using the hashtag #jettydays on Twitter (@safecrossings) and on Facebook, or subscribe to our email services for the latest on this event.</p>\n\
<p><a href=\"/cthb/410008\">Learn more</a></p>\n</div>\n";

fn attachments(article: &Article) -> String {
    let items: String = article
        .body
        .iter()
        .filter_map(|piece| match piece {
            Piece::Attachment { label, to } => {
                Some(format!("<li class=\"file\">{}</li>\n", link(to, label)))
            }
            _ => None,
        })
        .collect();
    if items.is_empty() {
        return items;
    }
    format!(
        "<div class=\"panel-pane pane-attachments\"><h2 class=\"pane-title\">Attachments</h2>\n<ul>\n{items}</ul></div>\n"
    )
}

const SHARE: &str = "<div class=\"pane-share\"><ul class=\"share-links\">\
<li><a href=\"https://social.example/f\">Facebook</a></li><li><a href=\"https://social.example/t\">Twitter</a></li>\
<li><a href=\"https://social.example/l\">LinkedIn</a></li><li><a href=\"mailto:?subject=page\">Email</a></li>\
<li><a href=\"#print\">Print</a></li></ul></div>\n";

fn related(article: &Article, view: &View<'_>) -> String {
    let links = view
        .of(article.host)
        .filter(|other| {
            other.lang == article.lang && other.slug() != article.slug() && other.date.is_some()
        })
        .take(3)
        .map(|other| (other.path, other.title));
    format!(
        "<div class=\"panel-pane pane-related\"><h2 class=\"pane-title\">Related stories</h2>\n<ul class=\"teasers\">\n{}</ul></div>\n",
        link_items(links)
    )
}

fn footer(edition: u8) -> String {
    format!(
        "<footer id=\"footer\" role=\"contentinfo\">\n<ul class=\"menu\">\n{}</ul>\n\
         <p>The opinions and information the material on this site contains do not necessarily reflect the policy of the Organisation and the official position of the Secretariat.</p>\n\
         <p>{}</p>\n<p>© 1994–{} {SITE_NAME}. All rights reserved.</p>\n\
         <div id=\"sliding-popup\" class=\"eu-cookie-compliance-banner\"><p>We use cookies to make your visit to this site more pleasant.</p>\
         <button type=\"button\">OK, I agree</button><button type=\"button\">No, give me more information</button></div>\n</footer>\n",
        link_items([
            ("/about", "Imprint"),
            ("/members", "Members' area"),
            ("/user/login", "Log in"),
            ("/events/calendar", "Calendar"),
            ("/internal/drafts", "Drafts"),
        ]),
        chair(edition),
        2023 + u32::from(edition),
    )
}

/// What stands around the documents of this site, in no document's text.
pub(crate) const CHROME: &[&str] = &[
    "Skip to main content",
    "Search this site",
    "Fields of work",
    "Reform of the security sector",
    "Chairpersonship 20",
    "Publishing date:",
    "Content type:",
    "You are here",
    "Open Jetty Days",
    "#jettydays",
    "Related stories",
    "We use cookies",
    "All rights reserved",
    "do not necessarily reflect the policy of the Organisation and",
];
