//! Adds captures from files: WARC, WACZ, HTML, plain text, JSONL, and whole folders of them.
//!
//! A file becomes a WARC `resource` record, WARC records are kept verbatim, and the same bytes under
//! the same address are taken once. What cannot be read is named and the rest goes on.

mod archives;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thresh_config::Config;
use thresh_corpus::import::is_warc_name;
use thresh_corpus::{Note, Resource, Session};
use thresh_types::{Body, CanonicalUrl, CaptureKind, Sha256Hash, SiteId, Timestamp};

use self::archives::kind_at;
use crate::PipelineError;
use crate::event::{Event, Observer};
use crate::job::Job;
use crate::journal::Journal;
use crate::signals;

/// The largest file that is read as one page, in bytes.
const MAX_FILE: u64 = 256 << 20;

/// Exchanges between two commits.
const COMMIT_AFTER: usize = 256;

/// What a person asks of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The site of everything imported; by its origin where none is named.
    pub site: Option<SiteId>,
    /// The addresses of files, by path as given or by file name.
    pub urls: BTreeMap<String, CanonicalUrl>,
}

/// What an import did.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    /// Captures added.
    pub captures: u64,
    /// Captures that the corpus had already.
    pub known: u64,
    /// What could not be read, each naming the thing and the remedy.
    pub unreadable: Vec<String>,
    /// What is wrong with archives and was passed over, one line a file and fault.
    pub tolerated: Vec<String>,
}

/// Imports `paths`; folders are walked in the order of their names.
///
/// # Errors
/// When the store fails. What cannot be read is in the report.
pub fn import(
    job: &Job<'_>,
    paths: &[PathBuf],
    options: &ImportOptions,
) -> Result<ImportReport, PipelineError> {
    let journal = Journal::begin(job, "import")?;
    let mut session = job.session()?;
    let mut import = Import {
        config: job.config,
        options,
        observe: job.observe,
        report: ImportReport::default(),
        scratch: job.corpus.root(),
        open: 0,
    };
    for path in paths {
        import.path(&mut session, path)?;
    }
    session.finish()?;
    let counts = [
        ("captured".to_owned(), import.report.captures),
        ("known".to_owned(), import.report.known),
        (
            "unreadable".to_owned(),
            import.report.unreadable.len() as u64,
        ),
    ];
    journal.end("done", counts.into())?;
    Ok(import.report)
}

struct Import<'a> {
    config: &'a Config,
    options: &'a ImportOptions,
    observe: Observer<'a>,
    report: ImportReport,
    /// Where archives within archives are unpacked.
    scratch: &'a Path,
    open: usize,
}

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Warc,
    Jsonl,
    Page(&'static str),
    Wacz,
    Arc,
    Other,
}

/// A line of a JSONL import.
#[derive(Debug, Deserialize)]
struct Line {
    url: Option<String>,
    id: Option<String>,
    html: Option<String>,
    text: Option<String>,
    fetched_at: Option<Timestamp>,
}

fn kind_of(path: &Path) -> FileKind {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        _ if is_warc_name(&name) => FileKind::Warc,
        _ if name.ends_with(".arc") || name.ends_with(".arc.gz") => FileKind::Arc,
        "wacz" => FileKind::Wacz,
        "jsonl" | "ndjson" => FileKind::Jsonl,
        "html" | "htm" => FileKind::Page("text/html"),
        "xhtml" | "xht" => FileKind::Page("application/xhtml+xml"),
        "txt" | "text" => FileKind::Page("text/plain"),
        "pdf" => FileKind::Page("application/pdf"),
        "docx" => FileKind::Page(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        _ => FileKind::Other,
    }
}

impl Import<'_> {
    fn path(&mut self, session: &mut Session, path: &Path) -> Result<(), PipelineError> {
        match fs::metadata(path) {
            Err(error) => self.unreadable(
                path,
                &format!("{error}; check the path and its permissions"),
            ),
            Ok(meta) if meta.is_dir() => return self.folder(session, path),
            Ok(_) => return self.file(session, path, Explicit::Yes),
        }
        Ok(())
    }

    fn folder(&mut self, session: &mut Session, folder: &Path) -> Result<(), PipelineError> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.unreadable(folder, &format!("{error}; check its permissions"));
                return Ok(());
            }
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.folder(session, &path)?;
            } else {
                self.file(session, &path, Explicit::No)?;
            }
        }
        Ok(())
    }

    fn file(
        &mut self,
        session: &mut Session,
        path: &Path,
        explicit: Explicit,
    ) -> Result<(), PipelineError> {
        let before = self.report.captures;
        match kind_of(path) {
            FileKind::Warc => self.warc(session, path)?,
            FileKind::Jsonl => self.jsonl(session, path)?,
            FileKind::Page(media_type) => self.page(session, path, Some(media_type))?,
            FileKind::Wacz => self.wacz(session, path)?,
            FileKind::Arc => self.unreadable(
                path,
                "ARC, the format before WARC, is not read: `warcio recompress FILE.arc.gz FILE.warc.gz` \
                 makes a WARC of it",
            ),
            FileKind::Other if explicit == Explicit::Yes => self.page(session, path, None)?,
            FileKind::Other => {}
        }
        self.tick(session)?;
        let captures = usize::try_from(self.report.captures - before).unwrap_or(usize::MAX);
        (self.observe)(Event::Imported {
            path: path.display().to_string(),
            captures,
        });
        Ok(())
    }

    fn page(
        &mut self,
        session: &mut Session,
        path: &Path,
        media_type: Option<&str>,
    ) -> Result<(), PipelineError> {
        let bytes = match read_file(path) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.unreadable(path, &why);
                return Ok(());
            }
        };
        let url = self.url_of(path);
        let sniffed = thresh_page::MediaKind::of(media_type, url.as_ref(), &bytes).1;
        self.resource(
            session,
            &Resource {
                url: url.map(String::from),
                content_type: Some(media_type.map_or(sniffed, str::to_owned)),
                body: Body::from(bytes),
                fetched_at: None,
            },
            None,
        )
    }

    fn url_of(&self, path: &Path) -> Option<CanonicalUrl> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let urls = &self.options.urls;
        urls.get(path.to_string_lossy().as_ref())
            .or_else(|| urls.get(&name?))
            .cloned()
    }

    fn jsonl(&mut self, session: &mut Session, path: &Path) -> Result<(), PipelineError> {
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) => {
                self.unreadable(path, &error.to_string());
                return Ok(());
            }
        };
        let mut reader = BufReader::new(file);
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            number += 1;
            match reader.read_until(b'\n', &mut line) {
                Ok(0) => return Ok(()),
                Ok(_) => self.line(session, path, number, &line)?,
                Err(error) => {
                    self.unreadable(path, &format!("line {number}: {error}"));
                    return Ok(());
                }
            }
        }
    }

    fn line(
        &mut self,
        session: &mut Session,
        path: &Path,
        number: usize,
        line: &[u8],
    ) -> Result<(), PipelineError> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        match resource_of(line) {
            Ok((resource, id)) => {
                self.resource(session, &resource, id)?;
                self.tick(session)
            }
            Err(why) => {
                self.unreadable(path, &format!("line {number}: {why}"));
                Ok(())
            }
        }
    }

    fn resource(
        &mut self,
        session: &mut Session,
        resource: &Resource,
        id: Option<String>,
    ) -> Result<(), PipelineError> {
        let bytes = resource
            .body
            .to_bytes()
            .map_err(|source| PipelineError::Input {
                path: PathBuf::from(resource.url.clone().unwrap_or_default()),
                source,
            })?;
        let address = resource.url.clone().unwrap_or_default();
        // Without an address the identifier is the key: equal texts under two of them are two documents.
        let named = id.as_deref().filter(|_| address.is_empty());
        if session.is_known(&Sha256Hash::of(&bytes), &address, named)? {
            self.report.known += 1;
            return Ok(());
        }
        let kind = match kind_at(&address) {
            CaptureKind::Tdmrep => CaptureKind::Tdmrep,
            _ => CaptureKind::Page,
        };
        let mut note = Note::new(self.site_of(&address), kind);
        note.import_id = id;
        note.signals = signals::of_resource(resource, &bytes);
        session.append_resource(resource, &note)?;
        self.added();
        Ok(())
    }

    fn site_of(&self, address: &str) -> SiteId {
        let by_origin = || {
            let url = address.parse::<CanonicalUrl>().ok()?;
            self.config.site_of(&url).map(|site| site.id.clone())
        };
        self.options
            .site
            .clone()
            .or_else(by_origin)
            .unwrap_or_else(SiteId::local)
    }

    fn added(&mut self) {
        self.report.captures += 1;
        self.open += 1;
    }

    fn tick(&mut self, session: &mut Session) -> Result<(), PipelineError> {
        if self.open >= COMMIT_AFTER {
            self.open = 0;
            session.commit(|_| Ok(()))?;
        }
        Ok(())
    }

    fn unreadable(&mut self, path: &Path, why: &str) {
        self.report
            .unreadable
            .push(format!("{}: {why}", path.display()));
    }
}

/// Whether a person named a file, or it was met in a folder, where unknown kinds are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Explicit {
    Yes,
    No,
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_FILE {
        return Err(format!(
            "{size} bytes are more than the {MAX_FILE} that one page may have"
        ));
    }
    fs::read(path).map_err(|error| format!("{error}; check its permissions"))
}

fn resource_of(line: &[u8]) -> Result<(Resource, Option<String>), String> {
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        format!("no JSON object as `import` reads it ({error}); the line is left out")
    })?;
    let (content_type, body) = match (line.html, line.text) {
        (Some(html), _) => ("text/html; charset=utf-8", html),
        (None, Some(text)) => ("text/plain; charset=utf-8", text),
        (None, None) => return Err("neither `html` nor `text`; one of them is needed".to_owned()),
    };
    let url = match line.url.filter(|url| !url.is_empty()) {
        Some(url) => Some(String::from(
            url.parse::<CanonicalUrl>()
                .map_err(|error| error.to_string())?,
        )),
        None => None,
    };
    let resource = Resource {
        url,
        content_type: Some(content_type.to_owned()),
        body: Body::from(body.into_bytes()),
        fetched_at: line.fetched_at,
    };
    Ok((resource, line.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        assert_eq!(kind_of(Path::new("a/b.WARC.GZ")), FileKind::Warc);
        assert_eq!(kind_of(Path::new("x.ndjson")), FileKind::Jsonl);
        assert_eq!(kind_of(Path::new("x.txt")), FileKind::Page("text/plain"));
        assert_eq!(kind_of(Path::new("README")), FileKind::Other);
    }

    #[test]
    fn a_line_says_what_is_wrong_with_it() {
        assert!(
            resource_of(b"{nope")
                .unwrap_err()
                .contains("no JSON object")
        );
        assert!(
            resource_of(br#"{"id":"x"}"#)
                .unwrap_err()
                .contains("neither")
        );
        assert!(
            resource_of(br#"{"text":"a","url":"ftp://x/"}"#)
                .unwrap_err()
                .contains("no web address")
        );
        let (resource, id) = resource_of(br#"{"text":"a","id":"7"}"#).unwrap();
        assert_eq!((resource.url, id.as_deref()), (None, Some("7")));
    }
}
