//! WARC 1.1 (ISO 28500:2017): records, a tolerant streaming reader and a writer of one gzip member a
//! record.

mod block;
mod claim;
mod digest;
mod fields;
pub(crate) mod http;
mod input;
mod oddity;
mod pack;
mod read;
mod sha1;
mod spool;
mod write;

pub(crate) use claim::holds;
pub use digest::digest_field;
pub use fields::Fields;
pub(crate) use fields::is_kept_as_it_is;
pub use oddity::Oddity;
pub(crate) use pack::Effort;
pub use read::{OnDamage, Problem, ProblemKind, Reader, Record, Want, read_at};
pub(crate) use spool::{BodyReader, Spool, digest_of};
pub(crate) use write::{Draft, Place, WarcFile, to_uuid, whole_seconds};
