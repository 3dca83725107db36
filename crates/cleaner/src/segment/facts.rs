//! Gathers what markup says beside its blocks, as the walk goes over the tree.

use std::collections::BTreeSet;

use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use scraper::node::Element;

use crate::block::RawBlock;
use crate::facts::PageFacts;
use crate::measure;
use crate::place::{self, PlaceSet};
use crate::segment::attrs::{Attrs, front};
use crate::segment::makers;
use crate::signs::{self, Place};

/// Letters that an element may hold and still be empty: `Loading…`, `Bitte warten`.
const EMPTY: u64 = 24;
/// Bytes of scripts that are searched for marks, of one and of all, and of an address.
const SCRIPT: usize = 64 << 10;
const ALL_SCRIPTS: usize = 512 << 10;
const ADDRESS: usize = 512;
/// Most addresses and fields for passwords that are looked at.
const MOST_ADDRESSES: u32 = 1000;
const MOST_PASSWORDS: u32 = 8;
/// Most comments that are looked at: makers name themselves in the first ones.
const MOST_COMMENTS: u32 = 40;
/// Blocks at the end among which a maker is named, and most words of one.
const LAST_BLOCKS: usize = 6;
const CREDIT_WORDS: u32 = 40;
/// Most buttons whose labels are kept, and characters of each.
const MOST_CONTROLS: usize = 8;
const CONTROL: usize = 60;
/// How far around a field its place is looked for.
const AROUND: usize = 64;

/// What frameworks call the element that they fill.
const MOUNTS: &[&str] = &[
    "root",
    "app",
    "__next",
    "__nuxt",
    "___gatsby",
    "svelte",
    "q-app",
    "app-root",
    "appRoot",
    "react-root",
    "reactRoot",
    "vue-app",
    "main-app",
    "mainApp",
    "spa",
    "spa-root",
    "application",
    "react-app",
    "elm",
    "SPPageChrome",
    "SITE_CONTAINER",
];

/// Gathers facts while the walk goes over the tree.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    facts: PageFacts,
    signs: BTreeSet<&'static str>,
    /// Letters seen so far outside scripts and the like, while an element may yet be empty.
    letters: u64,
    /// Elements that scripts may fill, with the letters seen before them.
    mounts: Vec<(NodeId, u64)>,
    /// The script, style or the like that is open.
    silent: Option<NodeId>,
    searched: usize,
    addresses: u32,
    comments: u32,
}

impl Gathering {
    /// Notes text.
    pub(super) fn text(&mut self, text: &str) {
        let waits = |(_, before): &(NodeId, u64)| self.letters - before <= EMPTY;
        if self.silent.is_none() && self.mounts.last().is_some_and(waits) {
            self.letters += text.chars().filter(|c| c.is_alphanumeric()).count() as u64;
        }
    }

    /// Notes an element that opens.
    pub(super) fn open(&mut self, node: NodeRef<'_, Node>, tag: &str, attrs: &Attrs<'_>) {
        match tag {
            "script" => self.script(node, attrs),
            "iframe" | "link" => self.address(attrs.src.or(attrs.href)),
            "meta" => {
                self.address(attrs.content.filter(|_| attrs.http_equiv.is_some()));
                self.maker(makers::of_meta(attrs));
            }
            "form" => {
                self.form(attrs.action);
                self.facts.search |= attrs.role == Some("search");
            }
            "input" => self.field(node, attrs),
            "textarea" | "select" => self.facts.fields = self.facts.fields.saturating_add(1),
            _ => {}
        }
        if matches!(
            tag,
            "img" | "video" | "object" | "embed" | "iframe" | "audio"
        ) {
            self.facts.media = self.facts.media.saturating_add(1);
        }
        if self.facts.mount.is_none() && is_mount(node, tag, attrs) {
            self.mounts.push((node.id(), self.letters));
        }
        let silent = matches!(tag, "script" | "style" | "noscript" | "template" | "iframe");
        if silent && self.silent.is_none() {
            self.silent = Some(node.id());
        }
    }

    /// Notes a class or an id; those of the root and the body may be marks of their own.
    pub(super) fn name(&mut self, tag: &str, name: &str) {
        let place = if matches!(tag, "html" | "body") {
            Place::Body
        } else {
            Place::Name
        };
        signs::note_name(place, name, &mut self.signs);
    }

    /// Notes a comment: some programs name themselves in one.
    pub(super) fn comment(&mut self, comment: &str) {
        if self.comments < MOST_COMMENTS {
            self.comments += 1;
            self.maker(makers::of_comment(comment));
        }
    }

    /// Notes the last blocks of the page: there many a program says by a link what it is.
    pub(super) fn last_links(&mut self, blocks: &[RawBlock]) {
        let last = blocks.iter().rev().take(LAST_BLOCKS);
        let links = last
            .filter(|block| block.words <= CREDIT_WORDS)
            .flat_map(|block| &block.links)
            .find_map(|link| makers::of_link(&link.text));
        self.maker(links);
    }

    fn maker(&mut self, maker: Option<&'static str>) {
        if self.facts.maker.is_none() {
            self.facts.maker = maker.map(str::to_owned);
        }
    }

    fn script(&mut self, node: NodeRef<'_, Node>, attrs: &Attrs<'_>) {
        if let Some(address) = attrs.src {
            self.facts.scripts = self.facts.scripts.saturating_add(1);
            return self.address(Some(address));
        }
        for text in node.children().filter_map(|child| child.value().as_text()) {
            if is_program(attrs) {
                let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
                self.facts.script_bytes = self.facts.script_bytes.saturating_add(bytes);
            }
            let room = ALL_SCRIPTS.saturating_sub(self.searched).min(SCRIPT);
            let part = front(text, room);
            self.searched += part.len();
            signs::note_script(part, &mut self.signs);
        }
    }

    fn address(&mut self, address: Option<&str>) {
        if let Some(address) = address.filter(|_| self.addresses < MOST_ADDRESSES) {
            self.addresses += 1;
            signs::note_address(Place::Address, front(address, ADDRESS), &mut self.signs);
        }
    }

    fn form(&mut self, action: Option<&str>) {
        if let Some(action) = action.filter(|_| self.addresses < MOST_ADDRESSES) {
            self.addresses += 1;
            signs::note_address(Place::Form, front(action, ADDRESS), &mut self.signs);
        }
    }

    fn field(&mut self, node: NodeRef<'_, Node>, attrs: &Attrs<'_>) {
        if let Some(name) = attrs.name {
            signs::note_name(Place::Field, name, &mut self.signs);
        }
        let kind = attrs.kind.unwrap_or("text").to_ascii_lowercase();
        match kind.as_str() {
            "password" if self.facts.passwords < MOST_PASSWORDS => {
                self.facts.passwords += u32::from(is_own(node));
            }
            "search" => self.facts.search = true,
            "submit" | "button" => self.control(attrs.value.unwrap_or("")),
            "text" | "email" | "tel" | "url" | "number" | "date" | "file" => {
                self.facts.fields = self.facts.fields.saturating_add(1);
            }
            _ => {}
        }
    }

    fn control(&mut self, label: &str) {
        let label: String = label.chars().take(CONTROL).collect();
        if self.facts.controls.len() < MOST_CONTROLS && measure::has_word(&label) {
            self.facts.controls.push(measure::collapse(&label));
        }
    }

    /// Notes an element that closes.
    pub(super) fn close(&mut self, node: NodeRef<'_, Node>) {
        if self.silent == Some(node.id()) {
            self.silent = None;
        }
        if self.mounts.last().is_none_or(|(id, _)| *id != node.id()) {
            return;
        }
        let before = self.mounts.pop().map_or(0, |(_, letters)| letters);
        if self.letters - before <= EMPTY && self.facts.mount.is_none() {
            let name = |e: &Element| {
                e.id()
                    .unwrap_or_else(|| e.name())
                    .chars()
                    .take(CONTROL)
                    .collect()
            };
            self.facts.mount = node.value().as_element().map(name);
        }
    }

    /// Returns what was gathered.
    pub(super) fn finish(mut self) -> PageFacts {
        self.facts.signs = self.signs.into_iter().map(str::to_owned).collect();
        self.facts
    }
}

/// An element of a framework's name, or an element of one's own right in the body, where it is no part of
/// something else: icons are such elements too.
fn is_mount(node: NodeRef<'_, Node>, tag: &str, attrs: &Attrs<'_>) -> bool {
    let in_body = || {
        let around = node.parent().and_then(|p| p.value().as_element());
        around.is_some_and(|e| e.name() == "body")
    };
    attrs.id.is_some_and(|id| MOUNTS.contains(&id))
        || attrs.ng_view.is_some()
        || attrs.data_reactroot.is_some()
        || (tag.contains('-') && in_body())
}

/// Whether a script is one, and not data for others to read.
fn is_program(attrs: &Attrs<'_>) -> bool {
    !attrs
        .kind
        .is_some_and(|t| t.contains("json") || t.contains("template") || t.contains("html"))
}

/// Whether a field is seen and stands outside header, side bar, footer and dialogs.
fn is_own(node: NodeRef<'_, Node>) -> bool {
    let mut around = node
        .ancestors()
        .take(AROUND)
        .filter_map(|a| a.value().as_element());
    let aside = |element: &Element| {
        if matches!(element.name(), "html" | "body") {
            return false;
        }
        let names = element.classes().take(24).chain(element.id());
        names
            .map(place::of_token)
            .fold(place::of_tag(element.name()), PlaceSet::with)
            .any(PlaceSet::CHROME)
            || Attrs::of(element).hides()
    };
    !around.any(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(html: &str) -> PageFacts {
        crate::segment::segment_html(&scraper::Html::parse_document(html), None).facts
    }

    #[test]
    fn a_mount_is_empty_or_it_is_none() {
        assert_eq!(facts("<div id=root></div>").mount.as_deref(), Some("root"));
        assert_eq!(
            facts("<body><x-app><p>Loading…</p></x-app>")
                .mount
                .as_deref(),
            Some("x-app")
        );
        assert_eq!(
            facts("<div id=root><p>Nine in ten deck hands were paid late.</p></div>").mount,
            None
        );
        assert_eq!(facts("<p>See <x-icon></x-icon> here</p>").mount, None);
    }

    #[test]
    fn passwords_count_where_they_are_the_page_s_own() {
        let field = "<form><input type=password></form>";
        assert_eq!(facts(&format!("<main>{field}</main>")).passwords, 1);
        assert_eq!(
            facts(&format!(
                "<header>{field}</header><div class=sidebar>{field}</div>"
            ))
            .passwords,
            0
        );
        assert_eq!(
            facts(&format!("<div style='display: none'>{field}</div>")).passwords,
            0
        );
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let buttons = "<input type=submit value='Send it to somebody'>".repeat(100);
        let facts = facts(&format!(
            "{buttons}<script>{}</script>",
            "x".repeat(2 << 20)
        ));
        assert_eq!(facts.controls.len(), MOST_CONTROLS);
        assert_eq!(facts.script_bytes, 2 << 20);
    }
}
