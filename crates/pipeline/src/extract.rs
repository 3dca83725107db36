//! Cleans pages without a corpus: the filter behind `thresh extract`.

use serde::Serialize;
use thresh_cleaner::{Cleaned, Context, RuleSet, Settings, Vocabulary};
use thresh_config::Config;
use thresh_metadata_extractor::{Input, SiteFacts};
use thresh_page::Raw;
use thresh_types::{CanonicalUrl, Field, PartialDate, RemovedBlock};

use crate::PipelineError;
use crate::page_view::{self, BlockView, Budget};
use crate::record::{Content, PageRecord};

/// One page to clean.
#[derive(Debug, Clone)]
pub enum ExtractInput {
    /// Markup that is already text.
    Html(String),
    /// Bytes with what is known of their type.
    Body {
        /// The bytes.
        bytes: Vec<u8>,
        /// The `Content-Type` value, where known.
        content_type: Option<String>,
    },
    /// Text that was extracted by someone else.
    Text(String),
}

/// A cleaned page, as `thresh extract` writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Extracted {
    /// The title.
    pub title: Option<String>,
    /// The authors, joined by `; `.
    pub author: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// The date of the last change that the page declares.
    pub modified: Option<PartialDate>,
    /// The language, BCP 47, lower case.
    pub language: Option<String>,
    /// The name of the site.
    pub site_name: Option<String>,
    /// The document type.
    pub doc_type: Option<String>,
    /// What kind of page it is.
    pub page_type: Option<String>,
    /// The text.
    pub text: String,
    /// The text with its structure in Markdown.
    pub markdown: String,
    /// What was removed, with rule and reason.
    pub removed: Vec<RemovedBlock>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// What became of each block of a page that belongs to no corpus.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedPage {
    /// What kind of page it is.
    pub page_type: &'static str,
    /// Every block of the page.
    pub blocks: Vec<BlockView>,
    /// Where the page's words went, and whether a person should look at it.
    pub budget: Budget,
}

/// Cleans pages one by one, with the rules and settings of a configuration.
#[derive(Debug)]
pub struct Extractor {
    rules: RuleSet,
    settings: Settings,
    vocabulary: Vocabulary,
}

impl Extractor {
    /// Prepares the noise packs and settings of `config` for use.
    ///
    /// # Errors
    /// When a noise pack does not compile.
    pub fn new(config: &Config) -> Result<Self, PipelineError> {
        Ok(Self {
            rules: RuleSet::compile(&config.packs).map_err(PipelineError::Rules)?,
            settings: config.curate,
            vocabulary: Vocabulary::default(),
        })
    }

    /// Cleans one page.
    ///
    /// # Errors
    /// When the input is no text that can be read, as text for people.
    pub fn extract(
        &self,
        input: &ExtractInput,
        url: Option<&CanonicalUrl>,
    ) -> Result<Extracted, String> {
        match self.record(input, url).content {
            Content::Unreadable { detail } => Err(detail),
            Content::Blocks {
                segmentation,
                gathered,
            } => Ok(self.finish(&segmentation, &gathered, url)),
        }
    }

    /// Tells what becomes of each block of a page, and why.
    ///
    /// # Errors
    /// When the input is no text that can be read, as text for people.
    pub fn explain(
        &self,
        input: &ExtractInput,
        url: Option<&CanonicalUrl>,
    ) -> Result<ExplainedPage, String> {
        match self.record(input, url).content {
            Content::Unreadable { detail } => Err(detail),
            Content::Blocks {
                segmentation,
                gathered,
            } => {
                let cleaned = self.clean(&segmentation, &gathered, url);
                let blocks = page_view::blocks(&segmentation, &cleaned);
                let budget = page_view::budget(&blocks, &cleaned, &self.settings);
                Ok(ExplainedPage {
                    page_type: cleaned.page_type.as_str(),
                    blocks,
                    budget,
                })
            }
        }
    }

    fn record(&self, input: &ExtractInput, url: Option<&CanonicalUrl>) -> PageRecord {
        match input {
            ExtractInput::Text(text) => PageRecord::of_text(text, url),
            ExtractInput::Html(html) => {
                self.of_body(html.as_bytes(), Some("text/html; charset=utf-8"), url)
            }
            ExtractInput::Body {
                bytes,
                content_type,
            } => self.of_body(bytes, content_type.as_deref(), url),
        }
    }

    fn of_body(
        &self,
        body: &[u8],
        content_type: Option<&str>,
        url: Option<&CanonicalUrl>,
    ) -> PageRecord {
        PageRecord::of_raw(Raw {
            url,
            headers: &[],
            content_type,
            body,
        })
    }

    fn clean(
        &self,
        segmentation: &thresh_cleaner::Segmentation,
        gathered: &thresh_metadata_extractor::Gathered,
        url: Option<&CanonicalUrl>,
    ) -> Cleaned {
        let titles: Vec<String> = gathered
            .candidates
            .iter()
            .filter(|candidate| candidate.field == Field::Title)
            .map(|candidate| candidate.value.clone())
            .collect();
        let context = Context {
            rules: &self.rules,
            profile: None,
            vocabulary: &self.vocabulary,
            settings: self.settings,
            url,
            titles: &titles,
        };
        thresh_cleaner::clean(segmentation, &context)
    }

    fn finish(
        &self,
        segmentation: &thresh_cleaner::Segmentation,
        gathered: &thresh_metadata_extractor::Gathered,
        url: Option<&CanonicalUrl>,
    ) -> Extracted {
        let cleaned = self.clean(segmentation, gathered, url);
        let metadata = thresh_metadata_extractor::resolve(&Input {
            gathered,
            text: &cleaned.text,
            url,
            fetched_at: None,
            site: SiteFacts {
                name: None,
                languages: &[],
                licence: "unknown",
            },
            recurring: None,
            attachments: &cleaned.attachments,
            page_type: cleaned.page_type.as_str(),
        });
        Extracted {
            title: metadata.title.map(|e| e.value),
            author: metadata.author.map(|e| e.value),
            date: metadata.date.map(|e| e.value),
            modified: metadata.modified.map(|e| e.value),
            language: metadata.language.map(|e| e.value),
            site_name: metadata.site_name.map(|e| e.value),
            doc_type: metadata.doc_type.map(|e| e.value),
            page_type: Some(cleaned.page_type.as_str().to_owned()),
            text: thresh_cleaner::to_text(&cleaned.text),
            markdown: thresh_cleaner::to_markdown(&cleaned.text),
            removed: crate::assemble::removed(&cleaned),
            warnings: warnings(&cleaned, metadata.warnings),
        }
    }
}

/// Everything that a person should know, each once.
fn warnings(cleaned: &Cleaned, of_metadata: Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let of_text = cleaned
        .text
        .warnings
        .iter()
        .chain(&cleaned.needs_review)
        .cloned();
    for warning in of_text.chain(of_metadata) {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    all
}
