//! The names that the embedded web answers to.

/// A site of the embedded web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Host {
    /// The organisation, on Drupal.
    Osce,
    /// The organisation without `www`: sends everything on.
    OsceBare,
    /// The library, on WordPress.
    Respect,
    /// The blog, on Wix.
    Zero,
    /// The syndicator of reports.
    Relief,
    /// The mirror.
    Mirror,
}

/// The host names served, all of the reserved top-level domain `example` (RFC 2606).
pub const HOSTS: [&str; 6] = [
    "www.osce.example",
    "osce.example",
    "respect.example",
    "zero.example",
    "relief.example",
    "mirror.example",
];

const ALL: [Host; 6] = [
    Host::Osce,
    Host::OsceBare,
    Host::Respect,
    Host::Zero,
    Host::Relief,
    Host::Mirror,
];

impl Host {
    /// Returns the host that the Host header names, its port left aside.
    pub(crate) fn of(header: &str) -> Option<Self> {
        let name = header.rsplit_once(':').map_or(header, |(name, _)| name);
        ALL.into_iter()
            .find(|host| host.name().eq_ignore_ascii_case(name))
    }

    /// Returns the host's name.
    pub(crate) const fn name(self) -> &'static str {
        HOSTS[self as usize]
    }

    /// Returns the id of the site that the host belongs to.
    pub(crate) const fn site(self) -> &'static str {
        match self {
            Self::Osce | Self::OsceBare => "osce",
            Self::Respect => "respect",
            Self::Zero => "zero",
            Self::Relief => "relief",
            Self::Mirror => "mirror",
        }
    }

    /// Returns the absolute address of `path`.
    pub(crate) fn at(self, path: &str) -> String {
        format!("http://{}{path}", self.name())
    }
}
