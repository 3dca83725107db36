//! Mutants of an input.

use crate::rng::Rng;

/// Numbers at which programs change their mind.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "127",
    "128",
    "255",
    "256",
    "4095",
    "32767",
    "32768",
    "65535",
    "65536",
    "50000",
    "512000",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e400",
    "-0.0",
    "NaN",
    "inf",
    "0x7fffffff",
];

/// Bytes at which parsers change their mind.
const BYTES: &[u8] =
    b"\0\t\n\r \"#$%&'*+,-./:;<=>?@[\\]^`{|}~\x7f\x80\xbf\xc0\xc3\xe2\xed\xef\xf4\xff";

/// Mutants are rarely larger than their target likes; one in so many tests its growth.
const LARGE_ONCE_IN: usize = 400;

/// How much larger that one may be.
const LARGE_FACTOR: usize = 64;

/// Returns a mutant of `input`, into which parts of `other` and of `dictionary` may come.
pub(crate) fn mutate(
    rng: &mut Rng,
    mut input: Vec<u8>,
    other: &[u8],
    dictionary: &[&[u8]],
    max_len: usize,
) -> Vec<u8> {
    for _ in 0..=rng.below(6) {
        step(rng, &mut input, other, dictionary);
    }
    input.truncate(max_len);
    if rng.once_in(LARGE_ONCE_IN) {
        grow(rng, &mut input, max_len * LARGE_FACTOR);
    }
    input
}

fn step(rng: &mut Rng, input: &mut Vec<u8>, other: &[u8], dictionary: &[&[u8]]) {
    match rng.below(15) {
        0 => flip(rng, input),
        1 => set(rng, input),
        2 => insert_bytes(rng, input),
        3 => remove(rng, input),
        4 => duplicate(rng, input),
        5 => splice(rng, input, other),
        6 => insert_slice(rng, input, other),
        7 => number(rng, input),
        8 => truncate(rng, input),
        9 => swap(rng, input),
        10 => binary_number(rng, input),
        _ if dictionary.is_empty() => set(rng, input),
        11 => overwrite(rng, input, dictionary),
        _ => {
            let token = rng.pick(dictionary);
            insert(rng, input, token);
        }
    }
}

fn flip(rng: &mut Rng, input: &mut [u8]) {
    let place = rng.below(input.len());
    if let Some(byte) = input.get_mut(place) {
        *byte ^= 1 << rng.below(8);
    }
}

fn set(rng: &mut Rng, input: &mut [u8]) {
    let place = rng.below(input.len());
    if let Some(byte) = input.get_mut(place) {
        *byte = any_byte(rng);
    }
}

fn any_byte(rng: &mut Rng) -> u8 {
    if rng.once_in(3) {
        rng.byte()
    } else {
        BYTES[rng.below(BYTES.len())]
    }
}

fn insert(rng: &mut Rng, input: &mut Vec<u8>, piece: &[u8]) {
    let place = rng.below(input.len() + 1);
    input.splice(place..place, piece.iter().copied());
}

fn insert_bytes(rng: &mut Rng, input: &mut Vec<u8>) {
    let piece: Vec<u8> = (0..=rng.below(4)).map(|_| any_byte(rng)).collect();
    insert(rng, input, &piece);
}

fn range(rng: &mut Rng, length: usize) -> std::ops::Range<usize> {
    let start = rng.below(length);
    let most = if rng.once_in(4) { length - start } else { 16 };
    start..(start + 1 + rng.below(most)).min(length)
}

fn remove(rng: &mut Rng, input: &mut Vec<u8>) {
    let range = range(rng, input.len());
    input.drain(range);
}

fn duplicate(rng: &mut Rng, input: &mut Vec<u8>) {
    let block = input[range(rng, input.len())].to_vec();
    let times = if rng.once_in(8) { 1 + rng.below(40) } else { 1 };
    insert(rng, input, &block.repeat(times));
}

fn splice(rng: &mut Rng, input: &mut Vec<u8>, other: &[u8]) {
    input.truncate(rng.below(input.len() + 1));
    input.extend_from_slice(&other[rng.below(other.len() + 1)..]);
}

fn insert_slice(rng: &mut Rng, input: &mut Vec<u8>, other: &[u8]) {
    let piece = other[range(rng, other.len())].to_vec();
    insert(rng, input, &piece);
}

fn truncate(rng: &mut Rng, input: &mut Vec<u8>) {
    input.truncate(rng.below(input.len() + 1));
}

fn swap(rng: &mut Rng, input: &mut Vec<u8>) {
    let block: Vec<u8> = input.drain(range(rng, input.len())).collect();
    insert(rng, input, &block);
}

/// Puts an interesting number in the place of one in decimal digits.
fn number(rng: &mut Rng, input: &mut Vec<u8>) {
    let digit = |b: &u8| b.is_ascii_digit();
    let from = rng.below(input.len());
    let number = rng.pick(NUMBERS).as_bytes();
    match input[from..].iter().position(digit) {
        None => insert(rng, input, number),
        Some(at) => {
            let start = from + at;
            let length = input[start..].iter().take_while(|b| digit(b)).count();
            input.splice(start..start + length, number.iter().copied());
        }
    }
}

fn binary_number(rng: &mut Rng, input: &mut Vec<u8>) {
    let number = [
        0,
        1,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0xffff,
        0x7fff_ffff,
        u32::MAX,
    ][rng.below(9)];
    let bytes = if rng.once_in(2) {
        number.to_le_bytes()
    } else {
        number.to_be_bytes()
    };
    let width = [1, 2, 4][rng.below(3)];
    let start = rng.below(input.len());
    let end = (start + width).min(input.len());
    input.splice(start..end, bytes[..width].iter().copied());
}

fn overwrite(rng: &mut Rng, input: &mut Vec<u8>, dictionary: &[&[u8]]) {
    let token = rng.pick(dictionary);
    let start = rng.below(input.len());
    let end = (start + token.len()).min(input.len());
    input.splice(start..end, token.iter().copied());
}

/// Repeats a block until the input is large, which shows what does not take linear time.
fn grow(rng: &mut Rng, input: &mut Vec<u8>, most: usize) {
    if input.is_empty() {
        return;
    }
    let range = range(rng, input.len());
    let block = input[range.clone()].to_vec();
    let times = (1 + rng.below(most)) / block.len();
    input.splice(range, block.repeat(times.max(1)));
    input.truncate(most);
}
