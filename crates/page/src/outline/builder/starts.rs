//! What start tags close, and the parts of tables.

use super::super::names::*;
use super::super::scan::{Content, StartTag};
use super::{Builder, Format, Sure, Unsure, sure};

impl<'t> Builder<'t> {
    pub(super) fn start_in_table(&mut self, tag: StartTag<'t>) -> Sure<Content> {
        match tag.name {
            name if is_table_part(name) => self.start_of_table_part(name),
            SCRIPT | STYLE | TEMPLATE => self.start_of_head(tag, false),
            HTML | HEAD | BODY | FRAME => Ok(Content::Markup),
            // It would be put before the table.
            _ => Err(Unsure),
        }
    }

    /// Opens a part of the innermost table, with what must be around it.
    pub(super) fn start_of_table_part(&mut self, name: Name) -> Sure<Content> {
        let Some(table) = self.find(TABLE, |name| name == TABLE) else {
            return Ok(Content::Markup);
        };
        self.pieces.element(None)?;
        let keep = |open: Name| match name {
            TD | TH => matches!(open, TR | TBODY | THEAD | TFOOT | TABLE),
            TR => matches!(open, TBODY | THEAD | TFOOT | TABLE),
            COL => matches!(open, COLGROUP | TABLE),
            _ => open == TABLE,
        };
        while self.open.len() > table + 1 && !self.top_is(keep) {
            self.pop()?;
        }
        let around: &[Name] = match name {
            TD | TH => &[TBODY, TR],
            TR => &[TBODY],
            COL => &[COLGROUP],
            _ => &[],
        };
        for &outer in around {
            let has = match outer {
                TBODY => self.top_is(|open| open != TABLE),
                outer => self.top_is(|open| open == outer),
            };
            if !has {
                self.pieces.element(None)?;
                self.push(outer);
            }
        }
        if name != COL {
            self.push(name);
        }
        if matches!(name, TD | TH | CAPTION) {
            self.formats.push(Format::Marker);
        }
        Ok(Content::Markup)
    }

    /// Closes what a start tag called `name` closes.
    pub(super) fn make_room(&mut self, name: Name) -> Sure {
        match name {
            name if is_plain_block(name) => self.close_paragraph(),
            P | PRE | LISTING | FORM | XMP => self.close_paragraph(),
            HR => {
                self.close_paragraph()?;
                match self.in_scope(SELECT) {
                    Some(_) => self.close_implied(0),
                    None => Ok(()),
                }
            }
            name if is_heading(name) => {
                self.close_paragraph()?;
                if self.top_is(is_heading) {
                    self.pop()
                } else {
                    Ok(())
                }
            }
            LI | DD | DT => self.close_item(name),
            // Whether it closes a paragraph depends on the document type.
            TABLE => sure(self.paragraph().is_none()),
            BUTTON => match self.in_scope(BUTTON) {
                Some(at) => self.pop_to(at),
                None => Ok(()),
            },
            A => self.close_link(),
            NOBR => sure(self.in_scope(NOBR).is_none()),
            OPTION | OPTGROUP => self.close_option(name),
            RB | RTC | RP | RT if self.in_scope(RUBY).is_some() => {
                self.close_implied(if matches!(name, RP | RT) { RTC } else { 0 })
            }
            _ => Ok(()),
        }
    }

    fn close_item(&mut self, name: Name) -> Sure {
        let is_alike = |open: Name| match name {
            LI => open == LI,
            _ => matches!(open, DD | DT),
        };
        for (at, open) in self.open.iter().enumerate().rev() {
            if !open.foreign && is_alike(open.name) {
                self.pop_to(at)?;
                break;
            }
            if !open.foreign && is_special(open.name) && !matches!(open.name, ADDRESS | DIV | P) {
                break;
            }
        }
        self.close_paragraph()
    }

    fn close_option(&mut self, name: Name) -> Sure {
        if self.in_scope(SELECT).is_some() {
            return self.close_implied(if name == OPTION { OPTGROUP } else { 0 });
        }
        if self.top_is(|open| open == OPTION) {
            self.pop()
        } else {
            Ok(())
        }
    }
}
