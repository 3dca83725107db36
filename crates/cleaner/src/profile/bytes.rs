//! Signs as bytes, for caches: a fixed layout, so that reading the signs of a page costs less than a
//! tenth of reading the page.

use super::signs::PageSigns;
use crate::place::PlaceSet;
use crate::signature::Signature;

/// Bytes of one block: six digests, three numbers, flags.
const BLOCK: usize = 6 * 8 + 3 * 4 + 1;

impl PageSigns {
    /// Returns the signs as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.blocks.len() * BLOCK + self.parents.len() * 4);
        let counts = [
            self.urls.len(),
            self.titles.len(),
            self.blocks.len(),
            self.parents.len(),
        ];
        for count in counts {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            out.extend(count.to_le_bytes());
        }
        for digest in self.urls.iter().chain(&self.titles) {
            out.extend(digest.to_le_bytes());
        }
        for block in &self.blocks {
            write(&mut out, block);
        }
        for parent in &self.parents {
            out.extend(parent.to_le_bytes());
        }
        out
    }

    /// Reads what [`PageSigns::to_bytes`] wrote; `None` for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut counts = [0_usize; 4];
        for count in &mut counts {
            *count = usize::try_from(number(&mut rest)?).ok()?;
        }
        let [urls, titles, blocks, parents] = counts;
        let digests = urls.checked_add(titles)?.checked_mul(8)?;
        let size = digests
            .checked_add(blocks.checked_mul(BLOCK)?)?
            .checked_add(parents.checked_mul(4)?)?;
        if rest.len() != size {
            return None;
        }
        let signs = Self {
            urls: (0..urls).map_while(|_| digest(&mut rest)).collect(),
            titles: (0..titles).map_while(|_| digest(&mut rest)).collect(),
            blocks: (0..blocks).map_while(|_| read(&mut rest)).collect(),
            parents: (0..parents).map_while(|_| number(&mut rest)).collect(),
        };
        signs.is_sound().then_some(signs)
    }

    /// A parent stands before its children, or is none.
    fn is_sound(&self) -> bool {
        let before = |(i, &parent): (usize, &u32)| parent == u32::MAX || (parent as usize) < i;
        self.parents.iter().enumerate().all(before)
    }
}

fn write(out: &mut Vec<u8>, block: &Signature) {
    let digests = [
        block.text,
        block.nook,
        block.frame,
        block.link,
        block.title,
        block.opening,
    ];
    digests.iter().for_each(|d| out.extend(d.to_le_bytes()));
    for number in [block.node, block.words, block.place.0] {
        out.extend(number.to_le_bytes());
    }
    let flags = [
        block.linked,
        block.truncated,
        block.heading,
        block.code,
        block.row,
        block.digits,
    ];
    let bits = flags.iter().enumerate();
    out.push(bits.fold(0, |bits, (i, &flag)| bits | (u8::from(flag) << i)));
}

fn read(rest: &mut &[u8]) -> Option<Signature> {
    let mut block = Signature {
        text: digest(rest)?,
        nook: digest(rest)?,
        frame: digest(rest)?,
        link: digest(rest)?,
        title: digest(rest)?,
        opening: digest(rest)?,
        node: number(rest)?,
        words: number(rest)?,
        place: PlaceSet(number(rest)?),
        ..Signature::default()
    };
    let (&bits, left) = rest.split_first()?;
    *rest = left;
    let flags = [
        &mut block.linked,
        &mut block.truncated,
        &mut block.heading,
        &mut block.code,
        &mut block.row,
        &mut block.digits,
    ];
    for (i, flag) in flags.into_iter().enumerate() {
        *flag = bits >> i & 1 == 1;
    }
    Some(block)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (bytes, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(u32::from_le_bytes(*bytes))
}

fn digest(rest: &mut &[u8]) -> Option<u64> {
    let (bytes, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(u64::from_le_bytes(*bytes))
}
