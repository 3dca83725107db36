//! The same noise in forms that no pack shows: other languages, other plugins, other counters.

mod support;

use support::{RULES, clean_text, parse};

const ONE: &str = "The harbour office published its yearly paper on Monday. It describes how agencies in four coastal towns found seasonal work for more than nine hundred people, and what became of them after the season had ended.";
const TWO: &str = "Inspectors visited sixty workplaces between March and August. In eleven of them they met workers whose papers had been taken away, and in three they found that wages had never been paid.";

fn left_behind(noise: &str) -> String {
    let text = clean_text(&format!("{ONE}\n\n{TWO}\n\n{noise}"));
    let rest = text.strip_prefix(&format!("{ONE}\n\n{TWO}\n"));
    rest.unwrap_or_else(|| panic!("the body changed:\n{text}"))
        .trim()
        .to_owned()
}

fn left_before(noise: &str) -> String {
    let text = clean_text(&format!("{noise}\n\n{ONE}\n\n{TWO}"));
    let rest = text.strip_suffix(&format!("{ONE}\n\n{TWO}\n"));
    rest.unwrap_or_else(|| panic!("the body changed:\n{text}"))
        .trim()
        .to_owned()
}

/// Returns the rules that the page loses something to.
fn rules_on(html: &str) -> Vec<String> {
    let (fates, _) = RULES.verdicts(&parse(html));
    fates.iter().flatten().map(ToString::to_string).collect()
}

#[test]
fn teasers_lead_on_in_every_language() {
    let labels = [
        "Read more",
        "Weiterlesen",
        "Lire la suite",
        "Leer más",
        "Leggi tutto",
        "Читать далее",
        "Читати далі",
        "Прочитај више",
        "Opširnije",
        "Pročitaj više",
        "Lexo më shumë",
        "Прочитај повеќе",
        "Citește mai mult",
        "Կարդալ ավելին",
        "Ətraflı",
        "Толығырақ",
        "Кененирээк",
        "Batafsil",
        "Муфассал",
        "Devamını oku",
        "Czytaj dalej",
        "ვრცლად",
    ];
    for label in labels {
        let card = format!(
            "Wages at Sea: A Field Guide\nGuidance\n\nThis guide collects what inspectors learnt about unpaid wages on board of fishing ves...{label}\n\nTAGS: Global"
        );
        assert_eq!(left_behind(&card), "", "{label}");
        let card = format!(
            "Wages at Sea: A Field Guide\n\nThis guide collects what inspectors learnt about unpaid wages on board of fishing ves… [{label} →]"
        );
        assert_eq!(left_behind(&card), "", "{label}");
    }
}

#[test]
fn a_label_that_no_list_has_shows_by_repetition() {
    let cards = "Wages at Sea\n\nThis guide collects what inspectors learnt about unpaid wages on board of fishing ves...Gehiago irakurri\n\nThe Annual Review\n\nThe review looks back on a year in which the desk answered more than four thousand calls, mo...Gehiago irakurri";
    assert_eq!(left_behind(cards), "");
}

#[test]
fn lists_of_other_plugins_go() {
    let types = "post page attachment revision nav_menu_item custom_css oembed_cache wp_block sfwd-lessons bp-email wc_booking our-partners";
    assert_eq!(left_behind(&types.replace(' ', "\n")), "");
    assert_eq!(left_before(&types.replace(' ', "\n\n")), "");
    let items: String = types.split(' ').map(|t| format!("<p>{t}</p>")).collect();
    let rules = rules_on(&format!(
        "<main><p>{ONE}</p><div>{items}</div><p>{TWO}</p></main>"
    ));
    assert_eq!(rules.len(), 12, "{rules:?}");
    let more = [
        "publish\nfuture\ndraft\npending\nprivate\ntrash\nauto-draft\ninherit\nwc-processing",
        "category\npost_tag\nnav_menu\nlink_category\npost_format\nwp_theme\nproject_cat",
        "administrator\neditor\nauthor\ncontributor\nsubscriber\nshop_manager",
        "thumbnail\nmedium\nmedium_large\nlarge\n1536x1536\n2048x2048\nhero-wide",
    ];
    for list in more {
        assert_eq!(left_behind(list), "", "{list}");
    }
}

#[test]
fn wix_furniture_goes_in_every_language() {
    let tails = [
        "214 прегледа3 коментара\n\nНедавне објаве\n\nПрикажи све\n\nКоментари су искључени.\nдно странице",
        "17 pregleda0 komentara\n\nNedavne objave\n\nPrikaži sve\n\ndno stranice",
        "9 shikime0 komente\n\nPostimet e fundit\n\nShiko të gjitha\n\nfundi i faqes",
        "1.2K прегледи\n\nНеодамнешни објави\n\nВиди ги сите\n\nдно на страницата",
        "48 de vizualizări0 comentarii\n\nPostări recente\n\nAfișează tot\n\npartea de jos a paginii",
        "39 դիտում0 մեկնաբանություն\n\nՎերջին գրառումները\n\nՏեսնել բոլորը\n\nէջի վերջ",
        "39 ნახვა0 კომენტარი\n\nბოლო პოსტები\n\nყველას ნახვა\n\nგვერდის ბოლო",
        "39 baxış0 şərh\n\nSon yazılar\n\nHamısına bax\n\nsəhifənin sonu",
        "39 қаралым0 пікір\n\nСоңғы жазбалар\n\nБарлығын көру\n\nбеттің соңы",
        "3 556 переглядів12 коментарів\n\nОстанні пости\n\nПоказати всі\n\nкінець сторінки",
        "57 wyświetleń0 komentarzy\n\nOstatnie posty\n\nZobacz wszystkie\n\ndół strony",
        "57 görüntüleme0 yorum\n\nSon Paylaşımlar\n\nHepsini Gör\n\nsayfanın altı",
        "57 visualizzazioni0 commenti\n\nPost recenti\n\nMostra tutti\n\nfine della pagina",
    ];
    for tail in tails {
        assert_eq!(left_behind(tail), "", "{tail}");
    }
    for head in [
        "top of page",
        "vrh stranice",
        "почеток на страницата",
        "էջի սկիզբ",
        "беттің басы",
        "Seitenanfang",
    ] {
        assert_eq!(left_before(head), "", "{head}");
    }
}

#[test]
fn lines_of_systems_go_in_every_language() {
    let heads = [
        "Skip to main content",
        "Direkt zum Inhalt",
        "Aller au contenu principal",
        "Перейти к основному содержанию",
        "Sari la conținut",
        "Preskoči na glavni sadržaj",
        "Accueil » Actualités » Un nouveau centre",
        "Главная > Новости > Новый центр",
        "Ballina » Lajme » Qendra e re",
        "Submitted by admin on Tue, 04/02/2019 - 10:13",
        "Soumis par admin le mar 02/04/2019 - 10:13",
        "English | Français | Русский",
        "Shqip | Srpski | English",
        "Geschrieben von Redaktion\nKategorie: Berichte\nVeröffentlicht: 12. Mai 2019\nZugriffe: 1234",
        "Details\nWritten by: The Editors\nCategory: News\nPublished: 12 May 2019\nHits: 1234",
        "Автор: Редакция\nКатегория: Новости\nПросмотров: 815",
        "Kategorija: Vijesti\nHitova: 2211",
        "Print | Email",
        "Skip Ribbon Commands\nTurn on more accessible mode",
        "Пропустить команды ленты",
        "Posted by admin | Mar 3, 2019 | News | 0 |",
        "Время чтения: 4 мин.",
        "2 години тому",
        "Publishing date: 6 June 2023\nContent type: Press release",
        "Size: px\nStart display at page:",
        "Вы находитесь на странице: 1из 76",
        "12/03/2021, 14:02",
        "Notice: Undefined index: title in /var/www/html/page.php on line 42",
    ];
    for head in heads {
        assert_eq!(left_before(head), "", "{head}");
    }
    let tails = [
        "Log in to post comments",
        "Anmelden oder Registrieren, um Kommentare zu schreiben",
        "Версия для печати",
        "← Previous Post\nNext Post →",
        "← Претходни чланак\nСледећи чланак →",
        "Leave a Reply\nYour email address will not be published. Required fields are marked *",
        "Ostavite komentar\nVaša adresa e-pošte neće biti objavljena.",
        "Залишити відповідь\nВаша e-mail адреса не оприлюднюватиметься.",
        "Share this page: Facebook Twitter LinkedIn WhatsApp Email Print",
        "Поделиться: Facebook Telegram VK WhatsApp",
        "Podijeli: Facebook Twitter Viber WhatsApp",
        "Add to Calendar\nAdd to Timely Calendar\nAdd to Google\nAdd to Outlook",
        "Previous\nThe older one\nNext\nBack to Top",
        "Слични чланци\nДруги чланак\nТрећи чланак",
        "_ga | 2 years | HTTP\n_gid | 1 day | HTTP\n_gat | 1 minute | HTTP",
        "Користимо колачиће (cookies).\nПрихвати све\nОдбиј\nПодешавања",
        "© 2021 The Office. All rights reserved.",
    ];
    for tail in tails {
        let left = left_behind(tail);
        let allowed = ["The older one"];
        assert!(
            left.is_empty() || allowed.contains(&left.as_str()),
            "{tail}: {left}"
        );
    }
}

#[test]
fn residue_within_a_block_goes_and_the_block_stays() {
    for (given, left) in [
        (
            "[caption id=\"attachment_9\" align=\"left\"]A class in the school[/caption]",
            "A class in the school",
        ),
        (
            "[et_pb_section][et_pb_text]The office works with partners.[/et_pb_text][/et_pb_section]",
            "The office works with partners.",
        ),
        (
            "Write to [email protected] for the report.",
            "Write to [email] for the report.",
        ),
        (
            "Ports and People - The Office, 2019 HERUNTERLADEN (PDF, 2 MB)",
            "Ports and People - The Office, 2019",
        ),
        (
            "Porturi și oameni - Biroul, 2019 DESCARCĂ",
            "Porturi și oameni - Biroul, 2019",
        ),
    ] {
        assert_eq!(left_behind(given), left, "{given}");
    }
}

#[test]
fn elements_of_known_names_go() {
    for (html, rule) in [
        (
            "<div id='CybotCookiebotDialog'><p>We use cookies.</p></div>",
            "cookie-consent/known-banner",
        ),
        (
            "<section class='item-pagination'><a href='/a'>Older</a></section>",
            "squarespace/around-the-post",
        ),
        (
            "<div id='s4-ribbonrow'><span>Browse</span></div>",
            "sharepoint/frames",
        ),
        (
            "<ul class='links inline'><li><a href='/c'>Comment</a></li></ul>",
            "drupal/around-the-node",
        ),
        (
            "<div class='addtoany_share_save_container'><a href='/f'>Share it there</a></div>",
            "wordpress/related-widgets",
        ),
        (
            "<div data-hook='recent-posts'><a href='/p'>Another</a></div>",
            "wix/around-the-post",
        ),
    ] {
        let rules = rules_on(&format!(
            "<body><main><p>{ONE}</p><p>{TWO}</p></main>{html}</body>"
        ));
        assert_eq!(rules, [rule], "{html}");
    }
}

#[test]
fn escaped_markup_of_a_noscript_is_no_text() {
    let page = format!(
        "<main><p>{ONE}</p><noscript>&lt;img src=\"a.gif\" width=1&gt;</noscript><p>{TWO}</p><noscript>Text for readers without scripts &lt;3</noscript></main>"
    );
    let texts: Vec<String> = parse(&page).blocks.into_iter().map(|b| b.text).collect();
    assert_eq!(texts, [ONE, TWO, "Text for readers without scripts <3"]);
}
