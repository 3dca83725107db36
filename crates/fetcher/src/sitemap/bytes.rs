//! From bytes to text that is read as a stream.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use thresh_codec::Cut;

use super::{Collector, trimmed};

/// The XML declaration must begin a file; some plugins print a warning in front of it.
const PREFIX: usize = 16 << 10;

/// Bytes that are transcoded at a time.
const STEP: usize = 8 << 10;

const GZIP: &[u8] = b"\x1f\x8b";

/// Undoes gzip that the server did not declare. Twice: some pack the file and the transfer.
pub(super) fn unpack<'a>(bytes: &'a [u8], cap: u64, to: &mut Collector<'_>) -> Cow<'a, [u8]> {
    let length = usize::try_from(cap).unwrap_or(usize::MAX);
    match ungzip(bytes, cap, to) {
        Some(bytes) => Cow::Owned(bytes),
        None if bytes.len() > length => {
            to.problem(&format!("is larger than {cap} bytes: cut there"));
            Cow::Borrowed(&bytes[..length])
        }
        None => Cow::Borrowed(bytes),
    }
}

fn ungzip(bytes: &[u8], cap: u64, to: &mut Collector<'_>) -> Option<Vec<u8>> {
    if !bytes.starts_with(GZIP) {
        return None;
    }
    let once = vec!["gzip".to_owned()];
    let front = thresh_codec::decode(&once, bytes, GZIP.len() as u64).ok()?;
    let is_twice = front.bytes == GZIP;
    // Both at once, so that what lies between them is never held.
    let codings = if is_twice {
        [&once[..], &once[..]].concat()
    } else {
        once
    };
    let decoded = thresh_codec::decode(&codings, bytes, cap).ok()?;
    match decoded.cut {
        Some(Cut::Cap) => to.problem(&format!("unpacks to more than {cap} bytes: cut there")),
        Some(Cut::Early) => to.problem("the packed file ends early"),
        None => {}
    }
    Some(decoded.bytes)
}

/// What kind of text a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Markup,
    Json,
    Lines,
}

/// A file whose form is known.
pub(super) struct Head<'a> {
    pub(super) form: Form,
    /// The text from where it is to be read.
    pub(super) source: Source<'a>,
}

/// Looks at the front of a file and opens it behind what stands there by mistake.
pub(super) fn open(bytes: &[u8]) -> Head<'_> {
    let (encoding, body) = encoding(bytes);
    let mut front = vec![0; PREFIX];
    let length = read_full(&mut Source::new(encoding, body), &mut front);
    let text = String::from_utf8_lossy(&front[..length]);
    let (form, skip) = form(&text);
    let mut source = Source::new(encoding, body);
    source.skip(skip);
    Head { form, source }
}

fn read_full(source: &mut Source<'_>, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    // Reading from memory does not fail.
    while let Ok(count @ 1..) = source.read(&mut buffer[filled..]) {
        filled += count;
    }
    filled
}

/// Returns the form of a text and how many bytes in front of it are to be passed over.
fn form(text: &str) -> (Form, usize) {
    let start = trimmed(text);
    let skip = start.as_ptr() as usize - text.as_ptr() as usize;
    if start.starts_with('{') {
        return (Form::Json, skip);
    }
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("<?xml") {
        return (Form::Markup, skip);
    }
    if let Some(at) = lower.find("<?xml") {
        return (Form::Markup, skip + at);
    }
    let roots = ["<urlset", "<sitemapindex", "<rss", "<feed"];
    let has_root = roots.iter().any(|root| lower.contains(root));
    let is_markup = has_root || start.starts_with('<');
    (if is_markup { Form::Markup } else { Form::Lines }, skip)
}

/// Returns the encoding of a file and the file without its byte order mark.
fn encoding(bytes: &[u8]) -> (&'static Encoding, &[u8]) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding, &bytes[length..]);
    }
    if let Some(wide) = wide(bytes) {
        return (wide, bytes);
    }
    let declared = declared(bytes).unwrap_or(UTF_8);
    (supported(declared, bytes), bytes)
}

/// Returns the byte order of UTF-16 without a mark, seen from its first two characters.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Returns what the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PREFIX)]);
    let (_, declaration) = head.split_once("<?xml")?;
    let (declaration, _) = declaration.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = value[1..].split_once(quote)?;
    let encoding = Encoding::for_label_no_replacement(label.trim().as_bytes())?;
    // A declaration that can be read as ASCII is not in UTF-16, whatever it says.
    encoding.is_ascii_compatible().then_some(encoding)
}

/// Returns the declared encoding unless the bytes refute it: a single-byte one by being valid UTF-8
/// beyond ASCII, UTF-8 by being broken more often than not.
fn supported(declared: &'static Encoding, bytes: &[u8]) -> &'static Encoding {
    if Encoding::utf8_valid_up_to(bytes) == bytes.len() {
        let is_refuted = declared.is_single_byte() && !bytes.is_ascii();
        return if is_refuted { UTF_8 } else { declared };
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if declared == UTF_8 && bad > good {
        WINDOWS_1252
    } else {
        declared
    }
}

/// A text in UTF-8, read from bytes that may be in another encoding.
pub(super) enum Source<'a> {
    /// The bytes are in UTF-8.
    Plain(&'a [u8]),
    /// The bytes are transcoded piece by piece; what cannot be becomes U+FFFD.
    Coded(Box<Transcoder<'a>>),
}

pub(super) struct Transcoder<'a> {
    decoder: Decoder,
    rest: &'a [u8],
    out: [u8; STEP],
    start: usize,
    end: usize,
    done: bool,
}

impl<'a> Source<'a> {
    fn new(encoding: &'static Encoding, bytes: &'a [u8]) -> Self {
        if encoding == UTF_8 && Encoding::utf8_valid_up_to(bytes) == bytes.len() {
            return Self::Plain(bytes);
        }
        Self::Coded(Box::new(Transcoder {
            decoder: encoding.new_decoder_without_bom_handling(),
            rest: bytes,
            out: [0; STEP],
            start: 0,
            end: 0,
            done: false,
        }))
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 {
            let there = self.fill_buf().map_or(0, <[u8]>::len);
            if there == 0 {
                return;
            }
            let step = there.min(count);
            self.consume(step);
            count -= step;
        }
    }
}

impl Transcoder<'_> {
    fn fill(&mut self) {
        while self.start == self.end && !self.done {
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(self.rest, &mut self.out, true);
            self.rest = &self.rest[read..];
            (self.start, self.end) = (0, written);
            self.done = result == encoding_rs::CoderResult::InputEmpty;
        }
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Plain(bytes) => Ok(bytes),
            Self::Coded(coded) => {
                coded.fill();
                Ok(&coded.out[coded.start..coded.end])
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::Plain(bytes) => *bytes = &bytes[amount.min(bytes.len())..],
            Self::Coded(coded) => coded.start = (coded.start + amount).min(coded.end),
        }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buf)?;
        self.consume(count);
        Ok(count)
    }
}
