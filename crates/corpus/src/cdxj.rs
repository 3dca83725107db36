//! The sorted index `captures/index.cdxj`, by which replay tools find records.

use std::io::{BufWriter, Write};
use std::path::Path;

use thresh_types::Timestamp;
use url::Url;

use crate::CorpusError;
use crate::archive::target_uri;
use crate::durable::{folder_of, make_folder, put_in_place, temporary_beside};
use crate::state::{Database, Stored};

/// Returns the sort-friendly key of an address as web archives use it: the host reversed and without
/// `www.`, everything lower case, the parameters sorted. `https://www.OSCE.org/a?c=2&b=1` gives
/// `org,osce)/a?b=1&c=2`.
pub(crate) fn surt(address: &str) -> String {
    let Ok(url) = Url::parse(address) else {
        return address
            .to_ascii_lowercase()
            .replace(char::is_whitespace, "%20");
    };
    let Some(host) = url.host_str() else {
        return url.as_str().to_ascii_lowercase();
    };
    let host = without_www(host);
    let mut key = if url.domain().is_some() {
        host.rsplit('.').collect::<Vec<_>>().join(",")
    } else {
        host.to_owned()
    };
    if let Some(port) = url.port() {
        key.push_str(&format!(":{port}"));
    }
    key.push(')');
    key.push_str(&url.path().to_lowercase());
    if let Some(query) = url.query().filter(|query| !query.is_empty()) {
        let query = query.to_lowercase();
        let mut pairs: Vec<&str> = query.split('&').collect();
        pairs.sort_unstable();
        key.push('?');
        key.push_str(&pairs.join("&"));
    }
    key
}

/// Removes `www.`, `www2.` and the like.
fn without_www(host: &str) -> &str {
    match host.split_once('.') {
        Some((first, rest)) if rest.contains('.') => match first.strip_prefix("www") {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => rest,
            _ => host,
        },
        _ => host,
    }
}

/// Writes the index of every capture in the database.
pub(crate) fn write_index(database: &Database, path: &Path) -> Result<(), CorpusError> {
    make_folder(folder_of(path))?;
    let temporary = temporary_beside(path)?;
    let mut out = BufWriter::new(temporary);
    database.visit_by_key(|key, stored| {
        writeln!(out, "{}", line(key, stored)).map_err(CorpusError::io("write", path))
    })?;
    let temporary = out
        .into_inner()
        .map_err(|e| CorpusError::io("write", path)(e.into_error()))?;
    put_in_place(temporary, path)
}

fn line(key: &str, stored: &Stored) -> String {
    let capture = &stored.capture;
    let target = target_uri(Some(&capture.final_url), &capture.payload_digest);
    let mut fields = serde_json::json!({
        "url": target,
        "digest": crate::warc::digest_field(&capture.payload_digest),
        "length": capture.length.to_string(),
        "offset": capture.offset.to_string(),
        "filename": capture.warc,
    });
    if capture.revisit {
        fields["mime"] = "warc/revisit".into();
    } else if !capture.media_type.is_empty() {
        fields["mime"] = capture.media_type.as_str().into();
    }
    fields["status"] = capture.status.to_string().into();
    format!("{key} {} {fields}", fourteen_digits(stored.warc_date))
}

fn fourteen_digits(time: Timestamp) -> String {
    time.strftime("%Y%m%d%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_as_web_archives_write_them() {
        let cases = [
            ("https://www.OSCE.org/a?c=2&b=1", "org,osce)/a?b=1&c=2"),
            ("http://www2.osce.org:8080/", "org,osce:8080)/"),
            ("http://osce.org/A%20b", "org,osce)/a%20b"),
            ("http://127.0.0.1:8600/x", "127.0.0.1:8600)/x"),
            ("http://www.com/", "com,www)/"),
            ("urn:sha256:AB", "urn:sha256:ab"),
            ("", ""),
        ];
        for (address, key) in cases {
            assert_eq!(surt(address), key);
        }
    }
}
