//! Reads WARC files, plain, gzip or zstd, and goes on after damage.
//!
//! Tolerated without a word: LF line ends, missing digests, missing blank lines at the end of a member,
//! several records in a member. For imports, [`OnDamage::Mend`] also makes the best of what other
//! writers do wrong, and says so with an [`Oddity`]. Everything else is a [`Problem`] with its place, and
//! reading goes on at the next record that can be found.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use thresh_types::Body;

use super::block::{Block, with_length};
use super::input::Stream;
use super::{Fields, Oddity};
use crate::CorpusError;

/// Headers are some hundred bytes; a mebibyte leaves room for absurd addresses.
const MAX_HEADER: usize = 1024 * 1024;

/// What is wrong with a stretch of a WARC file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The file ends within the record.
    Truncated,
    /// The compressed bytes cannot be undone.
    Damaged,
    /// The bytes are no WARC record.
    NotWarc,
    /// The record's length is missing, unreadable or wrong.
    BadLength,
    /// The record is larger than is taken.
    TooLarge,
}

/// A stretch of a WARC file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Where the record starts that cannot be read, in bytes of the file.
    pub offset: u64,
    /// What is wrong.
    pub kind: ProblemKind,
    /// What was seen, for people.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(f, "{path}: record at byte {}: {}", self.offset, self.what)
    }
}

/// What to do with the block of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Pass over it.
    Skip,
    /// Keep it.
    Keep,
}

/// What to do after damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDamage {
    /// Report it and end.
    Stop,
    /// Report it and look for the next record.
    GoOn,
    /// As [`OnDamage::GoOn`], for files of other writers: wrong lengths are mended where compressed
    /// members tell the right ones, and missing blank lines and padding are passed over.
    Mend,
}

/// A record as it stands in the file.
#[derive(Debug, Clone)]
pub struct Record {
    /// Where the compressed member starts, or the record itself in a plain file, in bytes.
    pub offset: u64,
    /// Length of the member, or of the record in a plain file, in bytes; 0 where a member holds several
    /// records.
    pub length: u64,
    /// The version line and the named fields as they stand, with the empty line.
    pub head: Vec<u8>,
    /// The named fields.
    pub fields: Fields,
    /// The block; empty where it was not wanted.
    pub block: Body,
    /// What is wrong with the record and was passed over.
    pub oddities: Vec<Oddity>,
}

impl Record {
    /// Returns the value of `WARC-Type`, lower case.
    pub fn kind(&self) -> String {
        self.fields
            .get("WARC-Type")
            .unwrap_or_default()
            .to_ascii_lowercase()
    }
}

/// Reads the records of one file in order.
pub struct Reader<R: Read> {
    stream: Stream<R>,
    path: PathBuf,
    on_damage: OnDamage,
    waiting: Option<Problem>,
    is_over: bool,
}

impl Reader<File> {
    /// Opens the file at `path`, at `offset`: 0, or where a record starts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(path: &Path, offset: u64, on_damage: OnDamage) -> Result<Self, CorpusError> {
        let file = File::open(path).map_err(CorpusError::io("read", path))?;
        Self::new(file, path, offset, on_damage).map_err(CorpusError::io("read", path))
    }
}

impl<R: Read + Seek> Reader<R> {
    /// Reads the records of `inner`, which `path` names in problems, from `offset` on.
    ///
    /// # Errors
    /// When the input cannot be read at all.
    pub fn new(inner: R, path: &Path, offset: u64, on_damage: OnDamage) -> io::Result<Self> {
        let stream = Stream::new(inner, offset)?;
        Ok(Self {
            stream: match on_damage {
                OnDamage::Mend => stream.skip_padding(),
                OnDamage::Stop | OnDamage::GoOn => stream,
            },
            path: path.to_owned(),
            on_damage,
            waiting: None,
            is_over: false,
        })
    }

    /// Returns the next record, or the next problem; `None` at the end. `want` tells by the fields
    /// whether the block is kept.
    pub fn next_record(
        &mut self,
        mut want: impl FnMut(&Fields) -> Want,
    ) -> Option<Result<Record, Problem>> {
        if let Some(problem) = self.waiting.take() {
            return Some(Err(problem));
        }
        if self.is_over {
            return None;
        }
        let result = self.read_record(&mut want).transpose();
        match &result {
            None => self.is_over = true,
            Some(Err(problem)) => self.pass_over(problem),
            Some(Ok(_)) => {}
        }
        result
    }

    fn pass_over(&mut self, problem: &Problem) {
        let is_readable = matches!(
            problem.kind,
            ProblemKind::NotWarc | ProblemKind::BadLength | ProblemKind::TooLarge
        );
        // Where the member itself is sound, what follows in it is not lost.
        if self.on_damage == OnDamage::Mend
            && is_readable
            && !self.stream.is_plain()
            && self.stream.skip_to_record(&mut io::sink()).is_ok()
        {
            return;
        }
        let found = self.on_damage != OnDamage::Stop
            && self.stream.resync(problem.offset + 1).unwrap_or(false);
        self.is_over = !found;
    }

    fn problem(&self, offset: u64, kind: ProblemKind, what: impl Into<String>) -> Problem {
        Problem {
            path: self.path.clone(),
            offset,
            kind,
            what: what.into(),
        }
    }

    fn broken(&self, offset: u64, error: &io::Error) -> Problem {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            let what = "the file ends within the record";
            self.problem(offset, ProblemKind::Truncated, what)
        } else {
            self.problem(offset, ProblemKind::Damaged, format!("damaged: {error}"))
        }
    }

    fn read_record(
        &mut self,
        want: &mut dyn FnMut(&Fields) -> Want,
    ) -> Result<Option<Record>, Problem> {
        if !self.skip_blank_lines()? {
            return Ok(None);
        }
        let (offset, is_alone) = (self.stream.offset(), self.stream.is_member_start());
        let mut head = self.read_head(offset)?;
        let fields = Fields::parse(after_first_line(&head));
        let said = self.block_length(offset, &fields)?;
        let mends = self.on_damage == OnDamage::Mend && is_alone && !self.stream.is_plain();
        let mut block = Block::new(want(&fields));
        let mut oddities = Vec::new();
        let is_whole = self.read_block(offset, said, &mut block, mends)?;
        let is_mended = if is_whole {
            let (closing, lines) = self.read_trailer(offset)?;
            let goes_on = mends && !self.stream.is_at_end() && !self.starts_next(offset)?;
            // A length that is one or three bytes too long takes in half of a line end.
            let is_split = mends && lines.starts_with(b"\n") && block.ends_with(b"\r");
            let goes_on = goes_on || is_split;
            match closing {
                Closing::Whole if !goes_on => false,
                Closing::Missing if self.starts_next(offset)? => {
                    oddities.push(Oddity::NotClosed);
                    false
                }
                _ if mends => self.read_rest(offset, &lines, &mut block)?,
                _ => return Err(self.longer_than_said(offset)),
            }
        } else {
            true
        };
        if is_mended {
            block.trim_end();
            oddities.push(Oddity::WrongLength);
            head = with_length(&head, block.length());
        }
        let end = self.stream.end();
        let length = end
            .filter(|_| is_alone)
            .map_or(0, |end| end.saturating_sub(offset));
        Ok(Some(Record {
            offset,
            length,
            fields: Fields::parse(after_first_line(&head)),
            head,
            block: block.into_body(),
            oddities,
        }))
    }

    /// Returns whether the next record follows at once, which is forgiven to other writers.
    fn starts_next(&mut self, offset: u64) -> Result<bool, Problem> {
        if self.on_damage != OnDamage::Mend {
            return Ok(false);
        }
        let is_next = self.stream.is_at_record();
        is_next.map_err(|error| self.broken(offset, &error))
    }

    /// Reads what stands in the member behind the length that was said. Where another record is in
    /// there, nobody can tell whose the bytes are.
    fn read_rest(&mut self, offset: u64, lines: &[u8], block: &mut Block) -> Result<bool, Problem> {
        let rest = block.write_all(lines);
        match rest.and_then(|()| self.stream.skip_to_record(block)) {
            Ok(false) => Ok(true),
            Ok(true) => Err(self.longer_than_said(offset)),
            Err(error) => Err(self.broken(offset, &error)),
        }
    }

    fn longer_than_said(&self, offset: u64) -> Problem {
        let what = "the record is longer than its Content-Length says";
        self.problem(offset, ProblemKind::BadLength, what)
    }

    /// Returns whether anything follows.
    fn skip_blank_lines(&mut self) -> Result<bool, Problem> {
        let blank: &[u8] = match self.on_damage {
            OnDamage::Mend => b"\r\n\0",
            OnDamage::Stop | OnDamage::GoOn => b"\r\n",
        };
        loop {
            let count = match self.stream.fill() {
                Ok([]) => return Ok(false),
                Ok(bytes) => bytes.iter().take_while(|b| blank.contains(b)).count(),
                Err(error) => return Err(self.broken(self.stream.offset(), &error)),
            };
            if count == 0 {
                return Ok(true);
            }
            self.stream.consume(count);
        }
    }

    fn read_head(&mut self, offset: u64) -> Result<Vec<u8>, Problem> {
        let mut head = Vec::new();
        loop {
            let start = head.len();
            self.read_line(offset, &mut head)?;
            if start == 0 && !head.starts_with(b"WARC/") {
                let what = "no WARC record: `WARC/1.1` is expected";
                return Err(self.problem(offset, ProblemKind::NotWarc, what));
            }
            if matches!(&head[start..], b"\r\n" | b"\n") {
                return Ok(head);
            }
        }
    }

    fn read_line(&mut self, offset: u64, into: &mut Vec<u8>) -> Result<(), Problem> {
        loop {
            let bytes = match self.stream.fill() {
                Ok([]) => {
                    return Err(self.broken(offset, &io::ErrorKind::UnexpectedEof.into()));
                }
                Ok(bytes) => bytes,
                Err(error) => return Err(self.broken(offset, &error)),
            };
            let newline = bytes.iter().position(|&b| b == b'\n');
            let count = newline.map_or(bytes.len(), |at| at + 1);
            into.extend_from_slice(&bytes[..count]);
            self.stream.consume(count);
            if into.len() > MAX_HEADER {
                let what = "no WARC record: the header is longer than 1 MiB";
                return Err(self.problem(offset, ProblemKind::NotWarc, what));
            }
            if newline.is_some() {
                return Ok(());
            }
        }
    }

    fn block_length(&self, offset: u64, fields: &Fields) -> Result<u64, Problem> {
        let length = fields
            .get("Content-Length")
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| {
                let what = "no Content-Length that can be read";
                self.problem(offset, ProblemKind::BadLength, what)
            })?;
        if self.stream.bytes_left().is_some_and(|left| left < length) {
            return Err(self.broken(offset, &io::ErrorKind::UnexpectedEof.into()));
        }
        if length > super::block::MAX_BLOCK {
            let what = format!("the record announces {length} bytes, more than is taken");
            return Err(self.problem(offset, ProblemKind::TooLarge, what));
        }
        Ok(length)
    }

    /// Reads `length` bytes of the block; `false` where the member ends before, and `mends` says that
    /// it tells the truth.
    fn read_block(
        &mut self,
        offset: u64,
        length: u64,
        block: &mut Block,
        mends: bool,
    ) -> Result<bool, Problem> {
        while block.length() < length {
            if mends && self.ends_early(offset, block)? {
                return Ok(false);
            }
            let bytes = match self.stream.fill() {
                Ok([]) => {
                    return Err(self.broken(offset, &io::ErrorKind::UnexpectedEof.into()));
                }
                Ok(bytes) => bytes,
                Err(error) => return Err(self.broken(offset, &error)),
            };
            let left = length - block.length();
            let count = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
            let kept = block.write_all(&bytes[..count]);
            self.stream.consume(count);
            kept.map_err(|e| {
                let what = format!("cannot keep the block: {e}");
                self.problem(offset, ProblemKind::TooLarge, what)
            })?;
        }
        Ok(true)
    }

    /// Returns whether the record ends with its member: another one follows, or the file ends and the
    /// lines that close a record were there. Else the record goes on in the next member.
    fn ends_early(&mut self, offset: u64, block: &Block) -> Result<bool, Problem> {
        let broken = |reader: &Self, error: io::Error| reader.broken(offset, &error);
        self.stream.settle().map_err(|error| broken(self, error))?;
        if !self.stream.is_at_end() {
            return Ok(false);
        }
        let is_end = self.stream.fill().map(<[u8]>::is_empty);
        if is_end.map_err(|error| broken(self, error))? {
            return Ok(block.ends_with_blank_lines());
        }
        let is_next = self.stream.is_at_record();
        is_next.map_err(|error| broken(self, error))
    }

    /// Reads the two line ends after a block, and returns them. Sees the end of the member, and so its
    /// checksum.
    fn read_trailer(&mut self, offset: u64) -> Result<(Closing, Vec<u8>), Problem> {
        let mut read = Vec::new();
        let mut lines = 0;
        while lines < 2 {
            if let Err(error) = self.stream.settle() {
                return Err(self.broken(offset, &error));
            }
            if self.stream.is_at_end() {
                break;
            }
            match self.stream.at_hand() {
                [b'\n', ..] => {
                    lines += 1;
                    read.push(b'\n');
                }
                [b'\r', ..] => read.push(b'\r'),
                _ => break,
            }
            self.stream.consume(1);
        }
        if let Err(error) = self.stream.settle() {
            return Err(self.broken(offset, &error));
        }
        if lines < 2 && self.stream.is_plain() && self.stream.is_at_end() {
            let what = "the file ends before the blank lines that close the record";
            self.waiting = Some(self.problem(offset, ProblemKind::Truncated, what));
        }
        let closing = if lines == 2 || self.stream.is_at_end() {
            Closing::Whole
        } else {
            Closing::Missing
        };
        Ok((closing, read))
    }
}

/// Whether the lines that close a record are where its length says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    Whole,
    Missing,
}

fn after_first_line(head: &[u8]) -> &[u8] {
    let end = head
        .iter()
        .position(|&b| b == b'\n')
        .map_or(head.len(), |at| at + 1);
    &head[end..]
}

/// Reads the record at `offset` of the file at `path`.
///
/// # Errors
/// When the file cannot be read, or no whole record starts there.
pub fn read_at(path: &Path, offset: u64) -> Result<Record, CorpusError> {
    let mut reader = Reader::open(path, offset, OnDamage::Stop)?;
    match reader.next_record(|_| Want::Keep) {
        Some(Ok(record)) => Ok(record),
        Some(Err(problem)) => Err(CorpusError::damaged(path, problem.to_string())),
        None => Err(CorpusError::damaged(
            path,
            format!("no record at byte {offset}"),
        )),
    }
}
