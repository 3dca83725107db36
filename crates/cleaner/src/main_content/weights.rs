//! The weights of the features, one table.
//!
//! Fitted by logistic regression (L2, Newton steps) on the features of 72 kinds that
//! `examples/extract.rs features` prints, for the pages of `dev_tune_ids.txt` of WCXB (Murrough Foley,
//! CC BY 4.0); a block's target is the share of its word 3-grams that stand in the page's true text, its
//! weight the square root of its words. The pages of `dev_hold_ids.txt` were kept apart for measuring.

use super::features::COUNT;

/// Added to every sum.
pub(super) const INTERCEPT: f32 = -0.6450;

/// What each feature adds per unit, in the order of the features.
#[rustfmt::skip]
pub(super) const WEIGHTS: [f32; COUNT] = [
    -0.0522, // words
    -1.1090, // link_density
    0.5653, // sentence
    0.0768, // commas
    0.9314, // heading
    1.7598, // item
    -0.1318, // row
    0.2035, // code
    -0.8430, // digits
    0.0141, // lower
    -0.7390, // hidden
    -0.1003, // nav
    -0.0127, // header
    -2.3301, // footer
    -0.0006, // aside
    -0.6968, // related
    0.0595, // card
    0.0340, // share
    -2.1258, // comment
    -1.0683, // consent
    0.1671, // promo
    -0.4535, // form
    0.1866, // main
    0.5687, // article
    0.3165, // content
    -0.1689, // meta
    -3.0972, // screen_reader
    -0.5857, // noscript
    0.9151, // link_around
    -0.1139, // post
    -0.2443, // product
    -0.9352, // button
    0.4127, // table
    -0.0626, // list
    -0.0100, // nearest_own
    0.2388, // nearest_chrome
    0.0485, // near2_words
    0.4487, // near5_words
    -0.6657, // near5_links
    -0.5755, // near5_prose
    0.0647, // next_words
    0.1124, // next_prose
    0.0141, // previous_words
    -0.0728, // up1_words
    -0.0349, // up2_words
    0.0577, // up3_words
    -0.3310, // up4_words
    -0.5484, // up1_links
    -0.0446, // up2_links
    -0.2035, // up3_links
    0.3418, // up3_share
    0.6541, // up4_prose
    -0.1983, // best_up
    -0.1384, // best_over
    1.2064, // in_best
    -1.0154, // position
    -1.3364, // before_h1
    -0.0871, // after_h1
    -0.0944, // after_prose
    -0.1011, // before_prose
    0.4810, // shell_size
    0.1884, // shell_words
    0.5500, // shell_links
    1.3904, // shell_share
    -0.3624, // page_words
    1.1376, // page_links
    0.0579, // page_blocks
    -0.4117, // repeats
    0.2207, // depth
    -0.8780, // bullet_depth
    0.1602, // toc
    -1.8130, // best_share
];
