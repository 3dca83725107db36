//! The bytes of a WARC file, decompressed, with the places of its members known.
//!
//! gzip and zstd files are sequences of members. The stream reads on from member to member, and knows
//! where in the file the present one starts and whether anything of it was consumed: that is where a
//! record can be found again.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use flate2::bufread::GzDecoder;

/// How much is decompressed at once, in bytes.
const STEP: usize = 64 * 1024;

/// Dictionaries of `.warc.zst` files are some hundred kilobytes; more is not believed.
const MAX_DICTIONARY: u32 = 16 * 1024 * 1024;

/// Candidates for the start of a member that are tried after damage before giving up; bounds the work
/// on a file made to look like nothing but starts.
const MAX_TRIES: u32 = 10_000;

/// How a record starts.
const RECORD: &[u8] = b"WARC/";
const GZIP: [u8; 3] = [0x1f, 0x8b, 0x08];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The skippable frame that holds the dictionary of a `.warc.zst` file (IIPC, WARC Zstandard 1.0).
const ZSTD_DICTIONARY: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];

/// How the file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Plain,
    Gzip,
    Zstd,
}

/// A buffered file whose position is known to the byte.
struct Input<R> {
    inner: BufReader<R>,
    position: u64,
}

impl<R: Read + Seek> Input<R> {
    fn seek_to(&mut self, position: u64) -> io::Result<()> {
        self.inner.seek(SeekFrom::Start(position))?;
        self.position = position;
        Ok(())
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read> BufRead for Input<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.position += count as u64;
        self.inner.consume(count);
    }
}

enum State<R: Read> {
    Between(Input<R>),
    Plain(Input<R>),
    Gzip(Box<GzDecoder<Input<R>>>),
    Zstd(Box<zstd::Decoder<'static, Input<R>>>),
    /// Only while one state becomes another, and after a failure to.
    Lost,
}

impl<R: Read> State<R> {
    fn into_input(self) -> Option<Input<R>> {
        match self {
            Self::Between(input) | Self::Plain(input) => Some(input),
            Self::Gzip(decoder) => Some(decoder.into_inner()),
            Self::Zstd(decoder) => Some(decoder.finish()),
            Self::Lost => None,
        }
    }
}

/// The decompressed bytes of a WARC file.
pub(super) struct Stream<R: Read> {
    state: State<R>,
    format: Format,
    dictionary: Option<Vec<u8>>,
    buffer: Vec<u8>,
    place: usize,
    member: u64,
    consumed: u64,
    size: u64,
    tries: u32,
    /// Whether zero bytes between members are padding.
    skips_padding: bool,
}

impl<R: Read + Seek> Stream<R> {
    /// Opens the stream at `offset`, which is the start of a member or, in a plain file, of a record.
    pub(super) fn new(mut inner: R, offset: u64) -> io::Result<Self> {
        let size = inner.seek(SeekFrom::End(0))?;
        inner.seek(SeekFrom::Start(0))?;
        let mut input = Input {
            inner: BufReader::with_capacity(STEP, inner),
            position: 0,
        };
        let magic = input.fill_buf()?;
        let format = if magic.starts_with(&GZIP[..2]) {
            Format::Gzip
        } else if magic.starts_with(&ZSTD) || is_skippable(magic) {
            Format::Zstd
        } else {
            Format::Plain
        };
        let mut stream = Self {
            state: State::Lost,
            format,
            dictionary: None,
            buffer: Vec::new(),
            place: 0,
            member: 0,
            consumed: 0,
            size,
            tries: 0,
            skips_padding: false,
        };
        stream.read_dictionary(&mut input)?;
        if offset > 0 {
            input.seek_to(offset)?;
        }
        stream.state = State::Between(input);
        Ok(stream)
    }

    /// Takes zero bytes between members for padding, as tapes and some copies leave it.
    pub(super) fn skip_padding(mut self) -> Self {
        self.skips_padding = true;
        self
    }

    fn read_dictionary(&mut self, input: &mut Input<R>) -> io::Result<()> {
        if !input.fill_buf()?.starts_with(&ZSTD_DICTIONARY) {
            return Ok(());
        }
        let mut frame = Vec::new();
        read_skippable(input, &mut frame)?;
        let is_packed = frame.starts_with(&ZSTD);
        self.dictionary = Some(if is_packed {
            let mut dictionary = Vec::new();
            zstd::Decoder::new(&frame[..])?
                .take(u64::from(MAX_DICTIONARY))
                .read_to_end(&mut dictionary)?;
            dictionary
        } else {
            frame
        });
        Ok(())
    }

    /// Returns the bytes at hand, reading on into the next member if need be; empty at the end.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        while self.place == self.buffer.len() {
            let is_over = match self.state {
                State::Between(_) => !self.open_member()?,
                State::Lost => true,
                _ => false,
            };
            if is_over {
                break;
            }
            self.settle()?;
        }
        Ok(&self.buffer[self.place..])
    }

    /// Takes `count` of the bytes at hand.
    pub(super) fn consume(&mut self, count: usize) {
        self.place += count;
        self.consumed += count as u64;
    }

    /// Reads on within the present member if nothing is at hand, so that its end, and with it its
    /// checksum, is seen.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        if self.place < self.buffer.len() {
            return Ok(());
        }
        self.more().map(|_| ())
    }

    /// Reads on within the present member, behind what is at hand; returns how much was added, 0 at the
    /// member's end.
    fn more(&mut self) -> io::Result<usize> {
        self.buffer.drain(..self.place);
        self.place = 0;
        let kept = self.buffer.len();
        self.buffer.resize(kept + STEP, 0);
        let room = &mut self.buffer[kept..];
        let count = match &mut self.state {
            State::Plain(input) => input.read(room),
            State::Gzip(decoder) => decoder.read(room),
            State::Zstd(decoder) => decoder.read(room),
            State::Between(_) | State::Lost => Ok(0),
        };
        self.buffer.truncate(kept + *count.as_ref().unwrap_or(&0));
        if *count.as_ref().unwrap_or(&1) == 0 {
            self.close_member();
        }
        count
    }

    /// Returns whether the bytes at hand, read on within the member if need be, start a record.
    pub(super) fn is_at_record(&mut self) -> io::Result<bool> {
        while self.at_hand().len() < RECORD.len() && !self.is_closed() {
            self.more()?;
        }
        Ok(self.at_hand().starts_with(RECORD))
    }

    /// Passes what comes before the next record of the present member on to `out`; returns whether there
    /// is one. Else the member is read to its end.
    pub(super) fn skip_to_record(&mut self, out: &mut impl Write) -> io::Result<bool> {
        loop {
            let bytes = self.at_hand();
            let found = bytes
                .windows(RECORD.len() + 1)
                .position(|window| window[0] == b'\n' && &window[1..] == RECORD);
            let is_whole = self.is_closed();
            let count = match found {
                Some(at) => at + 1,
                None if is_whole => bytes.len(),
                None => bytes.len().saturating_sub(RECORD.len()),
            };
            out.write_all(&self.buffer[self.place..self.place + count])?;
            self.consume(count);
            if found.is_some() || is_whole {
                return Ok(found.is_some());
            }
            self.more()?;
        }
    }

    fn is_closed(&self) -> bool {
        matches!(self.state, State::Between(_) | State::Lost)
    }

    fn close_member(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Lost);
        self.state = state.into_input().map_or(State::Lost, State::Between);
    }

    /// Opens the member at the present position; `false` at the end of the file.
    fn open_member(&mut self) -> io::Result<bool> {
        let State::Between(mut input) = std::mem::replace(&mut self.state, State::Lost) else {
            return Ok(false);
        };
        while self.format == Format::Zstd && is_skippable(input.fill_buf()?) {
            read_skippable(&mut input, &mut Vec::new())?;
        }
        if self.skips_padding && self.format != Format::Plain {
            skip_zeros(&mut input)?;
        }
        if input.fill_buf()?.is_empty() {
            self.member = input.position;
            self.consumed = 0;
            self.state = State::Between(input);
            return Ok(false);
        }
        self.member = input.position;
        self.consumed = 0;
        self.state = match self.format {
            Format::Plain => State::Plain(input),
            Format::Gzip => State::Gzip(Box::new(GzDecoder::new(input))),
            Format::Zstd => State::Zstd(Box::new(self.zstd(input)?)),
        };
        Ok(true)
    }

    fn zstd(&self, input: Input<R>) -> io::Result<zstd::Decoder<'static, Input<R>>> {
        let decoder = match &self.dictionary {
            Some(dictionary) => zstd::Decoder::with_dictionary(input, dictionary)?,
            None => zstd::Decoder::with_buffer(input)?,
        };
        Ok(decoder.single_frame())
    }

    /// Returns where a record that begins with the next byte can be found again.
    pub(super) fn offset(&self) -> u64 {
        match &self.state {
            State::Plain(input) => input.position - (self.buffer.len() - self.place) as u64,
            _ => self.member,
        }
    }

    /// Returns whether the next byte is the first of its member; always so in plain files.
    pub(super) fn is_member_start(&self) -> bool {
        self.format == Format::Plain || self.consumed == 0
    }

    /// Returns where the member ended, or the record in a plain file; `None` within a member.
    pub(super) fn end(&self) -> Option<u64> {
        match &self.state {
            State::Between(input) if self.place == self.buffer.len() => Some(input.position),
            State::Plain(_) => Some(self.offset()),
            _ => None,
        }
    }

    /// Returns whether the member is read to its end.
    pub(super) fn is_at_end(&self) -> bool {
        self.place == self.buffer.len() && matches!(self.state, State::Between(_) | State::Lost)
    }

    /// Returns whether the file is not compressed.
    pub(super) fn is_plain(&self) -> bool {
        self.format == Format::Plain
    }

    /// Returns the bytes that were decompressed and not consumed.
    pub(super) fn at_hand(&self) -> &[u8] {
        &self.buffer[self.place..]
    }

    /// Returns how many bytes can follow at most; `None` where compression hides it.
    pub(super) fn bytes_left(&self) -> Option<u64> {
        match self.format {
            Format::Plain => Some(self.size.saturating_sub(self.offset())),
            _ => None,
        }
    }

    /// Goes to the next place after `from` where a record starts, passing over damage; `false` where
    /// there is none.
    pub(super) fn resync(&mut self, from: u64) -> io::Result<bool> {
        self.close_member();
        self.buffer.clear();
        self.place = 0;
        let State::Between(mut input) = std::mem::replace(&mut self.state, State::Lost) else {
            return Ok(false);
        };
        input.seek_to(from.min(self.size))?;
        self.state = State::Between(input);
        while self.tries < MAX_TRIES {
            self.tries += 1;
            let Some(candidate) = self.next_candidate()? else {
                return Ok(false);
            };
            if self.starts_record() {
                return Ok(true);
            }
            self.close_member();
            self.buffer.clear();
            self.place = 0;
            if let State::Between(input) = &mut self.state {
                input.seek_to(candidate + 1)?;
            }
        }
        Ok(false)
    }

    fn starts_record(&mut self) -> bool {
        matches!(self.fill(), Ok(bytes) if bytes.starts_with(b"WARC/"))
    }

    fn next_candidate(&mut self) -> io::Result<Option<u64>> {
        let State::Between(input) = &mut self.state else {
            return Ok(None);
        };
        let found = match self.format {
            Format::Plain => scan(input, b"\nWARC/")?.map(|at| at + 1),
            Format::Gzip => scan(input, &GZIP)?,
            Format::Zstd => scan(input, &ZSTD)?,
        };
        if let Some(position) = found {
            input.seek_to(position)?;
        }
        Ok(found)
    }
}

fn skip_zeros<R: Read>(input: &mut Input<R>) -> io::Result<()> {
    loop {
        let zeros = input.fill_buf()?.iter().take_while(|&&b| b == 0).count();
        if zeros == 0 {
            return Ok(());
        }
        input.consume(zeros);
    }
}

fn is_skippable(magic: &[u8]) -> bool {
    matches!(magic, [low, 0x2a, 0x4d, 0x18, ..] if low & 0xf0 == 0x50)
}

fn read_skippable<R: Read>(input: &mut Input<R>, into: &mut Vec<u8>) -> io::Result<()> {
    let mut head = [0; 8];
    input.read_exact(&mut head)?;
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    if length > MAX_DICTIONARY {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "skippable frame of more than 16 MiB",
        ));
    }
    let count = input.take(u64::from(length)).read_to_end(into)?;
    if count as u64 == u64::from(length) {
        Ok(())
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Returns where `needle` next stands, and leaves the input somewhere after.
fn scan<R: Read>(input: &mut Input<R>, needle: &[u8]) -> io::Result<Option<u64>> {
    let mut window: Vec<u8> = Vec::with_capacity(STEP + needle.len());
    loop {
        let start = input.position - window.len() as u64;
        let piece = input.fill_buf()?;
        let count = piece.len();
        if count == 0 {
            return Ok(None);
        }
        window.extend_from_slice(piece);
        input.consume(count);
        if let Some(at) = window.windows(needle.len()).position(|w| w == needle) {
            return Ok(Some(start + at as u64));
        }
        let keep = window.len().min(needle.len() - 1);
        window.drain(..window.len() - keep);
    }
}
