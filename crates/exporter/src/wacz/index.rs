//! The index of captures, `ZipNum`: sorted lines in compressed blocks, and a list of the blocks.

use std::io::Write;

use flate2::{Compression, GzBuilder};
use thresh_types::Sha256Hash;
use zip::CompressionMethod;

use super::package::Package;
use crate::ExportError;

/// Lines in a block: what a viewer reads for one address. As cdxj-indexer has it.
const BLOCK: usize = 300;

/// Writes `indexes/index.cdx.gz` and `indexes/index.idx`.
pub(super) fn write(mut lines: Vec<String>, package: &mut Package) -> Result<(), ExportError> {
    lines.sort_unstable();
    let mut data = package.part("indexes/index.cdx.gz", CompressionMethod::Stored)?;
    let mut list =
        String::from("!meta 0 {\"format\": \"cdxj-gzip-1.0\", \"filename\": \"index.cdx.gz\"}\n");
    let mut offset = 0;
    for block in lines.chunks(BLOCK) {
        let packed = pack(block)?;
        data.write_all(&packed)?;
        let (length, digest) = (packed.len(), Sha256Hash::of(&packed));
        list.push_str(&format!(
            "{} {{\"offset\": {offset}, \"length\": {length}, \"digest\": \"sha256:{digest}\"}}\n",
            key_and_time(&block[0])
        ));
        offset += length;
    }
    data.finish();
    let mut part = package.part("indexes/index.idx", CompressionMethod::Deflated)?;
    part.write_all(list.as_bytes())?;
    part.finish();
    Ok(())
}

fn pack(block: &[String]) -> Result<Vec<u8>, ExportError> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::new(6));
    for line in block {
        writeln!(encoder, "{line}")?;
    }
    Ok(encoder.finish()?)
}

/// Returns the first two words of a line, by which blocks are found.
fn key_and_time(line: &str) -> &str {
    let end = line
        .match_indices(' ')
        .nth(1)
        .map_or(line.len(), |(at, _)| at);
    &line[..end]
}
