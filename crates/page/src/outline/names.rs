//! Names of tags as numbers, and the sets of them that the HTML Standard goes by.
//!
//! A name of up to eight bytes is those bytes, a longer one their FNV-1a hash: comparing and matching
//! names is then comparing integers.

/// The name of a tag, in lower case.
pub(super) type Name = u64;

/// Returns the name that `bytes` spell, in whatever case.
pub(super) const fn name(bytes: &[u8]) -> Name {
    let mut out = if bytes.len() > 8 {
        0xcbf2_9ce4_8422_2325
    } else {
        0
    };
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at].to_ascii_lowercase() as u64;
        out = if bytes.len() > 8 {
            (out ^ byte).wrapping_mul(0x0100_0000_01b3)
        } else {
            out | byte << (8 * at)
        };
        at += 1;
    }
    out
}

macro_rules! names {
    ($($constant:ident $text:literal)*) => {
        $(pub(super) const $constant: Name = name($text.as_bytes());)*
    };
}

names! {
    A "a" ADDRESS "address" ANNOTATION_XML "annotation-xml" APPLET "applet" AREA "area" ARTICLE "article"
    ASIDE "aside" B "b" BASE "base" BASEFONT "basefont" BGSOUND "bgsound" BIG "big" BLOCKQUOTE "blockquote"
    BODY "body" BR "br" BUTTON "button" CAPTION "caption" CENTER "center" CODE "code" COL "col"
    COLGROUP "colgroup" DD "dd" DESC "desc" DETAILS "details" DIALOG "dialog" DIR "dir" DIV "div" DL "dl"
    DT "dt" EM "em" EMBED "embed" FIELDSET "fieldset" FIGCAPTION "figcaption" FIGURE "figure" FONT "font"
    FOOTER "footer" FOREIGNOBJECT "foreignobject" FORM "form" FRAME "frame" FRAMESET "frameset" H1 "h1"
    H2 "h2" H3 "h3" H4 "h4" H5 "h5" H6 "h6" HEAD "head" HEADER "header" HGROUP "hgroup" HR "hr" HTML "html"
    I "i" IFRAME "iframe" IMAGE "image" IMG "img" INPUT "input" ISINDEX "isindex" KEYGEN "keygen" LI "li"
    LINK "link" LISTING "listing" MAIN "main" MARQUEE "marquee" MATH "math" MENU "menu" META "meta" MI "mi"
    MN "mn" MO "mo" MS "ms" MTEXT "mtext" NAV "nav" NOBR "nobr" NOEMBED "noembed" NOFRAMES "noframes"
    NOSCRIPT "noscript" OBJECT "object" OL "ol" OPTGROUP "optgroup" OPTION "option" P "p" PARAM "param"
    PLAINTEXT "plaintext" PRE "pre" RB "rb" RP "rp" RT "rt" RTC "rtc" RUBY "ruby" S "s" SCRIPT "script"
    SEARCH "search" SECTION "section" SELECT "select" SELECTEDCONTENT "selectedcontent" SMALL "small"
    SOURCE "source" SPAN "span" STRIKE "strike" STRONG "strong" STYLE "style" SUB "sub" SUMMARY "summary"
    SUP "sup" SVG "svg" TABLE "table" TBODY "tbody" TD "td" TEMPLATE "template" TEXTAREA "textarea"
    TFOOT "tfoot" TH "th" THEAD "thead" TITLE "title" TR "tr" TRACK "track" TT "tt" U "u" UL "ul" VAR "var"
    WBR "wbr" XMP "xmp"
}

/// Elements that end what phrasing ends at (HTML Standard §13.2.4.2), as the tree builder knows them.
pub(super) const fn is_special(name: Name) -> bool {
    is_block_special(name)
        || matches!(
            name,
            APPLET
                | AREA
                | BASE
                | BASEFONT
                | BGSOUND
                | BODY
                | BR
                | BUTTON
                | CAPTION
                | COL
                | COLGROUP
                | EMBED
                | FRAME
                | FRAMESET
                | HEAD
                | HTML
                | IFRAME
                | IMG
                | INPUT
                | ISINDEX
                | LINK
                | MARQUEE
                | META
                | NOEMBED
                | NOFRAMES
                | NOSCRIPT
                | OBJECT
                | PARAM
                | PLAINTEXT
                | SCRIPT
                | SELECT
                | SOURCE
                | STYLE
                | TABLE
                | TBODY
                | TD
                | TEMPLATE
                | TEXTAREA
                | TFOOT
                | TH
                | THEAD
                | TITLE
                | TR
                | TRACK
                | WBR
                | XMP
        )
}

const fn is_block_special(name: Name) -> bool {
    is_heading(name)
        || matches!(
            name,
            ADDRESS
                | ARTICLE
                | ASIDE
                | BLOCKQUOTE
                | CENTER
                | DD
                | DETAILS
                | DIR
                | DIV
                | DL
                | DT
                | FIELDSET
                | FIGCAPTION
                | FIGURE
                | FOOTER
                | FORM
                | HEADER
                | HGROUP
                | HR
                | LI
                | LISTING
                | MAIN
                | MENU
                | NAV
                | OL
                | P
                | PRE
                | SECTION
                | SUMMARY
                | UL
        )
}

/// Start tags that close an open paragraph, and whose end tag closes all within them.
pub(super) const fn is_plain_block(name: Name) -> bool {
    matches!(
        name,
        ADDRESS
            | ARTICLE
            | ASIDE
            | BLOCKQUOTE
            | CENTER
            | DETAILS
            | DIALOG
            | DIR
            | DIV
            | DL
            | FIELDSET
            | FIGCAPTION
            | FIGURE
            | FOOTER
            | HEADER
            | HGROUP
            | MAIN
            | MENU
            | NAV
            | OL
            | SEARCH
            | SECTION
            | SUMMARY
            | UL
    )
}

pub(super) const fn is_heading(name: Name) -> bool {
    matches!(name, H1 | H2 | H3 | H4 | H5 | H6)
}

/// Formatting elements but for `a` and `nobr`.
pub(super) const fn is_formatting(name: Name) -> bool {
    matches!(
        name,
        B | BIG | CODE | EM | FONT | I | S | SMALL | STRIKE | STRONG | TT | U
    )
}

/// Where looking for an element "in scope" ends.
pub(super) const fn is_scope(name: Name) -> bool {
    matches!(
        name,
        APPLET | CAPTION | HTML | TABLE | TD | TH | MARQUEE | OBJECT | SELECT | TEMPLATE
    )
}

/// Elements that end by themselves where another ends.
pub(super) const fn is_implied_end(name: Name) -> bool {
    matches!(
        name,
        DD | DT | LI | OPTION | OPTGROUP | P | RB | RP | RT | RTC
    )
}

/// Elements in which text and most tags stand at the wrong place.
pub(super) const fn is_table_structure(name: Name) -> bool {
    matches!(name, TABLE | TBODY | TFOOT | THEAD | TR | COLGROUP)
}

/// Start tags that mean something only in a table.
pub(super) const fn is_table_part(name: Name) -> bool {
    matches!(
        name,
        CAPTION | COL | COLGROUP | TBODY | TD | TFOOT | TH | THEAD | TR
    )
}

/// Start tags that SVG and `MathML` do not hold without ado.
pub(super) const fn is_odd_in_foreign(name: Name) -> bool {
    is_formatting(name)
        || is_block_special(name)
        || matches!(
            name,
            A | ANNOTATION_XML
                | AREA
                | BASE
                | BODY
                | BR
                | EMBED
                | FOREIGNOBJECT
                | FRAME
                | HEAD
                | IFRAME
                | IMG
                | LINK
                | META
                | NOBR
                | RUBY
                | SPAN
                | SUB
                | SUP
                | TABLE
                | TEMPLATE
                | VAR
        )
}

/// Elements of SVG and `MathML` whose text is that of HTML.
pub(super) const fn is_foreign_leaf(name: Name) -> bool {
    matches!(name, TITLE | DESC | MI | MN | MO | MS | MTEXT)
}

/// Tags at which a run of text ends: what browsers show as blocks or lines of their own.
pub(super) const fn ends_block(name: Name) -> bool {
    is_block_special(name)
        || is_table_structure(name)
        || is_table_part(name)
        || matches!(
            name,
            BODY | BR
                | BUTTON
                | DIALOG
                | HEAD
                | HTML
                | OPTGROUP
                | OPTION
                | SEARCH
                | SELECT
                | TEXTAREA
                | TITLE
        )
}
