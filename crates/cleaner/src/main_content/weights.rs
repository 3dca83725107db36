//! The weights of the features, one table.
//!
//! Fitted by logistic regression (L2, Newton steps) on the features of 72 kinds that
//! `examples/extract.rs features` prints, for the pages of `dev_tune_ids.txt` of WCXB (Murrough Foley,
//! CC BY 4.0); a block's target is the share of its word 3-grams that stand in the page's true text, its
//! weight the square root of its words. The pages of `dev_hold_ids.txt` were kept apart for measuring.

use super::features::COUNT;

/// Added to every sum.
pub(super) const INTERCEPT: f32 = -0.6819;

/// What each feature adds per unit, in the order of the features.
#[rustfmt::skip]
pub(super) const WEIGHTS: [f32; COUNT] = [
    -0.0503, // words
    -1.1003, // link_density
    0.5658, // sentence
    0.0733, // commas
    0.9321, // heading
    1.7606, // item
    -0.1207, // row
    0.2508, // code
    -0.8485, // digits
    0.0035, // lower
    -0.7112, // hidden
    -0.0945, // nav
    -0.0022, // header
    -2.3263, // footer
    0.0111, // aside
    -0.5906, // related
    0.0326, // card
    0.0209, // share
    -2.0238, // comment
    -1.0171, // consent
    0.1616, // promo
    -0.4300, // form
    0.1786, // main
    0.5684, // article
    0.3190, // content
    -0.1619, // meta
    -3.0898, // screen_reader
    -0.5951, // noscript
    0.9197, // link_around
    -0.1024, // post
    -0.1820, // product
    -0.9394, // button
    0.3965, // table
    -0.0708, // list
    -0.0085, // nearest_own
    0.2409, // nearest_chrome
    0.0475, // near2_words
    0.4474, // near5_words
    -0.6554, // near5_links
    -0.5608, // near5_prose
    0.0657, // next_words
    0.1079, // next_prose
    0.0142, // previous_words
    -0.0738, // up1_words
    -0.0324, // up2_words
    0.0557, // up3_words
    -0.3309, // up4_words
    -0.5510, // up1_links
    -0.0504, // up2_links
    -0.2093, // up3_links
    0.3578, // up3_share
    0.6311, // up4_prose
    -0.1946, // best_up
    -0.1393, // best_over
    1.2045, // in_best
    -1.0137, // position
    -1.3294, // before_h1
    -0.0868, // after_h1
    -0.0922, // after_prose
    -0.1013, // before_prose
    0.4821, // shell_size
    0.1843, // shell_words
    0.5395, // shell_links
    1.3785, // shell_share
    -0.3520, // page_words
    1.1394, // page_links
    0.0491, // page_blocks
    -0.4090, // repeats
    0.2159, // depth
    -0.8753, // bullet_depth
    0.1517, // toc
    -1.7935, // best_share
];
