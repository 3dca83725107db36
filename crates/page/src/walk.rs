//! The elements of a page, in order, without recursion.

use ego_tree::NodeRef;
use scraper::{ElementRef, Node};

use crate::Page;

/// An iterator over the elements of a page in document order. What lies in `<template>` is left
/// out: it is no part of the page until a script makes it one.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    next: Option<NodeRef<'a, Node>>,
}

impl Page {
    /// Returns the elements of the page in document order, without those in `<template>`.
    pub fn elements(&self) -> Elements<'_> {
        Elements {
            next: Some(self.html.tree.root()),
        }
    }
}

/// Returns the node after `node` and all that is in it.
fn after<'a>(node: NodeRef<'a, Node>) -> Option<NodeRef<'a, Node>> {
    let mut up = Some(node);
    while let Some(node) = up {
        if let Some(sibling) = node.next_sibling() {
            return Some(sibling);
        }
        up = node.parent();
    }
    None
}

impl<'a> Iterator for Elements<'a> {
    type Item = ElementRef<'a>;

    fn next(&mut self) -> Option<ElementRef<'a>> {
        while let Some(node) = self.next {
            let is_template = node
                .value()
                .as_element()
                .is_some_and(|e| e.name() == "template");
            let child = if is_template {
                None
            } else {
                node.first_child()
            };
            self.next = child.or_else(|| after(node));
            if let Some(element) = ElementRef::wrap(node) {
                return Some(element);
            }
        }
        None
    }
}
