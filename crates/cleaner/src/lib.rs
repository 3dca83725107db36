//! Turns a page into text blocks, each kept or dropped for a named reason.
