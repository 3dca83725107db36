//! Publishes versions: pack first, folder last, by one rename.

use std::fs;
use std::path::Path;

use thresh_types::{Sha256Hash, VersionId};

use super::assembly::Assembly;
use super::{FORMAT, Manifest, NewVersion, Stamp, Versions};
use crate::durable::{TEMPORARY, make_folder, sweep, sync_folder, write_file};
use crate::store::PackWriter;
use crate::{Clock, CorpusError, RunLock};

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// A new version is there.
    New {
        /// Its number.
        n: u64,
        /// Its identity.
        id: VersionId,
    },
    /// The latest version says the same; nothing was written.
    Unchanged {
        /// Its number.
        n: u64,
        /// Its identity.
        id: VersionId,
    },
}

impl Published {
    /// Returns the number of the version that now is the latest.
    pub const fn n(&self) -> u64 {
        match self {
            Self::New { n, .. } | Self::Unchanged { n, .. } => *n,
        }
    }

    /// Returns the identity of the version that now is the latest.
    pub const fn id(&self) -> VersionId {
        match self {
            Self::New { id, .. } | Self::Unchanged { id, .. } => *id,
        }
    }
}

impl Versions<'_> {
    /// Publishes a version, unless the latest one has the same documents. Whatever a killed publication
    /// left behind is removed first; readers see the versions before until the very end.
    ///
    /// # Errors
    /// When something cannot be written, or two documents have one id; the versions before stay whole.
    pub fn publish(
        &self,
        _lock: &RunLock,
        new: &NewVersion,
        clock: &Clock,
        tool: &str,
    ) -> Result<Published, CorpusError> {
        let root = self.corpus.root();
        sweep(&root.join("versions"))?;
        sweep(&root.join("packs"))?;
        let parent = self.latest()?;
        let shelf = self.renew_shelf();
        let mut pack = PackWriter::new(shelf.store()?);
        let assembly = Assembly::of(new, |kind, bytes| pack.add(kind, bytes))?;
        let id = assembly.id();
        if let Some(latest) = &parent
            && latest.id() == id
        {
            return Ok(Published::Unchanged { n: latest.n(), id });
        }
        let n = parent.as_ref().map_or(1, |parent| parent.n() + 1);
        let own = pack.id().to_string();
        let mut packs: Vec<String> = assembly
            .objects()
            .iter()
            .map(|hash| pack.pack_of(hash, &own))
            .collect();
        packs.sort();
        packs.dedup();
        pack.finish()?;
        let manifest = manifest(&assembly, parent.map(|parent| parent.id()), packs);
        let stamp = Stamp {
            n,
            published_at: clock.now(),
            version_id: id,
            tool: tool.to_owned(),
        };
        self.write(&assembly, &manifest, &stamp)?;
        self.renew_shelf();
        Ok(Published::New { n, id })
    }

    fn write(
        &self,
        assembly: &Assembly,
        manifest: &Manifest,
        stamp: &Stamp,
    ) -> Result<(), CorpusError> {
        let folder = self.folder();
        let building = folder.join(format!("{TEMPORARY}{}", stamp.n));
        make_folder(&building)?;
        for (name, lines) in assembly.files() {
            write_file(&building.join(name), lines.as_bytes())?;
        }
        write_file(
            &building.join("manifest.json"),
            &to_pretty(manifest, &building)?,
        )?;
        write_file(&building.join("stamp.json"), &to_pretty(stamp, &building)?)?;
        sync_folder(&building)?;
        let place = folder.join(stamp.n.to_string());
        fs::rename(&building, &place).map_err(CorpusError::io("write", &place))?;
        sync_folder(&folder)
    }
}

/// Returns the manifest of what was assembled.
pub(super) fn manifest(
    assembly: &Assembly,
    parent: Option<VersionId>,
    packs: Vec<String>,
) -> Manifest {
    let files = assembly
        .files()
        .into_iter()
        .map(|(name, lines)| (name.to_owned(), Sha256Hash::of(lines)));
    Manifest {
        format: FORMAT,
        version_id: assembly.id(),
        parent,
        counts: assembly.counts.clone(),
        inputs: assembly.inputs.clone(),
        files: files.collect(),
        packs,
    }
}

/// Returns a value as JSON for people too, ended by a newline.
pub(super) fn to_pretty(
    value: &impl serde::Serialize,
    path: &Path,
) -> Result<Vec<u8>, CorpusError> {
    let mut bytes =
        serde_json::to_vec_pretty(value).map_err(|e| CorpusError::damaged(path, e.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
