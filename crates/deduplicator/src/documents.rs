//! Where the deduplicator reads documents from.

use std::borrow::Cow;
use std::io;

use crate::item::Item;

/// Documents in memory or elsewhere.
///
/// Each is read once to be fingerprinted, and again where it has to be compared, so that texts need not
/// be held in memory: a file with offsets will do. A document must read the same every time within a
/// call.
pub trait Documents: Sync {
    /// Returns the number of documents.
    fn count(&self) -> usize;

    /// Reads the document at `index`, which is less than [`Documents::count`].
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, index: usize) -> io::Result<Cow<'_, Item>>;
}

/// Items in memory.
#[derive(Debug, Clone, Copy)]
pub struct Items<'a>(
    /// The items.
    pub &'a [Item],
);

impl Documents for Items<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn read(&self, index: usize) -> io::Result<Cow<'_, Item>> {
        let found = self.0.get(index).map(Cow::Borrowed);
        found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}
