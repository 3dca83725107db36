//! The pages of the bench: their words, sizes and links, all from one seed.

use std::fmt::Write as _;
use std::net::SocketAddr;

/// The middle of the pages' sizes, in bytes.
const MEDIAN: f64 = 48_000.0;

/// The spread of the sizes, as the standard deviation of their logarithm.
const SPREAD: f64 = 0.55;

/// Links of a page that lead to where another link leads already.
const KNOWN_LINKS: usize = 38;

/// Words of the language that the pages are written in.
const WORDS: usize = 6_000;

/// A generator of numbers that is the same everywhere (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound.max(1) as u64) as usize
    }

    /// Returns a number between 0 and 1.
    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a number of the normal distribution, by twelve uniform ones.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// The words that pages are made of, frequent ones first.
pub(crate) struct Language(Vec<String>);

impl Language {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        const SYLLABLES: &[&str] = &[
            "an", "ber", "co", "dis", "en", "fer", "gra", "hal", "in", "ju", "ker", "la", "men",
            "nor", "o", "per", "qua", "re", "sti", "tion", "un", "ver", "wa", "ex", "ly", "zo",
            "é", "ing", "ment", "s",
        ];
        let word = |dice: &mut Dice| {
            (0..=1 + dice.below(3))
                .map(|_| SYLLABLES[dice.below(SYLLABLES.len())])
                .collect()
        };
        Self((0..WORDS).map(|_| word(dice)).collect())
    }

    /// Returns a word; the n-th is about as frequent as Zipf says.
    fn word(&self, dice: &mut Dice) -> &str {
        let rank = (WORDS as f64).powf(dice.share()) as usize - 1;
        &self.0[rank.min(WORDS - 1)]
    }

    fn words(&self, dice: &mut Dice, count: usize, out: &mut String) {
        for n in 0..count {
            if n > 0 {
                out.push(' ');
            }
            out.push_str(self.word(dice));
        }
    }
}

/// The farm: its origins and how many pages each has.
pub(crate) struct Farm {
    pub(crate) seed: u64,
    pub(crate) pages: usize,
    /// Where each origin listens: an address of its own, since some crawlers tell hosts apart and not ports.
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) language: Language,
}

impl Farm {
    pub(crate) fn origin(&self, origin: usize) -> String {
        format!("http://{}", self.addresses[origin])
    }

    pub(crate) fn path(&self, origin: usize, page: usize) -> String {
        if page == 0 {
            return "/".to_owned();
        }
        let mut dice = Dice(self.seed ^ ((origin as u64) << 40) ^ page as u64);
        let mut slug = String::new();
        self.language.words(&mut dice, 4, &mut slug);
        let slug = slug.replace(' ', "-").replace('é', "e");
        let section = ["news", "reports", "projects", "events"][page % 4];
        format!("/{section}/{}/{slug}-{page}", 2010 + page % 16)
    }

    fn title(&self, origin: usize, page: usize) -> String {
        let mut dice = Dice(self.seed ^ ((origin as u64) << 40) ^ page as u64 ^ 0x7171);
        let mut title = String::new();
        let count = 4 + dice.below(6);
        self.language.words(&mut dice, count, &mut title);
        title
    }

    pub(crate) fn html(&self, origin: usize, page: usize) -> String {
        let mut dice = Dice(self.seed ^ ((origin as u64) << 32) ^ ((page as u64) << 8) ^ 0x5eed);
        let size = (MEDIAN * (SPREAD * dice.normal()).exp()).clamp(6_000.0, 600_000.0) as usize;
        let mut out = String::with_capacity(size + 4096);
        self.head(origin, page, &mut out);
        self.menu(origin, &mut out);
        let _ = write!(
            out,
            "<main id=\"content\"><article class=\"node node--type-article\">\n<h1>{}</h1>\n",
            self.title(origin, page)
        );
        let mut links = self.links(&mut dice, page).into_iter();
        while out.len() + 9_000 < size {
            self.paragraph(&mut dice, origin, &mut links, &mut out);
        }
        out.push_str("</article>\n<aside class=\"related\"><div class=\"view-content row\">\n");
        for target in links {
            self.card(&mut dice, origin, target, &mut out);
        }
        out.push_str("</div></aside></main>\n");
        self.footer(&mut out);
        out
    }

    fn head(&self, origin: usize, page: usize, out: &mut String) {
        let (title, path) = (self.title(origin, page), self.path(origin, page));
        let base = self.origin(origin);
        let _ = write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
             <title>{title} | Office {origin}</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n\
             <link rel=\"canonical\" href=\"{base}{path}\">\n<link rel=\"stylesheet\" href=\"/assets/site.css?v=12\">\n\
             <link rel=\"icon\" href=\"/favicon.ico\">\n<meta property=\"og:title\" content=\"{title}\">\n\
             <meta name=\"robots\" content=\"index, follow\">\n\
             <script>window.settings = {{\"path\":{{\"baseUrl\":\"\\/\",\"current\":\"node\\/{page}\"}},\"list\":[1,2,3]}};\n\
             if (1 < 2 && document.querySelector('a')) {{ document.documentElement.className += ' js'; }}</script>\n\
             <style>.node{{margin:0 auto;max-width:60rem}}.card>a{{color:#036}}</style>\n</head>\n<body class=\"path-node page-{page}\">\n"
        );
    }

    fn menu(&self, origin: usize, out: &mut String) {
        out.push_str("<a href=\"#content\" class=\"visually-hidden\">Skip to content</a>\n<header role=\"banner\"><nav aria-label=\"Main\"><ul class=\"menu menu--main nav\">\n");
        for page in 0..8.min(self.pages) {
            let _ = writeln!(
                out,
                "<li class=\"menu-item menu-item--collapsed\"><a href=\"{}\" class=\"nav-link\" data-drupal-link-system-path=\"node/{page}\">{}</a></li>",
                self.path(origin, page),
                self.title(origin, page)
            );
        }
        out.push_str("<li><a href=\"/search?q=\">Search</a></li></ul></nav></header>\n");
    }

    /// Returns the pages that `page` links to: two that it is the first to name, and some of those before.
    fn links(&self, dice: &mut Dice, page: usize) -> Vec<usize> {
        let mut links: Vec<usize> = [2 * page + 1, 2 * page + 2].into();
        links.extend((0..KNOWN_LINKS - 8).map(|_| dice.below(2 * page + 1)));
        links.retain(|&link| link < self.pages);
        let turn = dice.below(links.len());
        links.rotate_left(turn);
        links
    }

    fn paragraph(
        &self,
        dice: &mut Dice,
        origin: usize,
        links: &mut impl Iterator<Item = usize>,
        out: &mut String,
    ) {
        if dice.below(6) == 0 {
            out.push_str("<h2>");
            self.words(dice, 5, out);
            out.push_str("</h2>\n");
        }
        out.push_str("<p>");
        let count = 20 + dice.below(60);
        self.words(dice, count, out);
        match dice.below(5) {
            0 => out.push_str(" &ndash; <em>&#8220;"),
            1 => out.push_str(" <strong>Q&amp;A</strong> <em>"),
            2 => {
                if let Some(target) = links.next() {
                    let far = if dice.below(20) == 0 {
                        dice.below(self.addresses.len())
                    } else {
                        origin
                    };
                    let (at, page) = if far == origin {
                        (String::new(), target)
                    } else {
                        (self.origin(far), 0)
                    };
                    let _ = write!(
                        out,
                        " <a href=\"{at}{}\">{}</a> <em>",
                        self.path(far, page),
                        self.title(far, page)
                    );
                } else {
                    out.push_str(" <em>");
                }
            }
            _ => out.push_str(". <em>"),
        }
        let count = 3 + dice.below(30);
        self.words(dice, count, out);
        out.push_str("</em>.</p>\n");
    }

    fn words(&self, dice: &mut Dice, count: usize, out: &mut String) {
        self.language.words(dice, count, out);
    }

    fn card(&self, dice: &mut Dice, origin: usize, target: usize, out: &mut String) {
        let path = self.path(origin, target);
        let _ = write!(
            out,
            "<div class=\"views-row col-md-4\"><article class=\"card card--teaser\"><img src=\"/files/styles/teaser/{target}.jpg\" alt=\"\" loading=\"lazy\" width=\"320\" height=\"180\">\
             <h3 class=\"card-title\"><a href=\"{path}\" rel=\"bookmark\">{}</a></h3><time datetime=\"20{:02}-03-0{}T09:00:00Z\">{} March</time><p>",
            self.title(origin, target),
            10 + target % 16,
            1 + target % 9,
            1 + target % 9,
        );
        self.words(dice, 18, out);
        out.push_str("</p></article></div>\n");
    }

    fn footer(&self, out: &mut String) {
        out.push_str("<footer class=\"site-footer\"><p>&copy; 2026 Office. <a href=\"mailto:press@office.example\">Press</a> <a href=\"/\">Home</a> <a href=\"/#top\">Top</a></p></footer>\n<script src=\"/assets/site.js\" defer></script>\n</body>\n</html>\n");
    }
}
