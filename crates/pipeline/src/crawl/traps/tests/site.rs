//! Sites that exist as functions from an address to a page.

/// What an address answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    /// What the page is, whatever its address; `None` where it is nothing that anybody wants.
    pub(super) id: Option<String>,
    pub(super) blocks: Vec<String>,
    pub(super) links: Vec<String>,
}

impl Page {
    /// Returns a page that is wanted.
    pub(super) fn wanted(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }

    /// Returns a page of a trap.
    pub(super) fn useless() -> Self {
        Self::default()
    }

    pub(super) fn block(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(text.into());
        self
    }

    pub(super) fn blocks(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        self.blocks.extend(texts);
        self
    }

    pub(super) fn link(mut self, to: impl Into<String>) -> Self {
        self.links.push(to.into());
        self
    }

    pub(super) fn links(mut self, to: impl IntoIterator<Item = String>) -> Self {
        self.links.extend(to);
        self
    }
}

/// An address as a site sees it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// How many requests came before.
    pub(super) nth: u64,
}

impl Asked {
    /// Returns the segments of the path.
    pub(super) fn parts(&self) -> Vec<&str> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.query.iter().find(|(held, _)| held == name);
        pair.map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }
}

pub(super) type Answer = Box<dyn Fn(&Asked) -> Option<Page>>;

/// A site.
pub(super) struct Site {
    pub(super) name: String,
    pub(super) seeds: Vec<String>,
    pub(super) sitemap: Vec<String>,
    pub(super) answer: Answer,
    /// How many pages are wanted.
    pub(super) wanted: usize,
}

impl Site {
    pub(super) fn new(
        name: &str,
        wanted: usize,
        answer: impl Fn(&Asked) -> Option<Page> + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            seeds: vec!["/".to_owned()],
            sitemap: Vec::new(),
            answer: Box::new(answer),
            wanted,
        }
    }
}
