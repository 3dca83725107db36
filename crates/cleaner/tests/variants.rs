//! Other pages of the same kinds: other post types, other cards, other languages, other boxes.

mod support;

use support::{clean_html, clean_text, cleaned, parse};
use thresh_cleaner::{PageSigns, PageType, Segmentation, SiteProfile, segment_text, to_text};

const ONE: &str = "The harbour office published its yearly paper on Monday. It describes how agencies in four coastal towns found seasonal work for more than nine hundred people, and what became of them after the season had ended.";
const TWO: &str = "Inspectors visited sixty workplaces between March and August. In eleven of them they met workers whose papers had been taken away, and in three they found that wages had never been paid.";

/// Cleans both paragraphs with `after` behind them and returns what is left behind them.
fn left_after(after: &str) -> String {
    let text = clean_text(&format!("{ONE}\n\n{TWO}\n\n{after}"));
    let body = format!("{ONE}\n\n{TWO}\n");
    let rest = text.strip_prefix(body.as_str());
    rest.unwrap_or_else(|| panic!("the body changed:\n{text}"))
        .trim()
        .to_owned()
}

#[test]
fn post_types_of_any_plugins_go() {
    let types = "post page attachment revision nav_menu_item custom_css customize_changeset wp_block product shop_order popup our-team testimonials";
    assert_eq!(left_after(&types.replace(' ', "\n\n")), "");
    assert_eq!(left_after(&types.replace(' ', "\n")), "");
    assert_eq!(left_after(types), "");
}

#[test]
fn enumerations_of_words_stay() {
    let words =
        "prevention\nprotection\nprosecution\npartnership\nidentification\nassistance\nreturn";
    assert_eq!(
        left_after(words).lines().filter(|l| !l.is_empty()).count(),
        7
    );
}

#[test]
fn cards_of_any_order_go_and_the_citation_stays() {
    let cite = "Coast report - Office, 2021 DOWNLOAD";
    let first =
        "This guide collects what inspectors learnt about unpaid wages on board of fishing ves";
    let second = "The review looks back on a year in which the desk answered more than four thousand calls, mo";
    let cards = [
        format!(
            "Wages at Sea: A Field Guide\nGuidancePublications\n\n{first}...Read More\n\nTAGS: Global\nAnnual Review\nGuidance\n\n{second}...Read More"
        ),
        format!(
            "Publications Guidance\nWages at Sea: A Field Guide\n\n{first}...Read More\n\nReports\nAnnual Review\n\n{second}...Read More"
        ),
        format!(
            "Wages at Sea: A Field Guide\n\n{first}...Read More\nGuidance\n\nAnnual Review\n\n{second}...Read More\nGuidance\nTAGS: Europe"
        ),
        format!(
            "Wages at Sea: A Field Guide\n\nGuidance\n\n{first}...\n\nRead More\n\nTAGS: Global\n\nAnnual Review of Work\n\nGuidance\n\n{second}...\n\nRead More"
        ),
        "Löhne auf See\nLeitfaden\n\nDieser Leitfaden sammelt, was Prüferinnen über nicht gezahlte Löhne gelernt ha… Weiterlesen".to_owned(),
    ];
    for card in cards {
        for between in ["", "\n\n\n\n\n\n\n"] {
            let left = left_after(&format!("{cite}\n\n{between}{card}"));
            assert_eq!(left, "Coast report - Office, 2021", "{card}");
        }
    }
}

#[test]
fn wix_pages_of_any_language_and_counter_come_out_clean() {
    let tails = [
        "39 views0 comments\n\nRecent Posts\n\nSee All\n\n\nCommenting has been turned off.\nbottom of page",
        "1,204 views\n\n3 likes. Post not marked as liked\n\nRecent Posts\n\nSee All\n\nWages at Sea\n\nWhat we learnt of wages, and how we...\n\n12 views\n\nCommenting on this post isn't available anymore. Contact the site owner for more info.\nbottom of page",
        "57 Aufrufe0 Kommentare\n\nAktuelle Beiträge\n\nAlle ansehen\n\nLöhne auf See\n\nDie Kommentarfunktion wurde abgeschaltet.\nSeitenende",
        "12 просмотров0 комментариев\n\nНедавние посты\n\nСмотреть все\n\nЗарплата в море\n\nКомментарии отключены.\nконец страницы",
    ];
    for tail in tails {
        assert_eq!(left_after(tail), "", "{tail}");
    }
    let text = clean_text(&format!(
        "top of page\n\n{ONE}\n\nSee the bottom of page 14.\n\nbottom of page"
    ));
    assert_eq!(text, format!("{ONE}\n\nSee the bottom of page 14.\n"));
}

#[test]
fn promotions_go_and_sections_that_ask_nothing_stay() {
    let boxes = [
        "Coast Talks: Rethinking Recruitment\nThe Coast Talks on 4 May 2016 in Riga bring together agencies and inspectors.\nJoin the conversation on Twitter with #coasttalks.\nRegister now",
        "Side Event: Rethinking Recruitment\nVienna, 4 May 2016\nThe event brings together agencies and inspectors.\nFollow us @example on X.com and Facebook for updates.\nRead more",
        "Küstengespräche: Neue Wege\nFolgen Sie uns unter #kueste auf Instagram.\nMehr erfahren",
    ];
    for promotion in boxes {
        let text = clean_text(&format!(
            "A season of inspections\n{ONE}\n{promotion}\n{TWO}"
        ));
        assert_eq!(
            text,
            format!("A season of inspections\n\n{ONE}\n\n{TWO}\n"),
            "{promotion}"
        );
    }
    let kept = format!(
        "Recognising the signs\n{ONE}\nWhere to ask\nThe office answers letters by post.\nLearn more\n{TWO}"
    );
    assert!(clean_text(&kept).contains("The office answers letters by post.\n\nLearn more"));
}

#[test]
fn broken_words_are_joined_and_hyphens_that_mean_something_stay() {
    let text = clean_text(
        "Pre- and post-conflict work, Kinder- und Jugendhilfe, co-operation and pre-trial care. The vic- tims of traf\u{AD}ficking need pro- tection; co- operation is an eﬀective answer to traffi cking.",
    );
    assert_eq!(
        text,
        "Pre- and post-conflict work, Kinder- und Jugendhilfe, co-operation and pre-trial care. The victims of trafficking need protection; co-operation is an effective answer to trafficking.\n"
    );
}

#[test]
fn repairs_are_recorded_with_what_stood_there() {
    let cleaned = cleaned(
        &segment_text("They identify and pro- tect victims of traf\u{AD}ficking at home."),
        None,
    );
    let repairs = &cleaned.text.blocks[0].repairs;
    let pairs: Vec<_> = repairs
        .iter()
        .map(|r| (r.from.as_str(), r.to.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("traf\u{AD}ficking", "trafficking"),
            ("pro- tect", "protect")
        ]
    );
}

#[test]
fn a_card_is_text_on_its_own_page() {
    let teaser =
        "This guide collects what inspectors learnt about unpaid wages on board of fishing ves...";
    let page = format!(
        "<html><head><title>Wages at Sea: A Field Guide</title></head><body><main><h1>Wages at Sea: A Field Guide</h1><p>{teaser} <a href='/full'>Read More</a></p><p>{TWO}</p></main></body></html>"
    );
    assert!(to_text(&clean_html(&page).text).contains(teaser));
}

#[test]
fn pages_that_are_no_documents_are_told_apart() {
    let cards: String = (0..6)
        .map(|i| format!("<div class='card'><h3><a href='/p{i}'>Paper number {i} on work</a></h3><p>The paper of that year looks at work on the coast and at… <a href='/p{i}'>Read more</a></p></div>"))
        .collect();
    let cases = [
        (format!("<title>Papers</title><main><h1>Papers</h1>{cards}</main>"), PageType::Listing),
        ("<title>Just a moment...</title><h1>site.example</h1><p>Checking your browser before you access the site.</p>".to_owned(), PageType::Interstitial),
        ("<title>Page not found</title><h1>Page not found</h1><p>The page you are looking for has moved or never was.</p>".to_owned(), PageType::Soft404),
        ("<title>Log in</title><h1>Log in</h1><form><p>User name</p><p>Password</p><p><a href='/f'>Forgot your password?</a></p></form>".to_owned(), PageType::Login),
        (format!("<title>Coast</title><main><h1>Coast</h1><p>{ONE}</p><p>{TWO}</p></main>"), PageType::Article),
    ];
    for (html, expected) in cases {
        assert_eq!(clean_html(&html).page_type, expected, "{html}");
    }
    let report = format!(
        "<title>Access denied to the port</title><main><h1>Access denied to the port</h1>{}</main>",
        format!("<p>{ONE}</p><p>{TWO}</p>").repeat(3)
    );
    assert_eq!(clean_html(&report).page_type, PageType::Article);
}

#[test]
fn what_lost_much_or_holds_little_is_flagged() {
    assert_eq!(
        cleaned(&segment_text("Too short."), None)
            .needs_review
            .len(),
        1
    );
    let noise = (0..12).map(|i| format!("Card number {i}\n\nThe paper of that year looks at work on the coast and at what became of...Read More\n\n")).collect::<String>();
    let page = cleaned(&segment_text(&format!("{ONE}\n\n{TWO}\n\n{noise}")), None);
    assert!(page.removed_share > 0.6, "{}", page.removed_share);
    assert!(page.needs_review[0].contains("removed"));
}

const TRADES: [&str; 13] = [
    "salt", "fish", "rope", "tar", "timber", "grain", "wool", "coal", "glass", "tin", "hemp",
    "wax", "oil",
];

fn site(pages: usize) -> Vec<(String, Segmentation)> {
    let teasers = [
        "Wages at Sea",
        "Annual Review",
        "Register of Recruiters",
        "Advice in Six Languages",
        "Cold Quays",
    ];
    (0..pages)
        .map(|n| {
            let cards: String = (0..3)
                .map(|k| format!("<div class='pick'><a href='/t{0}'>{1}</a></div>", (n + k) % 5, teasers[(n + k) % 5]))
                .collect();
            let html = format!(
                "<html><head><title>Paper {n}</title></head><body><div class='lead'>Support the network with a gift before the end of the year.</div><div class='txt'><h1>Paper {n}</h1><p>Number {n} of the papers is about the {0} trade. {ONE}</p><p>New in version 3.2.</p><pre>make all</pre><p>It goes on with the towns of letter {n}. {TWO}</p>{cards}</div></body></html>",
                TRADES[n % TRADES.len()]
            );
            (format!("https://site.example/{n}"), parse(&html))
        })
        .collect()
}

fn signs(pages: &[(String, Segmentation)]) -> Vec<PageSigns> {
    pages
        .iter()
        .map(|(url, page)| PageSigns::of(page, [url.as_str()], &[]))
        .collect()
}

fn profile(pages: &[(String, Segmentation)]) -> SiteProfile {
    SiteProfile::build(&signs(pages))
}

#[test]
fn what_recurs_on_a_site_goes_but_technical_lines_stay() {
    let pages = site(12);
    let text = to_text(&cleaned(&pages[3].1, Some(&profile(&pages))).text);
    assert!(text.contains("New in version 3.2."), "{text}");
    assert!(text.contains("make all"), "{text}");
    assert!(text.contains("It goes on with the towns"), "{text}");
    assert!(!text.contains("Support the network"), "{text}");
    assert!(!text.contains("Register of Recruiters"), "{text}");
}

#[test]
fn the_order_of_pages_does_not_matter_and_small_sites_tell_nothing() {
    let mut pages = site(9);
    let forward = profile(&pages);
    pages.reverse();
    assert_eq!(forward, profile(&pages));
    let few = site(3);
    let small = profile(&few);
    assert!(
        signs(&few)[0]
            .blocks()
            .iter()
            .all(|s| small.recurrence(s) == thresh_cleaner::Recurrence::Unknown)
    );
}

#[test]
fn markdown_follows_what_happened_to_the_text() {
    let page = format!(
        "<title>Coast</title><main><h1>Coast</h1><p>{ONE}</p><p>[vc_row]Workers <b>and</b> crews need pro- tection on board of every ship.[/vc_row]</p><p><em>Coast report</em> - Office, 2021 <a href='/c.pdf'>DOWNLOAD</a></p></main>"
    );
    let cleaned = clean_html(&page);
    let markdown = thresh_cleaner::to_markdown(&cleaned.text);
    assert!(
        markdown.contains("\nWorkers **and** crews need protection on board of every ship.\n"),
        "{markdown}"
    );
    assert!(
        markdown.ends_with("\n*Coast report* - Office, 2021\n"),
        "{markdown}"
    );
    assert_eq!(cleaned.attachments.len(), 1);
    assert_eq!(cleaned.attachments[0].url, "https://site.example/c.pdf");
    assert_eq!(
        cleaned.attachments[0].media_type.as_deref(),
        Some("application/pdf")
    );
}
