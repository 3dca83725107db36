use proptest::prelude::*;

use super::*;

fn iso(text: &str, language: Option<&str>) -> Option<String> {
    parse(text, language).map(|reading| reading.normal_form())
}

#[test]
fn each_language_writes_the_same_day() {
    let cases = [
        "20 February 2018",
        "February 20, 2018",
        "Feb. 20th 2018",
        "20 февраля 2018 года",
        "20 лютого 2018 року",
        "20. Februar 2018",
        "20. Feber 2018",
        "20 février 2018",
        "20 de febrero de 2018",
        "20 febbraio 2018",
        "20. фебруар 2018.",
        "20. februara 2018.",
        "20. veljače 2018.",
        "20 shkurt 2018",
        "20 февруари 2018",
        "20 februarie 2018",
        "20 თებერვალი, 2018",
        "20 փետրվարի 2018",
        "2018 թ. փետրվարի 20",
        "20 fevral 2018",
        "2018 жылғы 20 ақпан",
        "2018-жылдын 20-февралы",
        "2018-yil 20-fevral",
        "20 феврали соли 2018",
        "20 Şubat 2018",
        "20 ŞUBAT 2018",
        "20 lutego 2018",
        "2018年2月20日",
        "2018-02-20",
        "2018-02-20T10:15:00+01:00",
        "2018/02/20",
        "20180220",
        "Tue, 20 Feb 2018 10:00:00 GMT",
        "Tue Feb 20 10:00:00 2018",
        "20.2.2018",
        "20.02.2018",
        "20/02/2018",
        "02/20/2018",
        "20-Feb-2018",
        "Tuesday 20th of February, 2018",
        "20 fe\u{301}vrier 2018",
    ];
    for text in cases {
        assert_eq!(iso(text, None).as_deref(), Some("2018-02-20"), "{text}");
    }
}

#[test]
fn genitive_forms_of_every_month_are_known() {
    let russian = [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ];
    let ukrainian = [
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ];
    for (number, (ru, uk)) in (1..).zip(russian.into_iter().zip(ukrainian)) {
        let expected = format!("2021-{number:02}-03");
        assert_eq!(iso(&format!("3 {ru} 2021"), None), Some(expected.clone()));
        assert_eq!(iso(&format!("3 {uk} 2021"), None), Some(expected));
    }
}

#[test]
fn slashes_that_can_be_read_two_ways_keep_only_the_year() {
    let reading = parse("07/06/2015", None).unwrap();
    assert_eq!(reading.normal_form(), "2015");
    assert_eq!(reading.certain().unwrap().to_string(), "2015");
    assert_eq!(
        reading
            .settle(Some(Order::DayFirst), None)
            .unwrap()
            .to_string(),
        "2015-06-07"
    );
    assert_eq!(
        reading
            .settle(Some(Order::MonthFirst), None)
            .unwrap()
            .to_string(),
        "2015-07-06"
    );
    assert_eq!(iso("06.07.2015", None).as_deref(), Some("2015-07-06"));
}

#[test]
fn an_order_is_proven_only_by_a_day_over_twelve() {
    assert_eq!(proven_order("25/12/2020"), Some(Order::DayFirst));
    assert_eq!(proven_order("12/25/2020"), Some(Order::MonthFirst));
    assert_eq!(proven_order("11/12/2020"), None);
    assert_eq!(proven_order("2020-12-25"), None);
}

#[test]
fn months_and_ranges_keep_their_precision() {
    assert_eq!(iso("July 2021", None).as_deref(), Some("2021-07"));
    assert_eq!(iso("2021-07", None).as_deref(), Some("2021-07"));
    assert_eq!(iso("2021", None).as_deref(), Some("2021"));
    assert_eq!(
        iso("10-11 July 2023", None).as_deref(),
        Some("2023-07-10/2023-07-11")
    );
    assert_eq!(
        iso("July 10–11, 2023", None).as_deref(),
        Some("2023-07-10/2023-07-11")
    );
    assert_eq!(
        iso("28 June – 2 July 2021", None).as_deref(),
        Some("2021-06-28/2021-07-02")
    );
    assert!(parse("10-11 July 2023", None).unwrap().certain().is_none());
}

#[test]
fn one_word_for_two_months_needs_a_language() {
    assert_eq!(
        iso("4. listopada 2012.", Some("hr")).as_deref(),
        Some("2012-10-04")
    );
    assert_eq!(
        iso("4 listopada 2012", Some("pl")).as_deref(),
        Some("2012-11-04")
    );
    assert_eq!(iso("4 listopada 2012", None), None);
}

#[test]
fn what_is_no_date_gives_none() {
    for text in [
        "",
        "soon",
        "31.02.2018",
        "version 1.2.3.2018",
        "192.168.10.2018",
        "12345678901",
        "the set 2019 of rules",
        "we may 2018",
        "4.10.12",
        "2018/19",
        "room 20",
    ] {
        assert_eq!(iso(text, None), None, "{text}");
    }
}

#[test]
fn relative_dates_need_the_time_of_the_capture() {
    let now: Timestamp = "2021-07-09T01:00:00Z".parse().unwrap();
    let settled = |text: &str| {
        parse(text, None)
            .and_then(|r| r.settle(None, Some(now)))
            .map(|d| d.to_string())
    };
    assert_eq!(settled("2 hours ago").as_deref(), Some("2021-07-08"));
    assert_eq!(settled("yesterday").as_deref(), Some("2021-07-08"));
    assert_eq!(settled("vor 3 Tagen").as_deref(), Some("2021-07-06"));
    assert_eq!(settled("il y a 2 jours").as_deref(), Some("2021-07-07"));
    assert_eq!(settled("5 часов назад").as_deref(), Some("2021-07-08"));
    assert_eq!(settled("3 weeks ago").as_deref(), Some("2021-06"));
    assert_eq!(settled("2 years ago").as_deref(), Some("2019"));
    assert!(
        parse("2 hours ago", None)
            .unwrap()
            .settle(None, None)
            .is_none()
    );
}

#[test]
fn datelines_are_read_in_their_many_shapes() {
    let cases = [
        (
            "London, 20 February 2018 – Hosted by the Office, experts met.",
            "London",
            "2018-02-20",
        ),
        (
            "VIENNA, 6 July 2015 – The conference opened.",
            "VIENNA",
            "2015-07-06",
        ),
        (
            "BELGRADE, 25 April 2015- A course ended.",
            "BELGRADE",
            "2015-04-25",
        ),
        (
            "Strasbourg, 4.10.2012 - The group published its report.",
            "Strasbourg",
            "2012-10-04",
        ),
        (
            "WASHINGTON, D.C., March 3, 2020 — A speech was held.",
            "WASHINGTON, D.C.",
            "2020-03-03",
        ),
        (
            "Skopje/Tirana, 1 June 2019: Two offices agreed.",
            "Skopje/Tirana",
            "2019-06-01",
        ),
        (
            "Nur-Sultan (Kazakhstan), 9 May 2019 – A seminar began.",
            "Nur-Sultan (Kazakhstan)",
            "2019-05-09",
        ),
        (
            "ВЕНА, 6 июля 2015 г. – Конференция открылась.",
            "ВЕНА",
            "2015-07-06",
        ),
        (
            "КИЇВ, 6 липня 2015 року – Конференція.",
            "КИЇВ",
            "2015-07-06",
        ),
        (
            "VIENNE, le 6 juillet 2015 – La conférence.",
            "VIENNE",
            "2015-07-06",
        ),
        ("Vienna, 6 July 2015", "Vienna", "2015-07-06"),
    ];
    for (text, place, date) in cases {
        let found = dateline(text, None).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (found.place.as_str(), found.date.to_string().as_str()),
            (place, date),
            "{text}"
        );
    }
}

#[test]
fn sentences_with_a_date_are_no_datelines() {
    for text in [
        "On 9 July 2021, the Organization launched a paper.",
        "The Security Days on 4th March 2016 in Rome set out to talk.",
        "In Vienna, 6 July 2015 was a warm day.",
        "Speaking in Rome, 4 March 2016 was named as the day.",
        "London, 10-11 July 2023 – a meeting",
        "London, July 2023 – a meeting",
    ] {
        assert_eq!(dateline(text, None), None, "{text}");
    }
}

#[test]
fn labels_tell_what_a_date_is_of() {
    let roles = |text: &str| {
        labelled(text, None)
            .into_iter()
            .map(|(role, _)| role)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        roles("Published 1 March 2020, last updated 3 March 2021"),
        [Role::Published, Role::Modified]
    );
    assert_eq!(roles("© 4 May 2012"), [Role::Other]);
    assert_eq!(roles("4 May 2012"), [Role::Bare]);
    assert_eq!(roles("Aktualisiert am 4. Mai 2012"), [Role::Modified]);
}

#[test]
fn dates_outside_the_time_of_the_corpus_are_refused() {
    let at = |text: &str| text.parse::<PartialDate>().unwrap();
    let now: Timestamp = "2021-07-09T12:00:00Z".parse().unwrap();
    assert!(!is_plausible(at("1972-12-31"), Some(now)));
    assert!(is_plausible(at("1973"), None));
    assert!(is_plausible(at("2021-07-10"), Some(now)));
    assert!(!is_plausible(at("2021-07-11"), Some(now)));
    assert!(is_plausible(at("2021"), Some(now)));
    assert!(!is_plausible(at("2101"), None));
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,80}") {
        for found in find(&text, None) {
            prop_assert!(text.is_char_boundary(found.start) && text.is_char_boundary(found.end));
            prop_assert!(found.start < found.end);
        }
        let _ = (parse(&text, Some("hr")), dateline(&text, None), labelled(&text, None), proven_order(&text));
    }

    #[test]
    fn date_shaped_text_is_read_without_panic(text in "([0-9]{1,4}|[-./, ]|may|Jul|de|th|ago|hours|листопада|年|月|日){0,12}") {
        let _ = (parse(&text, None), dateline(&text, None));
    }

    #[test]
    fn normal_forms_read_back(year in 1000i16..3000, month in 1i8..13, day in 1i8..29, count in 0u32..5000) {
        let date = PartialDate::new(year, Some(month), Some(day)).unwrap();
        let later = PartialDate::new(year, Some(month), Some(day + 1)).unwrap_or(date);
        for reading in [Reading::Date(date), Reading::Range(date, later), Reading::Ago(count, Unit::Minute), Reading::Ago(count, Unit::Month), Reading::Ago(count, Unit::Week)] {
            prop_assert_eq!(reading.normal_form().parse(), Ok(reading));
        }
    }
}
