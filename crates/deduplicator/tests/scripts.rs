//! Copies and siblings in the scripts of the languages that partners publish in.

mod common;

use common::{grouped, item, together};
use thresh_deduplicator::Grouping;
use thresh_types::{Relation, RelationKind};
use unicode_normalization::UnicodeNormalization;

/// A text of some forty words with `{}` where a number stands, and a line of chrome in its language.
struct Sample {
    script: &'static str,
    text: &'static str,
    numbers: [&'static str; 2],
    chrome: &'static str,
}

const SAMPLES: &[Sample] = &[
    Sample {
        script: "Cyrillic",
        text: "На {} заседании совета гавани инспекторы труда обсудили, как распознать принудительный труд на \
            рыбацких судах, кому сообщать о нём и как защитить тех, кто согласился рассказать о своей жизни на \
            борту; ещё они прочли одиннадцать дел и составили памятку для капитанов портов.",
        numbers: ["15-м", "16-м"],
        chrome: "Новости портала. Версия для печати",
    },
    Sample {
        script: "Georgian",
        text: "ნავსადგურის საბჭოს {} სხდომაზე შრომის ინსპექტორებმა იმსჯელეს, როგორ ამოიცნონ იძულებითი შრომა \
            სათევზაო გემებზე, ვის აცნობონ ამის შესახებ და როგორ დაიცვან ისინი, ვინც დათანხმდა თავისი ცხოვრების \
            მოყოლას; მათ ასევე წაიკითხეს თერთმეტი საქმე, მოუსმინეს ორ მოწმეს და შეადგინეს მოკლე სახელმძღვანელო \
            ყველა პორტის კაპიტნისთვის, რომელიც ზაფხულამდე დაიგზავნება.",
        numbers: ["15", "16"],
        chrome: "სიახლეები პორტალზე ბეჭდვა",
    },
    Sample {
        script: "Armenian",
        text: "Նավահանգստի խորհրդի {} նիստում աշխատանքի տեսուչները քննարկեցին, թե ինչպես ճանաչել հարկադիր աշխատանքը \
            ձկնորսական նավերի վրա, ում տեղեկացնել այդ մասին և ինչպես պաշտպանել նրանց, ովքեր համաձայնեցին պատմել \
            իրենց կյանքի մասին նավի վրա. նրանք կարդացին նաև տասնմեկ գործ, լսեցին երկու վկայի և կազմեցին համառոտ \
            ուղեցույց բոլոր նավապետերի համար:",
        numbers: ["15-րդ", "16-րդ"],
        chrome: "Նորություններ Տպել էջը",
    },
    Sample {
        script: "Greek",
        text: "Στην {} σύνοδο του λιμενικού συμβουλίου οι επιθεωρητές εργασίας συζήτησαν πώς αναγνωρίζεται η \
            καταναγκαστική εργασία στα αλιευτικά σκάφη, ποιον ειδοποιεί κανείς και πώς προστατεύονται όσοι δέχτηκαν να \
            μιλήσουν για τη ζωή τους· διάβασαν ακόμη έντεκα υποθέσεις και έγραψαν έναν σύντομο οδηγό για τους λιμενάρχες.",
        numbers: ["15η", "16η"],
        chrome: "Νέα της πύλης Εκτύπωση",
    },
    Sample {
        script: "Arabic",
        text: "في الجلسة {} لمجلس الميناء ناقش مفتشو العمل كيف يتعرفون على العمل القسري على متن سفن الصيد ومن يبلغون \
            عنه وكيف يحمون الذين وافقوا على رواية حياتهم على ظهر السفينة كما قرأوا إحدى عشرة قضية واستمعوا إلى شاهدين \
            ووضعوا دليلا قصيرا لجميع رؤساء الموانئ سيرسل قبل الصيف",
        numbers: ["١٥", "١٦"],
        chrome: "أخبار البوابة طباعة",
    },
    Sample {
        script: "Latin with accents",
        text: "Lors de la {} séance du conseil du port, les inspecteurs du travail ont débattu de la façon de reconnaître \
            le travail forcé à bord des bateaux de pêche, de ceux qu'il faut prévenir et de la protection des personnes \
            qui ont accepté de témoigner ; ils ont aussi relu onze dossiers et rédigé un guide pour les maîtres de port.",
        numbers: ["15e", "16e"],
        chrome: "Actualités du portail, imprimer",
    },
    Sample {
        script: "Chinese",
        text: "在港务委员会第{}次会议上，劳动监察员讨论了如何在渔船上识别强迫劳动、应当通知谁以及如何保护愿意讲述自己船上生活的人；\
            他们还研读了十一个案例，听取了两名证人的陈述，并为各港口负责人编写了一份简短的手册。",
        numbers: ["15", "16"],
        chrome: "门户新闻 打印本页",
    },
    Sample {
        script: "Japanese",
        text: "港湾評議会の第{}回会議で、労働監督官たちは漁船での強制労働をどのように見分けるか、だれに知らせるか、\
            そして船上の生活を語ってくれた人々をどのように守るかを話し合い、十一の事例を読み、港長のための短い手引きを作った。",
        numbers: ["15", "16"],
        chrome: "ポータルのニュース 印刷",
    },
    Sample {
        script: "Thai",
        text: "ในการประชุมสภาท่าเรือครั้งที่ {} ผู้ตรวจแรงงานได้หารือกันว่าจะสังเกตแรงงานบังคับบนเรือประมงได้อย่างไร ควรแจ้งใคร \
            และจะคุ้มครองผู้ที่ยอมเล่าชีวิตของตนบนเรือได้อย่างไร พวกเขายังอ่านคดีสิบเอ็ดคดีและจัดทำคู่มือสั้นสำหรับนายท่าทุกคน",
        numbers: ["๑๕", "๑๖"],
        chrome: "ข่าวของพอร์ทัล พิมพ์หน้านี้",
    },
    Sample {
        script: "Korean",
        text: "항만 위원회 제{}차 회의에서 근로 감독관들은 어선에서 강제 노동을 어떻게 알아보는지, 누구에게 알려야 하는지, 그리고 배 위의 \
            삶을 들려주기로 한 사람들을 어떻게 보호할지 논의했다. 그들은 또한 열한 건의 사례를 읽고 두 명의 증인에게서 이야기를 듣고 \
            모든 항만 책임자를 위한 짧은 안내서를 만들어 여름이 오기 전에 보내기로 했다.",
        numbers: ["15", "16"],
        chrome: "포털 소식 인쇄하기",
    },
];

impl Sample {
    fn numbered(&self, which: usize) -> String {
        let joined = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        joined.replace("{}", self.numbers[which])
    }
}

fn relation(grouping: &Grouping, id: &str) -> Relation {
    let found = grouping.members.iter().find(|member| member.id == id);
    found.expect("the id is known").relation
}

#[test]
fn case_and_the_form_of_characters_make_no_difference() {
    for sample in SAMPLES {
        let text = sample.numbered(0);
        let grouping = grouped(&[
            item("a", text.as_str()),
            item("decomposed", text.nfd().collect::<String>()),
            item("composed", text.nfkc().collect::<String>()),
            item("upper", text.to_uppercase()),
            item("lines", text.replace(' ', " \n\t")),
        ]);
        for id in ["decomposed", "composed", "upper", "lines"] {
            assert_eq!(
                relation(&grouping, id),
                Relation::Exact,
                "{} {id}",
                sample.script
            );
        }
    }
}

#[test]
fn a_copy_with_a_line_of_chrome_merges() {
    for sample in SAMPLES {
        let text = sample.numbered(0);
        let copy = format!("{}\n\n{text}\n\n{}", sample.chrome, sample.chrome);
        let grouping = grouped(&[item("a", text), item("copy", copy)]);
        assert!(together(&grouping, "a", "copy"), "{}", sample.script);
    }
}

#[test]
fn siblings_with_another_number_stay_apart() {
    for sample in SAMPLES {
        let grouping = grouped(&[item("a", sample.numbered(0)), item("b", sample.numbered(1))]);
        assert!(!together(&grouping, "a", "b"), "{}", sample.script);
        assert_eq!(
            grouping.relations[0].relation,
            RelationKind::Template,
            "{}",
            sample.script
        );
    }
}

#[test]
fn no_script_is_like_another() {
    let items: Vec<_> = SAMPLES
        .iter()
        .map(|s| item(s.script, s.numbered(0)))
        .collect();
    let grouping = grouped(&items);
    assert!(
        grouping
            .members
            .iter()
            .all(|member| member.relation == Relation::Unique)
    );
}

#[test]
fn hyphens_of_lines_and_soft_hyphens_do_not_part_words() {
    let plain = SAMPLES[5].numbered(0);
    let broken = plain
        .replace("reconnaître", "recon-\nnaître")
        .replace("inspecteurs", "inspec\u{ad}teurs");
    let broken = broken
        .replace("témoigner", "té\u{200b}moigner")
        .replace("bateaux", "bateaux\u{2060}");
    let cyrillic = SAMPLES[0].numbered(0);
    let torn = cyrillic.replace("принудительный", "прину-\n  дительный");
    let grouping = grouped(&[
        item("a", plain),
        item("b", broken),
        item("c", cyrillic),
        item("d", torn),
    ]);
    assert_eq!(relation(&grouping, "b"), Relation::Exact);
    assert_eq!(relation(&grouping, "d"), Relation::Exact);
}

#[test]
fn georgian_capitals_points_and_digits_of_other_scripts_fold() {
    let grouping = grouped(&[
        item("mkhedruli", "საქართველო 2024 წელს"),
        item("mtavruli", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ ２０２４ ᲬᲔᲚᲡ"),
        item("bare", "كتاب عن البحر ٢٠٢٤"),
        item("pointed", "كِتَابٌ عَنِ الْبَحْرِ 2024"),
        item("niqqud", "שָׁלוֹם לְכֻלָּם"),
        item("plain", "שלום לכלם"),
        item("ligature", "Հայաստան և Ռուսաստան"),
        item("letters", "ՀԱՅԱՍՏԱՆ ԵՒ ՌՈՒՍԱՍՏԱՆ"),
    ]);
    for (a, b) in [
        ("mkhedruli", "mtavruli"),
        ("bare", "pointed"),
        ("niqqud", "plain"),
        ("ligature", "letters"),
    ] {
        assert!(together(&grouping, a, b), "{a}");
    }
}
