//! The zip container and its own description: `datapackage.json` and the digest of that.

use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};
use thresh_corpus::{Sink, Version};
use thresh_types::Sha256Hash;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::About;
use crate::ExportError;

/// The version of the format that is written.
const WACZ_VERSION: &str = "1.1.1";

/// A WACZ file that grows part by part.
pub(super) struct Package {
    zip: ZipWriter<Sink>,
    resources: Vec<Resource>,
}

/// A part as `datapackage.json` lists it.
#[derive(Serialize)]
struct Resource {
    name: String,
    path: String,
    hash: String,
    bytes: u64,
}

#[derive(Serialize)]
struct Datapackage<'a> {
    profile: &'static str,
    resources: &'a [Resource],
    title: &'a str,
    description: String,
    created: String,
    wacz_version: &'static str,
    software: &'static str,
}

#[derive(Serialize)]
struct PackageDigest {
    path: &'static str,
    hash: String,
}

/// A part that is being written: counted and hashed on the way.
pub(super) struct Part<'a> {
    package: &'a mut Package,
    path: String,
    hash: Sha256,
    bytes: u64,
}

impl Package {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            zip: ZipWriter::new(sink),
            resources: Vec::new(),
        }
    }

    /// Begins a part.
    pub(super) fn part(
        &mut self,
        path: &str,
        method: CompressionMethod,
    ) -> Result<Part<'_>, ExportError> {
        // No clock and no mode of this machine: equal parts are equal bytes. A part may pass 4 GiB.
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .system(System::Unix)
            .unix_permissions(0o644)
            .large_file(true);
        self.zip.start_file(path, options).map_err(failed)?;
        Ok(Part {
            package: self,
            path: path.to_owned(),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// Writes the descriptions and puts the file in its place.
    pub(super) fn finish(
        mut self,
        version: &Version,
        about: &About,
        captures: u64,
    ) -> Result<(), ExportError> {
        let description = format!(
            "The {captures} captures behind version {} of {}.",
            version.id(),
            about.name
        );
        let resources = std::mem::take(&mut self.resources);
        let described = pretty(&Datapackage {
            profile: "data-package",
            resources: &resources,
            title: &about.name,
            description,
            created: version
                .stamp()
                .published_at
                .strftime("%Y-%m-%dT%H:%M:%SZ")
                .to_string(),
            wacz_version: WACZ_VERSION,
            software: concat!("thresh/", env!("CARGO_PKG_VERSION")),
        })?;
        self.text("datapackage.json", &described)?;
        let digest = pretty(&PackageDigest {
            path: "datapackage.json",
            hash: format!("sha256:{}", Sha256Hash::of(&described)),
        })?;
        self.text("datapackage-digest.json", &digest)?;
        Ok(self.zip.finish().map_err(failed)?.finish()?)
    }

    fn text(&mut self, path: &str, text: &str) -> Result<(), ExportError> {
        let mut part = self.part(path, CompressionMethod::Deflated)?;
        part.write_all(text.as_bytes())?;
        part.finish();
        Ok(())
    }
}

impl Part<'_> {
    /// Ends the part and lists it.
    pub(super) fn finish(self) {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.package.resources.push(Resource {
            name: name.to_lowercase(),
            hash: format!(
                "sha256:{}",
                Sha256Hash::from_bytes(self.hash.finalize().into())
            ),
            bytes: self.bytes,
            path: self.path,
        });
    }
}

impl Write for Part<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.package.zip.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.package.zip.flush()
    }
}

fn failed(error: zip::result::ZipError) -> ExportError {
    ExportError::Write(error.into())
}

fn pretty(value: &impl Serialize) -> Result<String, ExportError> {
    serde_json::to_string_pretty(value).map_err(|source| ExportError::Json {
        id: "datapackage".to_owned(),
        source,
    })
}
