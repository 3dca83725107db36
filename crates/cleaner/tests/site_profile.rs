//! What only a whole site tells: cards of other pages, boxes of suggestions, texts that take turns; and
//! what must stay whatever recurs.

mod support;

use support::RULES;
use thresh_cleaner::{
    Context, PageSigns, Segmentation, Settings, SiteProfile, Vocabulary, clean, segment, to_text,
};
use thresh_page::Page;

const GOODS: [&str; 24] = [
    "salt", "fish", "rope", "tar", "timber", "grain", "wool", "coal", "glass", "tin", "hemp",
    "wax", "oil", "cork", "chalk", "silk", "flax", "iron", "slate", "amber", "resin", "leather",
    "honey", "ink",
];
const LEGAL: &str = "Nothing on this page is legal advice, and whoever needs counsel may ask the desk for the name of a lawyer.";

fn url(n: usize) -> String {
    format!("https://site.example/letters/{}", GOODS[n])
}

fn title(n: usize) -> String {
    format!("What the {} trade owes its hands", GOODS[n])
}

fn prose(n: usize) -> String {
    let good = GOODS[n];
    format!(
        "The {good} trade hired whoever came to the quay in spring and paid what it liked in autumn. \
         Few of those who carried {good} could say what had been promised to them, since nothing was written down. \
         The desk asked forty of them, and the answers of the {good} carriers fill this letter."
    )
}

/// A page of the site: its own text with `more` below it in the same element.
fn letter(n: usize, more: &str) -> String {
    format!(
        "<html><head><title>{0} | Desk</title></head><body><div class='a'><a href='/'>Desk</a></div><div class='b'><h1>{0}</h1><p>{1}</p><p>{LEGAL}</p>{more}</div></body></html>",
        title(n),
        prose(n)
    )
}

fn parse(address: &str, html: &str) -> Segmentation {
    segment(&Page::parse(html, address.parse().ok()))
}

/// Segments letters whose last part `more` makes, and counts their profile.
fn site(count: usize, more: impl Fn(usize) -> String) -> (Vec<Segmentation>, SiteProfile) {
    let pages: Vec<Segmentation> = (0..count)
        .map(|n| parse(&url(n), &letter(n, &more(n))))
        .collect();
    let signs: Vec<PageSigns> = pages
        .iter()
        .enumerate()
        .map(|(n, page)| PageSigns::of(page, [url(n).as_str()], &[]))
        .collect();
    (pages, SiteProfile::build(&signs))
}

fn excerpt(n: usize) -> String {
    prose(n).split(' ').take(14).collect::<Vec<_>>().join(" ")
}

/// Other letters for page `n`, as chance would draw them.
fn others(n: usize, count: usize, of: usize) -> impl Iterator<Item = usize> {
    (1..=count)
        .map(move |k| (n * 5 + k * 7) % of)
        .filter(move |&m| m != n)
}

fn text_at(address: &str, page: &Segmentation, profile: Option<&SiteProfile>) -> String {
    let url = address.parse().expect("an address");
    let context = Context {
        rules: &RULES,
        profile,
        vocabulary: &Vocabulary::default(),
        settings: Settings::default(),
        url: Some(&url),
        titles: &[],
    };
    to_text(&clean(page, &context).text)
}

/// Cleans every page and returns its text.
fn texts(pages: &[Segmentation], profile: &SiteProfile) -> Vec<String> {
    let pages = pages.iter().enumerate();
    pages
        .map(|(n, page)| text_at(&url(n), page, Some(profile)))
        .collect()
}

fn whole(n: usize) -> String {
    format!("{}\n\n{}\n\n{LEGAL}\n", title(n), prose(n))
}

#[test]
fn cards_of_other_pages_go_in_whatever_elements_they_come() {
    // No label that a rule could know, no class that says anything, no ellipsis.
    let shapes: [fn(usize) -> String; 4] = [
        |m| {
            format!(
                "<div class='q'><h3><a href='{}'>{}</a></h3><p>{}</p></div>",
                url(m),
                title(m),
                excerpt(m)
            )
        },
        |m| {
            format!(
                "<h4><a href='{}'>{}</a></h4><p>{}</p>",
                url(m),
                title(m),
                excerpt(m)
            )
        },
        |m| {
            format!(
                "<article><h3>{}</h3><p>{}</p><a href='{}'>Zum Brief</a></article>",
                title(m),
                excerpt(m),
                url(m)
            )
        },
        |m| {
            format!(
                "<div><h3>{}</h3><a href='{}'>Тут</a></div>",
                title(m),
                url(m)
            )
        },
    ];
    for shape in shapes {
        let (pages, profile) = site(24, |n| others(n, 3, 24).map(shape).collect());
        for (n, text) in texts(&pages, &profile).iter().enumerate() {
            assert_eq!(*text, whole(n), "{}", shape(0));
        }
    }
}

#[test]
fn a_page_of_cards_keeps_them() {
    let card = |m: usize| {
        format!(
            "<div class='q'><h3><a href='{}'>{}</a></h3><p>{}…</p></div>",
            url(m),
            title(m),
            excerpt(m)
        )
    };
    let (_, profile) = site(24, |n| others(n, 3, 24).map(card).collect());
    let cards: String = (0..10).map(card).collect();
    let html = format!(
        "<html><head><title>All letters | Desk</title></head><body><div class='b'><h1>All letters</h1>{cards}</div></body></html>"
    );
    let address = "https://site.example/letters";
    let text = text_at(address, &parse(address, &html), Some(&profile));
    assert_eq!(text, text_at(address, &parse(address, &html), None));
    for m in 0..10 {
        assert!(text.contains(&excerpt(m)), "{text}");
    }
}

#[test]
fn suggestions_go_and_a_table_of_contents_stays() {
    let links = |list: Vec<usize>| -> String {
        let items = list
            .iter()
            .map(|&m| format!("<li><a href='{}'>{}</a></li>", url(m), title(m)));
        items.collect()
    };
    let (pages, profile) = site(24, |n| {
        format!(
            "<h3>You may also like</h3><ul>{}</ul>",
            links(others(n, 4, 24).collect())
        )
    });
    for (n, text) in texts(&pages, &profile).iter().enumerate() {
        assert_eq!(*text, whole(n));
    }
    // Four parts, each of which names its own letters once.
    let (pages, profile) = site(24, |n| match n % 6 {
        0 => format!(
            "<h3>In this part</h3><ul>{}</ul>",
            links((n + 1..n + 6).collect())
        ),
        _ => String::new(),
    });
    for (n, text) in texts(&pages, &profile).iter().enumerate() {
        assert_eq!(*text, text_at(&url(n), &pages[n], None));
    }
}

#[test]
fn voices_that_take_turns_go_and_quotations_of_a_letter_stay() {
    let voices = [
        "They called me back within the hour, every single time I asked.",
        "Nobody else had ever written down what we said about the work.",
        "We print their leaflets and hand them out at the gate in the morning.",
        "Plain words, no promises, and the name of somebody to turn to.",
    ];
    let (pages, profile) = site(24, |n| {
        let own = format!(
            "<blockquote><p>A carrier of {} said that the scales were never right.</p></blockquote>",
            GOODS[n]
        );
        format!("{own}<div class='v'><p>{}</p></div>", voices[n * 3 % 7 % 4])
    });
    // The profile takes the voices, and nothing else of what stands without it.
    for (n, text) in texts(&pages, &profile).iter().enumerate() {
        let alone = text_at(&url(n), &pages[n], None);
        let own = |line: &&str| !line.is_empty() && !voices.contains(line);
        let expected: Vec<&str> = alone.lines().filter(own).collect();
        let kept: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(kept, expected);
    }
}

#[test]
fn lists_that_a_machine_prints_go_by_their_recurrence() {
    let names = "<p>letter</p><p>stub</p><p>draft_item</p><p>quay_log</p><p>ledger</p><p>berth</p>";
    let (pages, profile) = site(24, |_| names.to_owned());
    for (n, text) in texts(&pages, &profile).iter().enumerate() {
        assert_eq!(*text, whole(n));
    }
}

#[test]
fn small_sites_lose_nothing() {
    for count in 1..=10 {
        let (pages, profile) = site(count, |_| String::new());
        for (n, text) in texts(&pages, &profile).iter().enumerate() {
            assert_eq!(*text, whole(n), "of {count}");
        }
    }
}

#[test]
fn a_block_stays_on_the_page_it_belongs_to() {
    // The page itself shows its own card, as some themes do.
    let card = |m: usize| {
        format!(
            "<div class='q'><h3><a href='{}'>{}</a></h3><p>{}…</p></div>",
            url(m),
            title(m),
            excerpt(m)
        )
    };
    let (pages, profile) = site(24, |n| others(n, 3, 24).chain([n]).map(card).collect());
    for (n, text) in texts(&pages, &profile).iter().enumerate() {
        assert!(text.starts_with(&title(n)), "{text}");
        assert!(text.contains(&prose(n)), "{text}");
    }
}

#[test]
fn signs_survive_the_way_to_bytes_and_back_and_no_bytes_break_them() {
    let (pages, _) = site(3, |n| others(n, 2, 3).map(title).collect());
    let signs = PageSigns::of(&pages[0], ["https://site.example/one"], &[title(0)]);
    let bytes = signs.to_bytes();
    assert_eq!(PageSigns::from_bytes(&bytes), Some(signs));
    for cut in 0..bytes.len() {
        assert_eq!(PageSigns::from_bytes(&bytes[..cut]), None);
    }
    for at in 0..bytes.len().min(400) {
        let mut other = bytes.clone();
        other[at] ^= 0xFF;
        if let Some(other) = PageSigns::from_bytes(&other) {
            let _ = SiteProfile::build(&[other]);
        }
    }
}
