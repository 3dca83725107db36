//! What looks like noise and is text: every danger that the catalogue of noise names stays.

mod support;

use support::{RULES, clean_text, cleaned, parse};
use thresh_cleaner::{segment_text, to_text};

const ONE: &str = "The harbour office published its yearly paper on Monday. It describes how agencies in four coastal towns found seasonal work for more than nine hundred people, and what became of them after the season had ended.";
const TWO: &str = "Inspectors visited sixty workplaces between March and August. In eleven of them they met workers whose papers had been taken away, and in three they found that wages had never been paid.";

/// The text between two paragraphs comes out line by line.
fn stays(between: &str) {
    let text = clean_text(&format!("{ONE}\n\n{between}\n\n{TWO}"));
    for line in between.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let line = line.trim_start_matches(['•', ' ']);
        assert!(text.contains(line), "{line:?} went from\n{text}");
    }
    assert!(
        text.starts_with(ONE) && text.trim_end().ends_with(TWO),
        "{text}"
    );
}

/// The rules alone take nothing from the page.
fn untouched(html: &str) {
    let (fates, _) = RULES.verdicts(&parse(html));
    let taken: Vec<String> = fates.iter().flatten().map(ToString::to_string).collect();
    assert!(taken.is_empty(), "{taken:?} on {html}");
}

#[test]
fn words_of_the_registry_in_sentences_and_lists_stay() {
    stays("See the attachment to this revision of the page, and post it to the members.");
    stays(
        "• Post (Post Type: 'post')\n• Page (Post Type: 'page')\n• Attachment (Post Type: 'attachment')\n• Revision (Post Type: 'revision')\n• Navigation Menu (Post Type: 'nav_menu_item')\n• Custom CSS (Post Type: 'custom_css')",
    );
    stays("prevention\nprotection\nprosecution\npartnership\nidentification\nassistance");
    stays("author\neditor\ntranslator");
}

#[test]
fn cards_are_the_content_of_a_listing() {
    let cards: String = (0..6)
        .map(|i| format!("<div class='card'><h3><a href='/p{i}'>Paper number {i} on work</a></h3><p>The paper of that year looks at work on the coast and at… <a href='/p{i}'>Read more</a></p></div>"))
        .collect();
    untouched(&format!(
        "<title>Papers</title><main><h1>Papers</h1>{cards}</main>"
    ));
    let list = (0..5)
        .map(|i| format!("Paper number {i} on work\n\nThe paper of that year looks at work on the coast and at...Read More\n\n"))
        .collect::<String>();
    assert_eq!(
        to_text(&cleaned(&segment_text(&list), None).text)
            .matches("Paper number")
            .count(),
        5
    );
}

#[test]
fn a_reference_to_more_stays() {
    stays("Read more: the paper on the site of the office, where it has stood since spring");
    stays(
        "He read more of the letters than anyone else... and then he stopped, for all were the same.",
    );
    stays("Download the report from the site of the office, where it has stood since 2021.");
}

#[test]
fn legal_brackets_stay() {
    stays(
        "He said that “[t]he state [sic] must act” [emphasis added], and so on […], as the court [in Vienna] found [1] [citation needed].",
    );
}

#[test]
fn anchors_within_sentences_stay() {
    stays("The link stands at the bottom of page 14, and the other at the top of page 15.");
    stays("The film had 39 views, and no comments, before the channel was closed.");
    stays(
        "Commenting has been turned off by the editors of several papers after attacks on witnesses.",
    );
}

#[test]
fn lists_of_states_stay() {
    stays(
        "Participating States: Albania, Andorra, Armenia, Austria, Azerbaijan, Belarus, Belgium and others",
    );
    stays("Albania\nAndorra\nArmenia\nAustria\nAzerbaijan\nBelarus\nBelgium");
    stays(
        "English, French, German, Italian, Russian and Spanish are the languages of the meeting.",
    );
}

#[test]
fn a_section_to_learn_more_from_stays() {
    stays(
        "Where to ask\nThe office answers letters by post, in every language of the area.\nLearn more\nThe handbook explains every step that follows, and where to go with it.",
    );
}

#[test]
fn networks_in_sentences_stay() {
    stays("Recruitment on Facebook, Telegram and WhatsApp");
    stays("Traffickers recruit on Facebook, Telegram and WhatsApp, and promise work abroad.");
    stays("• Facebook\n• Telegram\n• WhatsApp");
    untouched(
        "<main><p>Recruiters write on these networks, and on many others that nobody counts.</p><ul><li>Facebook</li><li>Telegram</li><li>WhatsApp</li></ul></main>",
    );
}

#[test]
fn a_page_about_cookies_stays() {
    stays(
        "Cookies are small files. A site that sets them must ask first, and it must take no for an answer.",
    );
    untouched(
        "<title>Cookie policy</title><main class='cookie-policy'><h1>Cookie policy</h1><p>We use cookies on this site, and this page explains which of them we set and for how long.</p><p>You may refuse them in the settings of your browser, and nothing on the site depends on them.</p></main>",
    );
    // The whole page stands in an element with a name that consent tools use.
    untouched(
        "<title>Cookies</title><div class='cookie-notice-container'><h1>Cookies</h1><p>We use cookies on this site, and this page explains which of them we set and for how long.</p><p>You may refuse them in the settings of your browser, and nothing on the site depends on them.</p></div>",
    );
}

#[test]
fn helplines_stay() {
    stays(
        "If you are in danger, call 116 016 at any hour: the call is free, and you may leave this site at any time.",
    );
    stays("Helpline: 0800 111 222 (free, day and night)");
}

#[test]
fn hyphens_that_belong_stay() {
    stays(
        "Pre- and post-conflict work, Kinder- und Jugendhilfe, co-operation, pre-trial care and re-integration stay as they are.",
    );
    stays("The area of 2² is 4; ½ of № 7 is full-width ＡＢＣ.");
}

#[test]
fn symbols_of_documents_stay_once() {
    stays("PC.DEC/557 24 July 2003");
    let text = clean_text(&format!(
        "GRETA(2012)13\n{ONE}\nGRETA(2012)13\n{TWO}\nGRETA(2012)13\n{ONE}\nGRETA(2012)13\n{TWO}"
    ));
    assert_eq!(text.matches("GRETA(2012)13").count(), 1, "{text}");
}

#[test]
fn code_and_notices_stay() {
    stays("Warning: The following pages speak of violence in plain words.");
    stays("Notice: the office is closed on Monday.");
    untouched(
        "<main><p>The tool prints what it holds, and this is how it looks on the screen.</p><pre>Array\n(\n    [id] =&gt; 2\n    [link] =&gt; /x\n    [name] =&gt; Books\n    [depth] =&gt; 1\n)</pre><p>The tool stops after that, and nothing is written to the disk of the user.</p></main>",
    );
}

#[test]
fn a_pull_quote_and_its_speaker_stay() {
    let text = clean_text(&format!(
        "{ONE}\n“Nobody asked us what we had seen in the ports”\nJane Doe Head of the Office\n{TWO}"
    ));
    assert!(
        text.contains("“Nobody asked us what we had seen in the ports”"),
        "{text}"
    );
    assert!(text.contains("Jane Doe Head of the Office"), "{text}");
}

#[test]
fn what_goes_is_moved_with_its_reason() {
    let page = segment_text(&format!(
        "{ONE}\n\n39 views0 comments\n\nRecent Posts\n\nSee All"
    ));
    let cleaned = cleaned(&page, None);
    let gone: Vec<String> = cleaned
        .text
        .dropped()
        .map(|(b, rule, _)| format!("{rule}: {}", b.text))
        .collect();
    assert_eq!(
        gone,
        [
            "wix/counters: 39 views0 comments",
            "wix/recent-posts: Recent Posts",
            "wix/recent-posts: See All"
        ]
        .map(str::to_owned)
        .to_vec()
    );
}
