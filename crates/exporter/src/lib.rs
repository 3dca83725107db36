//! Writes a corpus version in the formats that people and downstream tools read.
