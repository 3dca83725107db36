//! The texts of `pages/`, embedded.

use crate::article::Article;

const FILES: [&str; 31] = [
    include_str!("../pages/osce/410001-de.txt"),
    include_str!("../pages/osce/410001-ru.txt"),
    include_str!("../pages/osce/410001.txt"),
    include_str!("../pages/osce/410002-corrected.txt"),
    include_str!("../pages/osce/410002.txt"),
    include_str!("../pages/osce/410003-sr.txt"),
    include_str!("../pages/osce/410003.txt"),
    include_str!("../pages/osce/410005-fr.txt"),
    include_str!("../pages/osce/410006.txt"),
    include_str!("../pages/osce/410007.txt"),
    include_str!("../pages/osce/410008.txt"),
    include_str!("../pages/osce/410009.txt"),
    include_str!("../pages/osce/410010.txt"),
    include_str!("../pages/osce/410011.txt"),
    include_str!("../pages/osce/410012.txt"),
    include_str!("../pages/osce/410013.txt"),
    include_str!("../pages/osce/about.txt"),
    include_str!("../pages/relief/situation.txt"),
    include_str!("../pages/respect/about.txt"),
    include_str!("../pages/respect/banking.txt"),
    include_str!("../pages/respect/domestic.txt"),
    include_str!("../pages/respect/fees.txt"),
    include_str!("../pages/respect/hotel-staff.txt"),
    include_str!("../pages/respect/quote.txt"),
    include_str!("../pages/respect/school.txt"),
    include_str!("../pages/respect/seafarers.txt"),
    include_str!("../pages/respect/supply.txt"),
    include_str!("../pages/zero/lake.txt"),
    include_str!("../pages/zero/receipts.txt"),
    include_str!("../pages/zero/volunteers.txt"),
    include_str!("../pages/zero/words.txt"),
];

/// Returns every document of every edition, in the order of the files.
pub(crate) fn articles() -> Vec<Article> {
    FILES.iter().map(|text| Article::parse(text)).collect()
}
