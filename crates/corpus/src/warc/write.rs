//! Writes WARC 1.1 files: one gzip member a record, digests over every block.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use thresh_types::{Body, Sha256Hash, Timestamp};

use super::pack::{Effort, Packer};
use super::spool::digest_of;
use super::{Fields, digest_field};
use crate::CorpusError;
use crate::durable::{folder_of, sync_folder};

/// Room for the head of a record, in bytes; most take less.
const HEAD: usize = 1024;

/// A record to be written: everything but the fields that follow from its block.
pub(crate) struct Draft<'a> {
    /// The value of `WARC-Type`.
    pub(crate) kind: &'static str,
    /// The value of `WARC-Record-ID`.
    pub(crate) id: &'a str,
    /// The value of `WARC-Date`, written in whole seconds, which every reader understands.
    pub(crate) date: Timestamp,
    /// The other fields.
    pub(crate) fields: Fields,
    /// The front of the block.
    pub(crate) head: &'a [u8],
    /// The rest of the block.
    pub(crate) body: &'a Body,
    /// How much work compression is worth.
    pub(crate) effort: Effort,
}

/// Where a record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where its member starts, in bytes.
    pub(crate) offset: u64,
    /// How long its member is, in bytes.
    pub(crate) length: u64,
}

/// A WARC file that grows.
pub(crate) struct WarcFile {
    out: Counting,
    packer: Packer,
    path: PathBuf,
    name: String,
    records: u64,
    /// The id of the record that describes the file.
    info: Option<String>,
    /// How many bytes are known to be durable.
    synced: u64,
}

struct Counting {
    inner: BufWriter<File>,
    position: u64,
}

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl WarcFile {
    /// Creates the file at `path`, which must not be there.
    pub(crate) fn create(path: &Path) -> Result<Self, CorpusError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(CorpusError::io("create", path))?;
        sync_folder(folder_of(path))?;
        Ok(Self {
            out: Counting {
                inner: BufWriter::with_capacity(256 * 1024, file),
                position: 0,
            },
            packer: Packer::new(),
            name: path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            path: path.to_owned(),
            records: 0,
            info: None,
            synced: 0,
        })
    }

    /// Returns the file's name within its folder.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns how many bytes the file has.
    pub(crate) fn position(&self) -> u64 {
        self.out.position
    }

    /// Returns how many bytes of it are known to be durable.
    pub(crate) const fn synced(&self) -> u64 {
        self.synced
    }

    /// Returns the id of the record that is written `ahead` records after the next one. It follows from
    /// the file's name and the record's number and date, so that no randomness is needed.
    pub(crate) fn record_id(&self, ahead: u64, date: Timestamp) -> String {
        let number = (self.records + ahead).to_string();
        let hash = Sha256Hash::of_parts([self.name.as_str(), &number, &date.to_string()]);
        to_uuid(&hash)
    }

    /// Names the record that describes the file, which all later ones point to.
    pub(crate) fn described_by(&mut self, id: String) {
        self.info = Some(id);
    }

    /// Writes a record.
    pub(crate) fn append(&mut self, draft: &Draft<'_>) -> Result<Place, CorpusError> {
        let (digest, body_length) = digest_of(draft.head, draft.body)
            .map_err(CorpusError::io("read the body for", &self.path))?;
        let length = draft.head.len() as u64 + body_length;
        let mut head = String::with_capacity(HEAD + draft.head.len());
        self.write_first(draft, &mut head);
        draft.fields.write_lines(&mut head);
        let digest = digest_field(&digest);
        let _ = write!(
            head,
            "WARC-Block-Digest: {digest}\r\nContent-Length: {length}\r\n\r\n"
        );
        let mut start = head.into_bytes();
        start.extend_from_slice(draft.head);
        self.append_member(&start, draft.body, draft.effort)
    }

    /// Writes what every record begins with.
    fn write_first(&self, draft: &Draft<'_>, head: &mut String) {
        let (kind, id, date) = (draft.kind, draft.id, whole_seconds(draft.date));
        let _ = write!(
            head,
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {date}\r\n"
        );
        if let Some(info) = &self.info {
            let _ = write!(head, "WARC-Warcinfo-ID: {info}\r\n");
        }
    }

    /// Writes a record whose head is given, with line ends made CRLF.
    pub(crate) fn append_raw(&mut self, head: &[u8], block: &Body) -> Result<Place, CorpusError> {
        let mut clean = Vec::with_capacity(head.len() + 16);
        for line in head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii_end) {
            if line.is_empty() {
                break;
            }
            clean.extend_from_slice(line);
            clean.extend_from_slice(b"\r\n");
        }
        clean.extend_from_slice(b"\r\n");
        self.append_member(&clean, block, Effort::Text)
    }

    fn append_member(
        &mut self,
        start: &[u8],
        body: &Body,
        effort: Effort,
    ) -> Result<Place, CorpusError> {
        let offset = self.out.position;
        self.packer
            .member(&mut self.out, start, body, effort)
            .map_err(CorpusError::io("write", &self.path))?;
        self.records += 1;
        Ok(Place {
            offset,
            length: self.out.position - offset,
        })
    }

    /// Hands what is written to the system, so that it can be read.
    pub(crate) fn flush(&mut self) -> Result<(), CorpusError> {
        self.out
            .flush()
            .map_err(CorpusError::io("write", &self.path))
    }

    /// Makes what is written durable.
    pub(crate) fn sync(&mut self) -> Result<(), CorpusError> {
        if self.synced == self.out.position {
            return Ok(());
        }
        self.flush()?;
        let synced = self.out.inner.get_ref().sync_data();
        synced.map_err(CorpusError::io("sync", &self.path))?;
        self.synced = self.out.position;
        Ok(())
    }

    /// Takes back everything from `position` on: a group that could not be written whole.
    pub(crate) fn cut(&mut self, position: u64) -> Result<(), CorpusError> {
        let failed = CorpusError::io("cut", &self.path);
        // What is buffered may not be writable any more; a new buffer forgets it.
        let mut file = match self.out.inner.get_ref().try_clone() {
            Ok(file) => file,
            Err(error) => return Err(failed(error)),
        };
        let emptied = file
            .set_len(position)
            .and_then(|()| file.seek(SeekFrom::Start(position)));
        emptied.map_err(failed)?;
        let stale = std::mem::replace(
            &mut self.out.inner,
            BufWriter::with_capacity(256 * 1024, file),
        );
        let _ = stale.into_parts();
        self.out.position = position;
        Ok(())
    }
}

/// Returns `time` without its fraction of a second.
pub(crate) fn whole_seconds(time: Timestamp) -> Timestamp {
    // Flooring keeps the value in range: the smallest timestamp is a whole second.
    let seconds = time.as_second() - i64::from(time.subsec_nanosecond() < 0);
    Timestamp::from_second(seconds).unwrap_or(time)
}

/// Returns the digest's front as a UUID of version 8, the one for own schemes (RFC 9562 §5.8).
pub(crate) fn to_uuid(hash: &Sha256Hash) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!(
        "<urn:uuid:{}-{}-{}-{}-{}>",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
