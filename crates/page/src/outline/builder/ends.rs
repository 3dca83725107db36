//! What end tags close.

use super::super::names::*;
use super::{Builder, Format, Mode, Sure, Unsure, sure};

impl Builder<'_> {
    pub(in crate::outline) fn end(&mut self, name: Name) -> Sure {
        if self.templates > 0 {
            self.templates -= usize::from(name == TEMPLATE);
            return Ok(());
        }
        if self.in_foreign() {
            return self.end_in_foreign(name);
        }
        if self.mode == Mode::InBody {
            return self.end_in_body(name);
        }
        match (self.mode, name) {
            (Mode::InHeadNoscript, NOSCRIPT) => self.mode = Mode::InHead,
            (Mode::InHead, HEAD) => self.mode = Mode::AfterHead,
            // It is a start tag in the body.
            (_, BR) => self.mode = Mode::InBody,
            (Mode::InHeadNoscript, _) => {}
            (Mode::BeforeHead, HEAD) => self.mode = Mode::AfterHead,
            (_, BODY | HTML) => self.mode = Mode::InBody,
            _ => {}
        }
        Ok(())
    }

    fn end_in_foreign(&mut self, name: Name) -> Sure {
        for (at, open) in self.open.iter().enumerate().rev() {
            sure(open.foreign)?;
            if open.name == name {
                self.open.truncate(at);
                return Ok(());
            }
        }
        Err(Unsure)
    }

    fn end_in_body(&mut self, name: Name) -> Sure {
        match name {
            BODY | HTML | HEAD | TEMPLATE => Ok(()),
            name if is_table_part(name) || name == TABLE => self.end_of_table_part(name),
            A => match self.format_called(A) {
                Some(_) => self.close_link(),
                None => sure(self.pieces.link.is_none()),
            },
            name if is_formatting(name) || name == NOBR => self.end_of_formatting(name),
            P => self.end_of_paragraph(),
            // It counts as a start tag.
            BR => {
                self.reopen()?;
                self.pieces.element(None)
            }
            FORM => self.end_of_form(),
            LI => {
                let at = self.find(LI, |open| is_scope(open) || matches!(open, OL | UL));
                at.map_or(Ok(()), |at| self.pop_to(at))
            }
            name if is_heading(name) => self.end_of_heading(),
            APPLET | MARQUEE | OBJECT => {
                if let Some(at) = self.in_scope(name) {
                    self.pop_to(at)?;
                    self.clear_formats();
                }
                Ok(())
            }
            name if is_plain_block(name)
                || matches!(name, BUTTON | LISTING | PRE | SELECT | DD | DT) =>
            {
                self.close_in_scope(name)
            }
            name => self.end_of_other(name),
        }
    }

    fn close_in_scope(&mut self, name: Name) -> Sure {
        // Scope ends at a select, which its own end tag reaches all the same.
        let at = self.in_scope(name);
        at.map_or(Ok(()), |at| self.pop_to(at))
    }

    fn end_of_table_part(&mut self, name: Name) -> Sure {
        let end = |open: Name| open == TABLE;
        let Some(at) = self.find(name, end) else {
            return Ok(());
        };
        if matches!(name, TD | TH | CAPTION | TABLE | TR | TBODY | THEAD | TFOOT)
            || at + 1 == self.open.len()
        {
            return self.pop_to(at);
        }
        Ok(())
    }

    fn end_of_paragraph(&mut self) -> Sure {
        match self.paragraph() {
            Some(at) => self.pop_to(at),
            // It makes an empty one.
            None => self.pieces.element(None),
        }
    }

    fn end_of_form(&mut self) -> Sure {
        let Some(id) = self.form.take() else {
            return Ok(());
        };
        let place = self.open.iter().rposition(|open| open.id == id);
        let Some(place) = place.filter(|&at| self.in_scope(FORM) == Some(at)) else {
            return Ok(());
        };
        self.close_implied(0)?;
        // What is open within it stays open.
        self.open.remove(place);
        Ok(())
    }

    fn end_of_heading(&mut self) -> Sure {
        let headings = [H1, H2, H3, H4, H5, H6];
        let at = headings
            .iter()
            .filter_map(|&name| self.in_scope(name))
            .max();
        at.map_or(Ok(()), |at| self.pop_to(at))
    }

    /// The adoption agency (§13.2.6.4.7), where it has nothing to move.
    fn end_of_formatting(&mut self, name: Name) -> Sure {
        let is_listed = |formats: &[Format], wanted: u32| {
            formats
                .iter()
                .any(|f| matches!(f, Format::Element(_, id) if *id == wanted))
        };
        if let Some(top) = self
            .open
            .last()
            .filter(|top| top.name == name && !top.foreign)
            && !is_listed(&self.formats, top.id)
        {
            self.open.pop();
            return Ok(());
        }
        let Some((at, id)) = self.format_called(name) else {
            return self.end_of_other(name);
        };
        let Some(place) = self.open.iter().rposition(|open| open.id == id) else {
            self.formats.remove(at);
            return Ok(());
        };
        if self.open[place + 1..]
            .iter()
            .any(|open| !open.foreign && is_scope(open.name))
        {
            return Ok(());
        }
        sure(
            !self.open[place + 1..]
                .iter()
                .any(|open| open.foreign || is_special(open.name)),
        )?;
        self.pop_to(place + 1)?;
        self.open.pop();
        self.formats.remove(at);
        Ok(())
    }

    fn end_of_other(&mut self, name: Name) -> Sure {
        let at = self.find(name, is_special);
        at.map_or(Ok(()), |at| self.pop_to(at))
    }
}
