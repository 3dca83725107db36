//! Undoes HTTP content codings under a size cap.
//!
//! A body passes through one reader per coding (RFC 9110 §8.4), so that what is held in memory is
//! the result, at most the cap, and one window per coding: a bomb of 10 GiB costs no more than the
//! cap. What can be read is kept: a stream that ends early or breaks gives its good front and says
//! so ([`Cut::Early`]). Two habits of servers and archives are borne in silence, since the body is
//! whole: bytes after the end of the last member, and a coding that is declared but was undone
//! before, as many archives of other tools have it.
//!
//! Left out: `compress`, which no server sends any more, and dictionaries (RFC 9842).

#![forbid(unsafe_code)]

mod coding;
mod decode;
mod layer;
#[cfg(test)]
mod tests;
mod whole;
mod wire;

pub use coding::CodecError;
pub use decode::{Cut, Decoded, decode, decode_reader};
