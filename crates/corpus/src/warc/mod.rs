//! WARC 1.1 (ISO 28500:2017): records, a tolerant streaming reader and a writer of one gzip member a
//! record.

mod digest;
mod fields;
pub(crate) mod http;
mod input;
mod read;
mod spool;
mod write;

pub use digest::digest_field;
pub use fields::Fields;
pub use read::{OnDamage, Problem, ProblemKind, Reader, Record, Want, read_at};
pub(crate) use spool::{BodyReader, Spool, digest_of};
pub(crate) use write::{Draft, Effort, Place, WarcFile, whole_seconds};
