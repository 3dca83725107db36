//! What the words before a date say that it is the date of.

use super::{Found, find, fold};

/// What a date is the date of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Of publication, in so many words.
    Published,
    /// Of a change.
    Modified,
    /// Of something else, such as a copyright or a deadline.
    Other,
    /// Nothing is said.
    Bare,
}

const PUBLISHED: &str = "published|posted|publishing date|publication date|date published|\
    released|issued|submitted|date of publication|veroffentlicht|erschienen|publie|publicado|\
    publicada|pubblicato|опубликован|опубліковано|размещено|дата публикации|дата публікації|\
    objavljeno|објављено|publikuar|yayinlan|opublikowano|publicat|created|first published|\
    written on";
const MODIFIED: &str = "updated|modified|last update|edited|revised|reviewed|changed|\
    aktualisiert|geandert|mis a jour|mise a jour|modifie|actualizado|aggiornat|обновлен|изменен|\
    оновлен|azurirano|ажурирано|guncellen|zaktualizowano|actualizat";
const OTHER: &str = "©|(c)|copyright|all rights|deadline|until|expires|valid|starts|event date|\
    born|joined|member since|registered|since|last seen|bis zum|jusqu|срок|valido|accessed|\
    retrieved|effective";

/// Returns the role of the date that follows `before` (the text since the date before it).
pub(crate) fn role(before: &str) -> Role {
    let folded = fold(before);
    let last = |words: &str| {
        words
            .split('|')
            .filter_map(|word| last_start(&folded, word))
            .max()
    };
    let ranked = [
        (last(OTHER), Role::Other),
        (last(MODIFIED), Role::Modified),
        (last(PUBLISHED), Role::Published),
    ];
    ranked
        .into_iter()
        .filter(|(at, _)| at.is_some())
        .max_by_key(|(at, _)| *at)
        .map_or(Role::Bare, |(_, role)| role)
}

/// Returns where `stem` last stands at the start of a word.
fn last_start(text: &str, stem: &str) -> Option<usize> {
    let starts_word = |at: usize| !text[..at].ends_with(char::is_alphanumeric);
    text.rmatch_indices(stem)
        .map(|(at, _)| at)
        .find(|&at| starts_word(at))
}

/// Returns the dates of a short text, each with its role.
pub(crate) fn labelled(text: &str, language: Option<&str>) -> Vec<(Role, Found)> {
    let mut after = 0;
    find(text, language)
        .into_iter()
        .map(|found| {
            let role = role(&text[after..found.start]);
            after = found.end;
            (role, found)
        })
        .collect()
}
