//! Reads title, dates, language, authors and rights from a page, with evidence.
