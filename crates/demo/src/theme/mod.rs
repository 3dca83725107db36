//! The themes: each puts a document into a page of the shape that its system produces.

pub(crate) mod drupal;
pub(crate) mod relief;
pub(crate) mod wix;
pub(crate) mod wordpress;

use crate::article::Article;
use crate::host::Host;

/// What a theme knows beside the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    /// Every document of the edition.
    pub(crate) articles: &'a [&'a Article],
    /// The edition of the web.
    pub(crate) edition: u8,
    /// The number of the request: what is random elsewhere follows from it.
    pub(crate) turn: u64,
}

impl<'a> View<'a> {
    /// Returns the documents of `host`.
    pub(crate) fn of(&self, host: Host) -> impl Iterator<Item = &'a Article> {
        self.articles
            .iter()
            .copied()
            .filter(move |article| article.host == host)
    }

    /// Returns the documents that are language versions of `article`, itself among them.
    pub(crate) fn versions(&self, article: &Article) -> Vec<&'a Article> {
        let slug = article.slug();
        self.of(article.host)
            .filter(|other| other.slug() == slug)
            .collect()
    }
}
