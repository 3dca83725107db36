//! The configuration with which the embedded web is crawled.

use std::net::SocketAddr;

use crate::host::HOSTS;

/// Returns the files of a configuration folder, with their paths below it.
pub(crate) fn config_files(addr: SocketAddr) -> Vec<(&'static str, String)> {
    let mut files = vec![("thresh.toml", main(addr))];
    files.extend(SITES.iter().map(|(path, text)| (*path, (*text).to_owned())));
    files
}

fn main(addr: SocketAddr) -> String {
    let resolve: Vec<String> = HOSTS
        .iter()
        .map(|host| format!("\"{host}:80\" = \"{addr}\""))
        .collect();
    include_str!("config/thresh.toml")
        .replace("{addr}", &addr.to_string())
        .replace("{resolve}", &resolve.join(", "))
}

const SITES: &[(&str, &str)] = &[
    ("sites/osce.toml", include_str!("config/osce.toml")),
    ("sites/respect.toml", include_str!("config/respect.toml")),
    ("sites/zero.toml", include_str!("config/zero.toml")),
    ("sites/relief.toml", include_str!("config/relief.toml")),
    ("sites/mirror.toml", include_str!("config/mirror.toml")),
];
