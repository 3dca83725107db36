//! Every row of the table of semantics in CRAWLER.md, judged by what the servers saw: which address,
//! when, on which connection; then by what the corpus says of it.
//!
//! | row | module |
//! | --- | --- |
//! | robots: 4xx, 5xx and no answer, redirects, size, cache, matching, percent-encoding | `robots`, `rules` |
//! | Crawl-delay, Retry-After, one slow origin | `pacing` |
//! | page directives, TDM reservation | `directives` |
//! | redirects | `redirects` |
//! | addresses, proxies, cookies | `guard` |
//! | limits, truncation | `limits` |
//! | traps | `traps` |
//! | conditional GET, WARC | `archive` |
//! | sitemaps | `sitemaps` |

mod archive;
mod directives;
mod guard;
mod limits;
mod pacing;
mod redirects;
mod robots;
mod rules;
mod sitemaps;
mod traps;

pub(crate) use guard::Canaries;
