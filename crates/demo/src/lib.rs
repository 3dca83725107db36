//! Serves the small embedded web that the demo and the end-to-end tests crawl.
