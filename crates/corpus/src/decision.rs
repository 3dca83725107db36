//! What people decided: `decisions/decisions.jsonl`, appended to and kept in git.
//!
//! A line that cannot be read is reported by its number and harms no other. Nothing is ever removed:
//! `undo` names the decision that no longer holds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thresh_types::{Anchor, DocId, Sha256Hash, Timestamp};

use crate::CorpusError;
use crate::durable::{append_lines, folder_of, make_folder, read_if_there};

/// What a decision does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Op {
    /// Keep the document, whatever speaks against it.
    Keep {
        /// The document.
        doc: DocId,
    },
    /// Leave the document out.
    Drop {
        /// The document.
        doc: DocId,
    },
    /// Treat two documents as one.
    Merge {
        /// One document.
        a: DocId,
        /// The other.
        b: DocId,
    },
    /// Keep two documents apart.
    NotDuplicate {
        /// One document.
        a: DocId,
        /// The other.
        b: DocId,
    },
    /// Give a field a value.
    Set {
        /// The document.
        doc: DocId,
        /// The field, as in an export.
        field: String,
        /// The value.
        value: String,
    },
    /// Keep a block.
    KeepBlock {
        /// The document.
        doc: DocId,
        /// The block, as `explain` prints it.
        anchor: Anchor,
    },
    /// Drop a block.
    DropBlock {
        /// The document.
        doc: DocId,
        /// The block, as `explain` prints it.
        anchor: Anchor,
    },
    /// Keep only the blocks of a range.
    Trim {
        /// The document.
        doc: DocId,
        /// The first block.
        from: Anchor,
        /// The last block.
        to: Anchor,
    },
    /// Set the level of sensitivity.
    Flag {
        /// The document.
        doc: DocId,
        /// The level, for example `high`.
        level: String,
    },
    /// Keep the document, and whatever stands at the address, out for good.
    Takedown {
        /// The document.
        doc: DocId,
    },
    /// Undo a decision.
    Undo {
        /// The decision.
        decision: String,
    },
}

/// A decision of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The decision's name: `d` and twelve hexadecimal digits.
    pub id: String,
    /// When it was made.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// What it does.
    #[serde(flatten)]
    pub op: Op,
}

/// A line that is no decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number in the file, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Every decision in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// All of them, undone ones included.
    pub all: Vec<Decision>,
    /// Lines that are no decisions.
    pub bad_lines: Vec<BadLine>,
}

impl Decisions {
    /// Reads the lines of a file, or what [`Decisions::snapshot`] gave.
    pub fn from_snapshot(text: &str) -> Self {
        let mut decisions = Self::default();
        for (position, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str(line) {
                Ok(decision) => decisions.all.push(decision),
                Err(error) => decisions.bad_lines.push(BadLine {
                    line: position + 1,
                    why: error.to_string(),
                }),
            }
        }
        decisions
    }

    /// Returns the decisions that hold, in the order of the file: an `undo` that is itself undone undoes
    /// nothing.
    pub fn active(&self) -> Vec<&Decision> {
        let mut undone = BTreeSet::new();
        let mut active = Vec::new();
        for decision in self.all.iter().rev() {
            if undone.contains(decision.id.as_str()) {
                continue;
            }
            match &decision.op {
                Op::Undo { decision } => {
                    undone.insert(decision.as_str());
                }
                _ => active.push(decision),
            }
        }
        active.reverse();
        active
    }

    /// Returns the decisions that hold as canonical text, one JSON object a line: what a version keeps
    /// of them.
    pub fn snapshot(&self) -> String {
        let mut text = String::new();
        for decision in self.active() {
            let line = serde_json::to_string(decision)
                .expect("a decision is strings and numbers, which JSON can hold");
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

fn file(root: &Path) -> PathBuf {
    root.join("decisions/decisions.jsonl")
}

pub(crate) fn read(root: &Path) -> Result<Decisions, CorpusError> {
    let bytes = read_if_there(&file(root))?.unwrap_or_default();
    Ok(Decisions::from_snapshot(&String::from_utf8_lossy(&bytes)))
}

pub(crate) fn append(
    root: &Path,
    op: Op,
    why: &str,
    at: Timestamp,
) -> Result<Decision, CorpusError> {
    let path = file(root);
    let earlier = read(root)?;
    if let Op::Undo { decision } = &op
        && !earlier.all.iter().any(|d| d.id == *decision)
    {
        return Err(CorpusError::Refused {
            what: "the undo of",
            value: decision.clone(),
            why: "no decision has this name".to_owned(),
        });
    }
    let number = (earlier.all.len() + earlier.bad_lines.len()).to_string();
    let damaged = |e: serde_json::Error| CorpusError::damaged(&path, e.to_string());
    let what = serde_json::to_string(&op).map_err(damaged)?;
    let hash = Sha256Hash::of_parts([&number, &at.to_string(), what.as_str(), why]);
    let decision = Decision {
        id: format!("d{}", &hash.to_string()[..12]),
        at,
        why: why.to_owned(),
        op,
    };
    make_folder(folder_of(&path))?;
    let line = serde_json::to_string(&decision).map_err(damaged)?;
    append_lines(&path, &format!("{line}\n"))?;
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(name: &str) -> DocId {
        DocId::of(&"a".parse().unwrap(), name)
    }

    #[test]
    fn decisions_are_appended_undone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let at = Timestamp::UNIX_EPOCH;
        let keep = append(folder.path(), Op::Keep { doc: doc("1") }, "good", at).unwrap();
        let trim = Op::Trim {
            doc: doc("2"),
            from: Anchor(1),
            to: Anchor(255),
        };
        append(folder.path(), trim, "rest is a menu", at).unwrap();
        let undo = |id: &str| Op::Undo {
            decision: id.to_owned(),
        };
        let undone = append(folder.path(), undo(&keep.id), "wrong page", at).unwrap();
        assert_eq!(read(folder.path()).unwrap().active().len(), 1);
        append(folder.path(), undo(&undone.id), "right after all", at).unwrap();
        let decisions = read(folder.path()).unwrap();
        assert_eq!(decisions.active()[0], &keep);
        assert_eq!(decisions.active().len(), 2);
        let again = Decisions::from_snapshot(&decisions.snapshot());
        assert_eq!(again.snapshot(), decisions.snapshot());
        assert!(append(folder.path(), undo("dffffffffffff"), "x", at).is_err());
    }

    #[test]
    fn bad_lines_are_named_and_the_others_hold() {
        let text = format!(
            "{{\"id\":\"d1\",\"at\":\"2026-01-01T00:00:00Z\",\"why\":\"w\",\"op\":\"drop\",\"doc\":\"{}\"}}\n\nnot json\n{{\"op\":\"fly\"}}\n",
            doc("1")
        );
        let decisions = Decisions::from_snapshot(&text);
        assert_eq!(decisions.all.len(), 1);
        let lines: Vec<usize> = decisions.bad_lines.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[test]
    fn an_absent_file_holds_no_decisions() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), Decisions::default());
    }
}
