//! A Wix blog: hidden anchors at both ends, counters of views and comments, and recent posts.

use crate::article::Article;
use crate::host::Host;
use crate::html::{body, escape, json_string, link, long_date};
use crate::theme::View;

const SITE_NAME: &str = "Zero on the Lakes";

/// Wix cuts the headline of its JSON-LD at about this many characters.
const HEADLINE: usize = 110;

/// Returns the page of a post.
pub(crate) fn article(article: &Article, view: &View<'_>) -> String {
    let date = article.date.unwrap_or("2024-01-01");
    let main = format!(
        "<article data-hook=\"post\">\n<div data-hook=\"post-header\"><span data-hook=\"user-name\">{author}</span>\
         <span data-hook=\"time-ago\" title=\"{day}\">{day}</span><span data-hook=\"time-to-read\">2 min read</span></div>\n\
         <h1 data-hook=\"post-title\"><span class=\"blog-post-title-font\">{title}</span></h1>\n\
         <section data-hook=\"post-description\"><div data-id=\"content-viewer\">\n\
         <figure data-hook=\"imageViewer\"><img alt=\"{image}\" src=\"/media/{slug}.jpg/v1/fill/w_147,h_98,blur_2/i.jpg\"/></figure>\n\
         {body}</div></section>\n\
         <footer data-hook=\"post-footer\"><ul data-hook=\"share\"><li><a href=\"https://social.example/f\">Facebook</a></li></ul>\
         <div data-hook=\"post-stats\"><span>{views} views</span><span>0 comments</span></div>\
         <button data-hook=\"like-button\">Post not marked as liked</button></footer>\n</article>\n{recent}\
         <div data-hook=\"comments\"><p>Commenting has been turned off.</p></div>\n",
        author = article.field("author").unwrap_or("Writer"),
        day = long_date(date),
        title = escape(article.title),
        image = escape(article.field("image").unwrap_or_default()),
        slug = article.slug(),
        body = body(&article.body),
        views = 39 + view.turn % 500,
        recent = recent(article, view),
    );
    frame(&head(article, date), &main)
}

/// Returns the list of posts.
pub(crate) fn listing(view: &View<'_>) -> String {
    let posts: String = view
        .of(Host::Zero)
        .map(|post| {
            let lead: String = post.lead().chars().take(120).collect();
            format!(
                "<li data-hook=\"post-list-item\"><h2>{}</h2><p>{}…</p></li>\n",
                link(post.path, post.title),
                escape(&lead)
            )
        })
        .collect();
    frame(
        &format!("<title>Blog | {SITE_NAME}</title>\n"),
        &format!("<h1>All Posts</h1>\n<ul>\n{posts}</ul>\n"),
    )
}

/// Returns the page that Wix shows, with status 200, where there is nothing.
pub(crate) fn missing() -> String {
    frame(
        &format!("<title>404 | {SITE_NAME}</title>\n"),
        "<h1>404</h1>\n<p>This page isn't available. Sorry about that. Try heading over to our home page.</p>\n<p><a href=\"/\">Go home</a></p>\n",
    )
}

fn frame(head: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"Wix.com Website Builder\"/>\n\
         {head}</head>\n<body>\n<div id=\"SITE_CONTAINER\">\n<span id=\"SCROLL_TO_TOP\" tabindex=\"-1\">top of page</span>\n\
         <header id=\"SITE_HEADER\"><nav aria-label=\"Site\"><ul><li><a href=\"/\">Home</a></li><li><a href=\"/blog\">Blog</a></li></ul></nav>\
         <button>Log In</button></header>\n<main id=\"PAGES_CONTAINER\">\n{main}</main>\n\
         <footer id=\"SITE_FOOTER\"><p>©2024 by {SITE_NAME}. Proudly created with Wix.com</p><a href=\"/blog-feed.xml\">Feed</a></footer>\n\
         <span id=\"SCROLL_TO_BOTTOM\" tabindex=\"-1\">bottom of page</span>\n</div>\n</body>\n</html>\n"
    )
}

fn head(article: &Article, date: &str) -> String {
    let headline: String = article.title.chars().take(HEADLINE).collect();
    format!(
        "<title>{title}</title>\n<link rel=\"canonical\" href=\"{url}\"/>\n<meta property=\"og:title\" content=\"{title}\"/>\n\
         <meta property=\"og:type\" content=\"article\"/>\n<meta property=\"og:site_name\" content=\"{SITE_NAME}\"/>\n\
         <meta property=\"article:published_time\" content=\"{date}T17:41:05.312Z\"/>\n\
         <script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"BlogPosting\",\"headline\":{headline},\
         \"datePublished\":\"{date}T17:41:05.312Z\",\"author\":{{\"@type\":\"Person\",\"name\":{author}}}}}</script>\n",
        title = escape(article.title),
        url = article.url(),
        headline = json_string(&headline),
        author = json_string(article.field("author").unwrap_or("Writer")),
    )
}

fn recent(article: &Article, view: &View<'_>) -> String {
    let posts: String = view
        .of(Host::Zero)
        .filter(|post| post.path != article.path)
        .take(3)
        .map(|post| {
            format!(
                "<div data-hook=\"recent-post\">{}<span>{} views</span></div>\n",
                link(post.path, post.title),
                17 + view.turn % 90
            )
        })
        .collect();
    format!(
        "<section data-hook=\"recent-posts\"><h2>Recent Posts</h2><a data-hook=\"see-all\" href=\"/blog\">See All</a>\n{posts}</section>\n"
    )
}

/// What stands around the documents of this site, in no document's text.
pub(crate) const CHROME: &[&str] = &[
    "top of page",
    "bottom of page",
    "0 comments",
    "Recent Posts",
    "See All",
    "Commenting has been turned off",
    "Post not marked as liked",
    "min read",
    "Proudly created with",
];
