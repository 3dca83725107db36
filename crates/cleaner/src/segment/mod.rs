//! Cuts a page into blocks.
//!
//! The tree is walked once, iteratively, so that no depth of nesting can overflow the stack. A new
//! block starts wherever an element that is not inline opens or closes, at `<hr>`, and at two line
//! breaks in a row. Elements that hold no text of the page (scripts, styles, drawings, form fields)
//! are passed over; `<noscript>` is kept, because whole forums live in it.

mod address;
mod attrs;
mod columns;
mod facts;
mod frame;
mod inline;
mod lexicon;
mod makers;
mod markdown;
mod nodes;
mod shape;
mod table;
mod tags;
mod text;
mod walk;

use thresh_page::Page;

use crate::block::Segmentation;

pub(crate) use markdown::escape;
pub use text::segment_text;

/// Returns the blocks of a page with features and signatures.
pub fn segment(page: &Page) -> Segmentation {
    segment_html(&page.html, page.base.as_ref())
}

pub(crate) use walk::segment_html;
