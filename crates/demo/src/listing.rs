//! The pages of the organisation's site that are no documents.

use crate::article::Article;
use crate::host::Host;
use crate::html::{escape, link, link_items, long_date};
use crate::theme::View;
use crate::theme::drupal::{kind_label, page};

/// Rows on a page of the press list.
const ROWS: usize = 8;

/// How many months the calendar goes on: a trap with an end.
const MONTHS: u32 = 12;

/// Addresses that misbehave, with the words that link to them.
pub(crate) const ODD_LINKS: &[(&str, &str)] = &[
    (
        "/old/second-meeting-of-experts",
        "Release of 14 March under its old address",
    ),
    ("/secretariat/410014", "Release with a broken page"),
    ("/secretariat/410015", "Release that is cut off"),
    ("/secretariat/409998", "Release that was taken down"),
    ("/secretariat/400000", "Release that never was"),
    (
        "/secretariat/410001?fbclid=IwAR0demo",
        "Release of 14 March, as shared",
    ),
    ("/node/410003", "Release of 21 May by its number"),
    (
        "http://osce.example/secretariat/410002",
        "Release of 9 April without www",
    ),
    ("/internal/drafts", "Drafts"),
    ("/search?q=lake", "Search for lake"),
];

/// Returns the front page.
pub(crate) fn front(view: &View<'_>) -> String {
    let latest = link_items(documents(view).map(|a| (a.path, a.title)));
    let more = link_items(ODD_LINKS.iter().copied());
    let main = format!(
        "<h2>Latest</h2>\n<ul>\n{latest}</ul>\n<h2>Elsewhere on this site</h2>\n<ul>\n{more}</ul>\n"
    );
    page("Safe crossings for everybody", &main, view)
}

/// Returns a page of the press list, newest first.
pub(crate) fn press(number: usize, view: &View<'_>) -> String {
    let mut all: Vec<_> = documents(view).filter(|a| a.date.is_some()).collect();
    all.sort_by(|a, b| b.date.cmp(&a.date).then(a.path.cmp(b.path)));
    let rows: String = all
        .iter()
        .skip(number * ROWS)
        .take(ROWS)
        .map(|a| row(a))
        .collect();
    let pager = if (number + 1) * ROWS < all.len() {
        format!(
            "<ul class=\"pager\"><li class=\"pager-next\">{}</li></ul>\n",
            link(&format!("/press-releases?page={}", number + 1), "next ›")
        )
    } else {
        String::new()
    };
    page(
        "Press releases",
        &format!("<div class=\"search-results\">\n{rows}</div>\n{pager}"),
        view,
    )
}

fn row(article: &Article) -> String {
    format!(
        "<div class=\"search-result\"><h3>{}</h3><p>Publishing date: {} / Content type: {} / Where we are: {}</p></div>\n",
        link(article.path, article.title),
        article.date.map(long_date).unwrap_or_default(),
        kind_label(article.kind),
        escape(article.field("where").unwrap_or_default()),
    )
}

/// Returns a section page: links and nothing else.
pub(crate) fn section(title: &str, view: &View<'_>) -> String {
    let items = link_items(
        documents(view)
            .filter(|a| a.kind != "press-release")
            .map(|a| (a.path, a.title)),
    );
    page(title, &format!("<ul>\n{items}</ul>\n"), view)
}

/// Returns a month of the calendar, which is empty like every other.
pub(crate) fn calendar(month: u32, view: &View<'_>) -> String {
    let days: String = (1..=28).map(|day| format!("<td>{day}</td>")).collect();
    let next = if month < MONTHS {
        link(
            &format!("/events/calendar?month={}", month + 1),
            "Next month",
        )
    } else {
        String::new()
    };
    let main = format!(
        "<table><caption>Month {month}</caption><tr>{days}</tr></table>\n<p>No events in this month.</p>\n{next}\n"
    );
    page("Calendar", &main, view)
}

/// Returns the members' area, which asks not to be indexed.
pub(crate) fn members(view: &View<'_>) -> String {
    let main = "<p>This page is for delegations. It holds the list of rooms, the times at which interpreters are available, and the telephone numbers of \
                the conference service. Search engines and archives are asked to leave it out, since it changes by the hour and concerns nobody else.</p>\n";
    page("Members' area", main, view).replacen(
        "<head>\n",
        "<head>\n<meta name=\"robots\" content=\"noindex, noarchive\" />\n",
        1,
    )
}

/// Returns the log-in form.
pub(crate) fn login(view: &View<'_>) -> String {
    let form = "<form id=\"user-login\" action=\"/user/login\" method=\"post\"><label>Username *</label><input name=\"name\" /><label>Password *</label>\
                <input type=\"password\" name=\"pass\" /><input type=\"submit\" value=\"Log in\" /></form>\n";
    page("User account", form, view)
}

/// Returns the message for what is not there, as the site shows it with status 404, and once with 200.
pub(crate) fn missing(view: &View<'_>) -> String {
    page(
        "Page not found",
        "<p>The requested page could not be found.</p>\n",
        view,
    )
}

/// Returns what robots.txt asks not to be fetched.
pub(crate) fn drafts(view: &View<'_>) -> String {
    page(
        "Drafts",
        "<p>Nobody who reads robots.txt has ever seen this page.</p>\n",
        view,
    )
}

fn documents<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Article> {
    view.of(Host::Osce)
}
