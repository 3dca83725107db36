//! JSON Feed (jsonfeed.org, versions 1 and 1.1), item by item.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::bytes::Source;
use super::{Collector, Relative, Room, SitemapKind, SitemapUrl, date};

/// What the value of `version` holds in every version.
const VERSION: &str = "jsonfeed.org/version/";

/// Reads the items of a feed; JSON that is none gives nothing.
pub(super) fn read(source: Source<'_>, to: &mut Collector<'_>) {
    to.held = Some(Vec::new());
    let mut feed = Feed { to, is_feed: false };
    let mut reader = serde_json::Deserializer::from_reader(source);
    let end = feed.deserialize_all(&mut reader);
    let is_feed = feed.is_feed;
    to.let_go(is_feed);
    if !is_feed {
        to.problem("is JSON, but no JSON Feed");
        return;
    }
    to.sitemap.kind = SitemapKind::Feed;
    // The end of the addresses that are taken was told already.
    if let (Err(error), false) = (end, to.is_full()) {
        to.problem(&format!("breaks off: {error}"));
    }
}

/// An item. Fields that are not of the kind that the format wants count as missing.
#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    url: Loose,
    #[serde(default)]
    date_published: Loose,
    #[serde(default)]
    date_modified: Loose,
}

#[derive(Default)]
struct Loose(Option<String>);

struct Feed<'a, 'b> {
    to: &'a mut Collector<'b>,
    is_feed: bool,
}

impl Feed<'_, '_> {
    fn deserialize_all<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }

    fn item(&mut self, item: Item) -> Room {
        let Some(written) = item.url.0 else {
            self.to.problem("an entry has no address");
            return Room::Left;
        };
        let base = self.to.base;
        let Some(url) = self.to.address(&written, base, Relative::Rooted) else {
            return Room::Left;
        };
        let read = |field: Loose| field.0.as_deref().and_then(date);
        let published = read(item.date_published);
        self.to.page(SitemapUrl {
            lastmod: read(item.date_modified).or_else(|| published.clone()),
            published,
            news: true,
            ..SitemapUrl::new(url)
        })
    }
}

impl<'de> Visitor<'de> for &mut Feed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON Feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "version" => {
                    let version: Loose = map.next_value()?;
                    self.is_feed |= version.0.is_some_and(|v| v.contains(VERSION));
                }
                "items" => map.next_value_seed(Items(&mut *self))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Items<'f, 'a, 'b>(&'f mut Feed<'a, 'b>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Item>()? {
            // The rest is read, so that what stands behind the list is, but not taken.
            if self.0.item(item) == Room::Full {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(());
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose(
            (text.len() <= super::MAX_FIELD).then(|| text.to_owned()),
        ))
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
        Ok(Loose::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Loose, E> {
        Ok(Loose::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Loose, E> {
        Ok(Loose::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Loose, E> {
        Ok(Loose::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Loose, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::default())
    }
}
