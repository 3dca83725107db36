//! SHA-1 (FIPS 180-4 §6.1), by which most archives name their blocks. It finds damage; against forgery
//! it is no proof, and nothing here takes it for one.

use std::io::{self, Write};

const BLOCK: usize = 64;

/// Takes bytes and becomes a digest.
pub(super) struct Sha1 {
    state: [u32; 5],
    waiting: Vec<u8>,
    length: u64,
}

impl Sha1 {
    pub(super) const fn new() -> Self {
        Self {
            state: [
                0x6745_2301,
                0xefcd_ab89,
                0x98ba_dcfe,
                0x1032_5476,
                0xc3d2_e1f0,
            ],
            waiting: Vec::new(),
            length: 0,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let mut rest = bytes;
        if !self.waiting.is_empty() {
            let (front, back) = rest.split_at(rest.len().min(BLOCK - self.waiting.len()));
            self.waiting.extend_from_slice(front);
            rest = back;
            if self.waiting.len() < BLOCK {
                return;
            }
            compress(&mut self.state, &self.waiting);
            self.waiting.clear();
        }
        let blocks = rest.chunks_exact(BLOCK);
        let left = blocks.remainder();
        for block in blocks {
            compress(&mut self.state, block);
        }
        self.waiting.extend_from_slice(left);
    }

    pub(super) fn finish(mut self) -> [u8; 20] {
        let bits = self.length.wrapping_mul(8);
        let mut end = vec![0x80];
        while !(self.waiting.len() + end.len() + 8).is_multiple_of(BLOCK) {
            end.push(0);
        }
        end.extend_from_slice(&bits.to_be_bytes());
        self.update(&end);
        let mut digest = [0; 20];
        for (place, word) in digest.chunks_exact_mut(4).zip(self.state) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }
}

impl Write for Sha1 {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn compress(state: &mut [u32; 5], block: &[u8]) {
    let mut words = [0_u32; 80];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    for t in 16..80 {
        words[t] = (words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (t, word) in words.into_iter().enumerate() {
        let (f, k) = match t {
            0..20 => ((b & c) | (!b & d), 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6_u32),
        };
        let next = a
            .rotate_left(5)
            .wrapping_add(f)
            .wrapping_add(e)
            .wrapping_add(k)
            .wrapping_add(word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    for (sum, word) in state.iter_mut().zip([a, b, c, d, e]) {
        *sum = sum.wrapping_add(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(pieces: &[&[u8]]) -> String {
        let mut hash = Sha1::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        data_encoding::HEXLOWER.encode(&hash.finish())
    }

    #[test]
    fn the_examples_of_the_standard_hold() {
        assert_eq!(digest(&[]), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(
            digest(&[b"abc"]),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        let long = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        let expected = "84983e441c3bd26ebaae4aa1f95129e5e54670f1";
        assert_eq!(digest(&[long]), expected);
        for at in 0..long.len() {
            let (front, back) = long.split_at(at);
            assert_eq!(digest(&[front, back]), expected);
        }
        let million = [b'a'; 1000];
        let pieces: Vec<&[u8]> = (0..1000).map(|_| &million[..]).collect();
        assert_eq!(digest(&pieces), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    }
}
