//! What the embedded web answers: a pure function of host, path, edition and the number of the request.

use std::time::Duration;

use crate::article::{Article, Piece};
use crate::host::Host;
use crate::library;
use crate::listing;
use crate::pdf;
use crate::reply::{Manner, Reply};
use crate::theme::{View, drupal, relief, wix, wordpress};

/// The page that takes its time.
pub(crate) const SLOW: &str = "/secretariat/410013";

/// How long it takes.
const SLOWNESS: Duration = Duration::from_millis(1500);

/// Where the PDF file of the field guide is.
const GUIDE: &str = "/files/f/documents/4/1/410012.pdf";

/// The documents of the embedded web.
#[derive(Debug)]
pub(crate) struct Web {
    articles: Vec<Article>,
}

/// A request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) host: Host,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) edition: u8,
    pub(crate) turn: u64,
}

impl Web {
    pub(crate) fn new() -> Self {
        Self {
            articles: library::articles(),
        }
    }

    /// Returns the documents of an edition.
    pub(crate) fn edition(&self, edition: u8) -> Vec<&Article> {
        self.articles
            .iter()
            .filter(|article| article.is_in(edition))
            .collect()
    }

    /// Returns the answer.
    pub(crate) fn answer(&self, ask: &Ask<'_>) -> Reply {
        let articles = self.edition(ask.edition);
        let view = View {
            articles: &articles,
            edition: ask.edition,
            turn: ask.turn,
        };
        match ask.host {
            Host::Osce => osce(ask, &view),
            Host::OsceBare => Reply::moved(&Host::Osce.at(&full_path(ask))),
            Host::Respect => respect(ask, &view),
            Host::Zero => zero(ask, &view),
            Host::Relief => relief(ask, &view),
            Host::Mirror => mirror(ask, &view),
        }
    }
}

fn full_path(ask: &Ask<'_>) -> String {
    if ask.query.is_empty() {
        ask.path.to_owned()
    } else {
        format!("{}?{}", ask.path, ask.query)
    }
}

fn osce(ask: &Ask<'_>, view: &View<'_>) -> Reply {
    let html = match (ask.path, ask.query) {
        ("/robots.txt", _) => return Reply::text(OSCE_ROBOTS),
        ("/sitemap.xml", query) => return osce_sitemap(query, view),
        ("/", _) => listing::front(view),
        ("/press-releases", query) => listing::press(number(query, "page=").unwrap_or(0), view),
        ("/what-we-do", _) => listing::section("What we do", view),
        ("/where-we-are", _) => listing::section("Where we are", view),
        ("/resources", _) => listing::section("Resources", view),
        ("/events/calendar", query) => listing::calendar(
            u32::try_from(number(query, "month=").unwrap_or(1))
                .unwrap_or(1)
                .clamp(1, 12),
            view,
        ),
        ("/user/login", _) => listing::login(view),
        ("/members", _) => listing::members(view),
        ("/internal/drafts" | "/search", _) => listing::drafts(view),
        ("/old/second-meeting-of-experts", _) => return Reply::moved("/secretariat/410001"),
        ("/secretariat/409998", _) => listing::missing(view),
        ("/secretariat/410014", _) => {
            return Reply::new(
                500,
                "text/html; charset=utf-8",
                "<h1>The website encountered an unexpected error.</h1>",
            );
        }
        ("/secretariat/410015", _) => return cut(view),
        (GUIDE, _) | ("/resources/410012", "download=true") => return guide(),
        ("/files/f/documents/4/1/410003-annex.txt", _) => return Reply::text(ANNEX),
        (path, _) => return osce_document(path, view),
    };
    Reply::page(html).compressible().tagged()
}

/// Every document answers under its number as well: `/node/410003` is `/mission-to-velmar/410003`.
fn osce_document(path: &str, view: &View<'_>) -> Reply {
    let node = path.strip_prefix("/node/").unwrap_or("-");
    let found = view
        .of(Host::Osce)
        .find(|a| a.path == path || (a.slug() == node && a.lang == "en"));
    let Some(article) = found else {
        return Reply {
            status: 404,
            ..Reply::page(listing::missing(view))
        };
    };
    let manner = if article.path == SLOW {
        Manner::Slow(SLOWNESS)
    } else {
        Manner::Plain
    };
    Reply::page(drupal::article(article, view))
        .with("content-language", article.lang)
        .compressible()
        .tagged()
        .sent(manner)
}

fn cut(view: &View<'_>) -> Reply {
    let text = "<p>BRANNICK, 5 March 2024 – This release breaks off in the middle, because the connection does. What is left of it is no document.</p>\n";
    let page = drupal::page("Release that is cut off", &text.repeat(20), view);
    Reply::page(page).sent(Manner::Cut)
}

fn guide() -> Reply {
    let lines = [
        "Asking first: a field guide to early identification on lakes and rivers",
        "",
        "A person who is being moved by others rarely says so. What can be seen is small: papers",
        "that somebody else carries, a telephone that is handed over before a question is answered,",
        "a journey whose last stop nobody can name.",
        "",
        "Ask one question at a time. Ask it where the others cannot hear. Do not promise anything",
        "that you cannot keep, and do not ask for a story. Where are you going to sleep tonight is",
        "better than are you all right.",
        "",
        "If the answer worries you, call the number on the back page and say what you have seen and",
        "heard, not what you believe. Stay where you are. You are not asked to follow anybody.",
    ];
    Reply::new(
        200,
        "application/pdf",
        pdf::document("Asking first", &lines),
    )
    .with("content-disposition", "attachment; filename=\"410012.pdf\"")
    .modified("2023-11-30")
}

fn osce_sitemap(query: &str, view: &View<'_>) -> Reply {
    if query != "page=1" {
        let index = format!(
            "<sitemap><loc>{}</loc></sitemap>",
            Host::Osce.at("/sitemap.xml?page=1")
        );
        return xml(&format!(
            "<sitemapindex xmlns=\"{SITEMAP}\">{index}</sitemapindex>"
        ));
    }
    let mut entries: String = view
        .of(Host::Osce)
        .map(|a| entry(&a.url(), a.field("modified").or(a.date)))
        .collect();
    entries.push_str(&entry(
        &Host::Osce.at("/resources/410012?download=true"),
        None,
    ));
    xml(&format!("<urlset xmlns=\"{SITEMAP}\">{entries}</urlset>"))
}

fn entry(url: &str, date: Option<&str>) -> String {
    let date = date
        .map(|date| format!("<lastmod>{date}</lastmod>"))
        .unwrap_or_default();
    format!("<url><loc>{url}</loc>{date}</url>")
}

fn xml(text: &str) -> Reply {
    Reply::new(
        200,
        "application/xml",
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n"),
    )
}

fn respect(ask: &Ask<'_>, view: &View<'_>) -> Reply {
    let slashed = format!("{}/", ask.path.trim_end_matches('/'));
    if ask.path == "/robots.txt" {
        return Reply::text(RESPECT_ROBOTS);
    }
    if let Some(file) = view
        .of(Host::Respect)
        .find_map(|a| citation_file(a, ask.path))
    {
        return file;
    }
    // With and without the slash the same page answers, as it does on the site that this one is like.
    if let Some(article) = view.of(Host::Respect).find(|a| a.path == slashed) {
        return Reply::page(wordpress::article(article, view));
    }
    match slashed.as_str() {
        "/" => Reply::page(wordpress::listing("Library", view)),
        // The archive links without the slash at the end.
        "/category/guidance/" => {
            Reply::page(wordpress::listing("Guidance", view).replace("/\">", "\">"))
        }
        "/wp-json/" => Reply::new(200, "application/json", "{\"name\":\"RESPECT Lakes\"}"),
        "/wp-admin/" => Reply::page(wordpress::login()),
        _ => Reply {
            status: 404,
            ..Reply::page(wordpress::listing("Nothing was found", view))
        },
    }
}

/// Returns the file that the document cites, if it lies at `path`.
fn citation_file(article: &Article, path: &str) -> Option<Reply> {
    let cited = article.body.iter().find_map(|piece| match piece {
        Piece::Citation { text, to } if *to == path => Some(*text),
        _ => None,
    })?;
    let lines = [
        cited,
        "",
        "This is the title page of a publication that was never written.",
    ];
    Some(Reply::new(
        200,
        "application/pdf",
        pdf::document(article.title, &lines),
    ))
}

fn zero(ask: &Ask<'_>, view: &View<'_>) -> Reply {
    let date = "2024-06-14";
    if let Some(post) = view.of(Host::Zero).find(|a| a.path == ask.path) {
        return Reply::page(wix::article(post, view))
            .compressible()
            .modified(post.date.unwrap_or(date));
    }
    match ask.path {
        "/robots.txt" => {
            Reply::text("User-agent: *\nAllow: /\n\nSitemap: http://zero.example/sitemap.xml\n")
        }
        "/sitemap.xml" => xml(&format!(
            "<sitemapindex xmlns=\"{SITEMAP}\"><sitemap><loc>http://zero.example/blog-posts-sitemap.xml</loc></sitemap></sitemapindex>"
        )),
        "/blog-posts-sitemap.xml" => {
            let posts: String = view
                .of(Host::Zero)
                .map(|a| entry(&a.url(), a.date))
                .collect();
            xml(&format!("<urlset xmlns=\"{SITEMAP}\">{posts}</urlset>"))
        }
        "/" | "/blog" => Reply::page(wix::listing(view)).modified(date),
        // A soft 404: the page says that there is nothing, and the status says that all is well.
        _ => Reply::page(wix::missing()),
    }
}

fn relief(ask: &Ask<'_>, view: &View<'_>) -> Reply {
    let found = if ask.path == relief::SYNDICATED_HERE {
        view.of(Host::Osce).find(|a| a.path == relief::SYNDICATED)
    } else {
        view.of(Host::Relief).find(|a| a.path == ask.path)
    };
    match (found, ask.path) {
        (Some(article), path) => Reply::page(relief::article(article, path))
            .modified(article.date.unwrap_or("2024-01-01")),
        (None, "/") => Reply::page(relief::listing(view)),
        (None, _) => Reply::new(
            404,
            "text/html; charset=utf-8",
            "<title>404</title><h1>Not found</h1>",
        ),
    }
}

/// The mirror holds one page, chrome and all, with its links leading to the original.
fn mirror(ask: &Ask<'_>, view: &View<'_>) -> Reply {
    let original = view
        .of(Host::Osce)
        .find(|a| a.path == relief::SYNDICATED && a.path == ask.path);
    match (original, ask.path) {
        (Some(article), _) => {
            let absolute = format!("href=\"{}", Host::Osce.at("/"));
            Reply::page(drupal::article(article, view).replace("href=\"/", &absolute))
        }
        (None, "/") => {
            let list = crate::html::link(relief::SYNDICATED, "Copy of 14 March 2024");
            Reply::page(format!(
                "<!DOCTYPE html>\n<title>Copies</title>\n<h1>Copies</h1>\n<p>{list}</p>\n"
            ))
        }
        (None, "/robots.txt") => Reply::text(""),
        (None, _) => Reply::new(404, "text/plain; charset=utf-8", "not here\n"),
    }
}

/// Returns the number behind `key` in the query.
fn number(query: &str, key: &str) -> Option<usize> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(key))
        .and_then(|digits| digits.parse().ok())
}

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

const OSCE_ROBOTS: &str = "# The texts are public; drafts and searches are not.\nUser-agent: *\nDisallow: /internal/\nDisallow: /search\n\n\
                           Sitemap: http://www.osce.example/sitemap.xml\n";

const RESPECT_ROBOTS: &str =
    "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n";

const ANNEX: &str = "ANNEX TO THE COMMON RULES FOR THE FIRST SEVENTY-TWO HOURS\n\n\
1. Data that may be passed on without asking: none.\n\n\
2. Data that may be passed on if the person agrees in writing, in a language they read: the name and a way to be reached, to the shelter that\n\
takes over; what a doctor found, to the next doctor; the wish to speak to the police, to the police.\n\n\
3. Data that are not written down: the route of the journey as long as nobody has asked for it, names of relatives, the faith of the person.\n\n\
4. Notes of the first seventy-two hours are destroyed after ninety days. The shelter that wrote them destroys them, and a second person signs.\n";
