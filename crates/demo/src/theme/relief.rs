//! A syndicator of reports: what others publish, with a line that says whose it is.

use crate::article::Article;
use crate::host::Host;
use crate::html::{body, escape, link, link_items, long_date};
use crate::theme::View;

const SITE_NAME: &str = "LakeRelief";

/// The document of the organisation that is syndicated here.
pub(crate) const SYNDICATED: &str = "/secretariat/410001";

/// Where it is found here.
pub(crate) const SYNDICATED_HERE: &str =
    "/report/lakes/second-meeting-lake-region-experts-forced-recruitment-concludes-velmar";

/// Returns the page of a report: one of the site's own, or a syndicated one.
pub(crate) fn article(article: &Article, path: &str) -> String {
    let source = article
        .field("source")
        .unwrap_or("Organisation for Safe Crossings in the Eastern Lakes");
    let date = article.date.map(long_date).unwrap_or_default();
    let original = if article.host == Host::Relief {
        String::new()
    } else {
        format!("<p>{}</p>\n", link(&article.url(), "View Original"))
    };
    let main = format!(
        "<article class=\"rw-report\">\n<h1 class=\"rw-article__title\">{title}</h1>\n<dl class=\"rw-meta\"><dt>Format</dt><dd>News and Press Release</dd>\
         <dt>Source</dt><dd>{source}</dd><dt>Posted</dt><dd>{date}</dd></dl>\n<p>Report from {source}</p>\n<p>Published on {date}</p>\n{original}\
         <div class=\"rw-article__content\">\n{}</div>\n</article>\n",
        body(&article.body),
        title = escape(article.title),
    );
    frame(
        &format!(
            "<title>{title} | {SITE_NAME}</title>\n<link rel=\"canonical\" href=\"{}\"/>\n<meta property=\"og:title\" content=\"{title}\"/>\n",
            Host::Relief.at(path),
            title = escape(article.title)
        ),
        &main,
    )
}

/// Returns the list of reports.
pub(crate) fn listing(view: &View<'_>) -> String {
    let syndicated = view
        .of(Host::Osce)
        .filter(|a| a.path == SYNDICATED)
        .map(|a| (SYNDICATED_HERE, a.title));
    let own = view.of(Host::Relief).map(|a| (a.path, a.title));
    let items = link_items(own.chain(syndicated));
    frame(
        &format!("<title>Updates | {SITE_NAME}</title>\n"),
        &format!("<h1>Updates</h1>\n<ul>\n{items}</ul>\n"),
    )
}

fn frame(head: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{head}</head>\n<body>\n<header><nav><ul>\n{}</ul></nav></header>\n\
         <main>\n{main}</main>\n<aside><h2>Help us improve the page</h2><p>Tell us in one line what you were looking for</p></aside>\n\
         <footer><p>{SITE_NAME} is an invented service on a reserved name</p></footer>\n</body>\n</html>\n",
        link_items([("/", "Updates")]),
    )
}

/// What stands around the documents of this site, in no document's text.
pub(crate) const CHROME: &[&str] = &[
    "Help us improve the page",
    "View Original",
    "invented service on a reserved name",
];
