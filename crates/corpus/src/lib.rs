//! Stores captures, documents, decisions and versions on disk.
