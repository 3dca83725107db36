//! The language of a text: by script, by letters that only some languages have, then by trigrams.
//!
//! Trigrams alone miss Albanian, Kazakh, Kyrgyz and Tajik, and cannot tell Bosnian, Croatian and
//! Serbian in Latin letters apart; letters and a few words can.

use std::borrow::Cow;
use std::collections::BTreeMap;

use whatlang::{Detector, Lang};

/// A language heard in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    /// BCP 47, lower case.
    pub(crate) tag: &'static str,
    /// In percent.
    pub(crate) confidence: u8,
}

/// A writing system, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Script {
    Latin,
    Cyrillic,
    Armenian,
    Georgian,
    Greek,
    Hebrew,
    Arabic,
    Other,
}

/// More text than this tells nothing new.
const SAMPLE_CHARS: usize = 20_000;
/// Below this many letters trigrams are mostly wrong (measured: 63 % right at 20 to 39 characters, 93 %
/// at 40 to 79, 98 % above, on six languages).
pub(crate) const SURE_CHARS: usize = 200;

/// Characters below this are counted in a table: Latin to Arabic, most of all text.
const NEAR: usize = 0x700;

/// Returns `c` in lower case; the commonest letters need no table.
fn lower(c: char) -> impl Iterator<Item = char> {
    let ascii = c.is_ascii().then(|| c.to_ascii_lowercase());
    let other = (!c.is_ascii()).then(|| c.to_lowercase());
    ascii.into_iter().chain(other.into_iter().flatten())
}

/// The letters of a text.
#[derive(Debug)]
pub(crate) struct Letters {
    counts: BTreeMap<char, u32>,
    total: u32,
    /// Letters followed by an apostrophe as Uzbek writes them.
    turned: [u32; 2],
}

impl Letters {
    /// Counts the letters of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let mut letters = Self {
            counts: BTreeMap::new(),
            total: 0,
            turned: [0, 0],
        };
        let mut near = vec![0_u32; NEAR];
        let mut before = ' ';
        for c in text.chars().take(SAMPLE_CHARS).flat_map(lower) {
            if c.is_alphabetic() {
                match near.get_mut(c as usize) {
                    Some(count) => *count += 1,
                    None => *letters.counts.entry(c).or_default() += 1,
                }
                letters.total += 1;
            }
            if matches!(c, 'ʻ' | '‘' | 'ʼ' | '’' | '\'' | '`') && matches!(before, 'o' | 'g')
            {
                letters.turned[usize::from(before == 'g')] += 1;
            }
            before = c;
        }
        let counted = (0..).zip(near).filter(|(_, count)| *count > 0);
        letters
            .counts
            .extend(counted.filter_map(|(c, count)| Some((char::from_u32(c)?, count))));
        letters
    }

    /// Returns how many letters there are, at most the size of the sample.
    pub(crate) fn total(&self) -> usize {
        self.total as usize
    }

    /// Returns the share of `these` letters in per mille.
    fn share(&self, these: &str) -> u32 {
        let count: u32 = these.chars().filter_map(|c| self.counts.get(&c)).sum();
        count * 1_000 / self.total.max(1)
    }

    fn has(&self, these: &str) -> bool {
        these.chars().any(|c| self.counts.contains_key(&c))
    }

    /// Returns the script of most letters.
    pub(crate) fn script(&self) -> Option<Script> {
        let mut scripts: BTreeMap<Script, u32> = BTreeMap::new();
        for (&c, count) in &self.counts {
            *scripts.entry(script_of(c)).or_default() += count;
        }
        scripts
            .into_iter()
            .max_by_key(|&(script, count)| (count, std::cmp::Reverse(script)))
            .map(|(script, _)| script)
    }
}

fn script_of(c: char) -> Script {
    match c as u32 {
        0x41..=0x24F | 0x1E00..=0x1EFF | 0x259 => Script::Latin,
        0x400..=0x52F => Script::Cyrillic,
        0x531..=0x587 => Script::Armenian,
        0x10A0..=0x10FF | 0x1C90..=0x1CBF => Script::Georgian,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x590..=0x5FF => Script::Hebrew,
        0x600..=0x6FF | 0x750..=0x77F => Script::Arabic,
        _ => Script::Other,
    }
}

/// Returns whether a language of the primary subtag `primary` is written in `script`.
pub(crate) fn is_written_in(primary: &str, script: Script) -> bool {
    match primary {
        "ru" | "uk" | "be" | "bg" | "mk" | "kk" | "ky" | "tg" | "mn" => script == Script::Cyrillic,
        "sr" | "uz" | "az" | "tk" | "cnr" | "sh" => {
            matches!(script, Script::Latin | Script::Cyrillic)
        }
        "hy" => script == Script::Armenian,
        "ka" => script == Script::Georgian,
        "el" => script == Script::Greek,
        "he" | "yi" => script == Script::Hebrew,
        "ar" | "fa" | "ur" | "ps" | "ku" => script == Script::Arabic,
        "zh" | "ja" | "ko" | "th" | "hi" | "bn" => script == Script::Other,
        _ => script == Script::Latin,
    }
}

/// Returns the language of `text`.
pub(crate) fn heard(text: &str, letters: &Letters) -> Option<Heard> {
    let sure = |tag| {
        Some(Heard {
            tag,
            confidence: 92,
        })
    };
    match letters.script()? {
        Script::Armenian => sure("hy"),
        Script::Georgian => sure("ka"),
        Script::Greek => sure("el"),
        Script::Hebrew => sure("he"),
        Script::Cyrillic => {
            cyrillic(letters).map_or_else(|| by_trigrams(text, letters, CYRILLIC), sure)
        }
        Script::Latin => latin(letters).map_or_else(|| by_trigrams(text, letters, LATIN), sure),
        Script::Arabic | Script::Other => by_trigrams(text, letters, OTHERS),
    }
}

/// Letters are per mille of all; a name in another language stays below the bounds.
fn cyrillic(letters: &Letters) -> Option<&'static str> {
    if letters.share("ӣӯҷ") >= 4 {
        Some("tg")
    } else if letters.share("әұ") >= 4 {
        Some("kk")
    } else if letters.share("ў") >= 3 && letters.has("қғҳ") {
        Some("uz-cyrl")
    } else if letters.share("өү") >= 4 {
        Some(if letters.has("ң") { "ky" } else { "mn" })
    } else if letters.share("ў") >= 3 && letters.has("і") {
        Some("be")
    } else if letters.share("іїєґ") >= 15 {
        Some("uk")
    } else if letters.share("ћђ") >= 2 {
        Some("sr")
    } else if letters.share("ќѓѕ") >= 2 {
        Some("mk")
    } else if letters.share("ыэё") >= 8 {
        Some("ru")
    } else if letters.share("ъ") >= 6 {
        Some("bg")
    } else {
        None
    }
}

fn latin(letters: &Letters) -> Option<&'static str> {
    let turned = (
        letters.turned[0] * 1_000 / letters.total.max(1),
        letters.turned[1],
    );
    if letters.share("ə") >= 5 {
        Some("az")
    } else if turned.0 >= 3 && turned.1 > 0 {
        Some("uz")
    } else if letters.share("ý") >= 5 && letters.has("ň") && letters.has("ş") {
        Some("tk")
    } else if letters.share("ë") >= 25 {
        Some("sq")
    } else if letters.share("ı") >= 10 && letters.has("ğş") {
        Some("tr")
    } else {
        None
    }
}

/// What trigrams may answer, with the tag of each.
type Choices = &'static [(Lang, &'static str)];

const CYRILLIC: Choices = &[
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Bel, "be"),
    (Lang::Bul, "bg"),
    (Lang::Mkd, "mk"),
    (Lang::Srp, "sr"),
];
const LATIN: Choices = &[
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Nld, "nl"),
    (Lang::Pol, "pl"),
    (Lang::Ces, "cs"),
    (Lang::Slk, "sk"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Ron, "ro"),
    (Lang::Hun, "hu"),
    (Lang::Tur, "tr"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Nob, "nb"),
    (Lang::Fin, "fi"),
    (Lang::Est, "et"),
    (Lang::Lav, "lv"),
    (Lang::Lit, "lt"),
    (Lang::Cat, "ca"),
    (Lang::Vie, "vi"),
    (Lang::Ind, "id"),
    (Lang::Aze, "az"),
    (Lang::Uzb, "uz"),
    (Lang::Tuk, "tk"),
];
const OTHERS: Choices = &[
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Urd, "ur"),
    (Lang::Cmn, "zh"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Tha, "th"),
    (Lang::Hin, "hi"),
    (Lang::Ben, "bn"),
];

fn by_trigrams(text: &str, letters: &Letters, choices: Choices) -> Option<Heard> {
    let detector = Detector::with_allowlist(choices.iter().map(|(lang, _)| *lang).collect());
    let info = detector.detect(&spread(text))?;
    let (_, tag) = choices.iter().find(|(lang, _)| *lang == info.lang())?;
    let confidence = match (letters.total() >= SURE_CHARS, info.is_reliable()) {
        (true, true) => 92,
        (true, false) => 75,
        (false, true) => 65,
        (false, false) => 40,
    };
    let tag = if *tag == "hr" {
        let sample: String = text.chars().take(SAMPLE_CHARS).collect();
        south_slavic(&sample)
    } else {
        tag
    };
    Some(Heard { tag, confidence })
}

/// Trigrams are counted on this much text, in so many pieces: more costs time and changes nothing.
const PIECES: usize = 6;
const PIECE_BYTES: usize = 700;

/// Returns the text, or pieces from all over its sample where it is long, so that a foreign start does
/// not speak for the whole.
fn spread(text: &str) -> Cow<'_, str> {
    let end = boundary(text, SAMPLE_CHARS);
    if end <= PIECES * PIECE_BYTES {
        return Cow::Borrowed(&text[..end]);
    }
    let mut out = String::with_capacity(PIECES * (PIECE_BYTES + 1));
    for piece in 0..PIECES {
        let at = boundary(text, piece * (end - PIECE_BYTES) / (PIECES - 1));
        let piece = &text[at..boundary(text, at + PIECE_BYTES)];
        // Both ends may part a word.
        let whole = piece
            .split_once(' ')
            .and_then(|(_, rest)| rest.rsplit_once(' '));
        out.push_str(whole.map_or(piece, |(rest, _)| rest));
        out.push(' ');
    }
    Cow::Owned(out)
}

/// Returns the last place at or before byte `at` that parts no character.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

const EKAVIAN: &str = " vreme vremena mesto mesta uvek gde ovde posle dete deca dece pre svet sveta ceo celo reč reči telo tela bezbednost bezbednosti sledeće ";
const IJEKAVIAN: &str = " vrijeme vremena mjesto mjesta uvijek gdje ovdje poslije dijete djeca djece prije svijet svijeta cijelo riječ riječi tijelo tijela sljedeće ";
const CROATIAN: &str = " tko što tijekom sustav sustava tjedan tjedna glede također tisuća siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca sigurnost europske europska priopćenje ";
const BOSNIAN: &str = " ko šta tokom sistem sistema sedmica sedmice hiljada januara februara marta aprila maja juna jula augusta septembra oktobra novembra decembra evropske evropska saopštenje saopćenje također ";

/// Tells the languages apart that share their trigrams; Croatian where nothing speaks for another.
fn south_slavic(text: &str) -> &'static str {
    let words = crate::values::words(text);
    let count = |list: &str| {
        words
            .iter()
            .filter(|word| list.contains(&format!(" {word} ")))
            .count()
    };
    if count(EKAVIAN) > count(IJEKAVIAN) {
        "sr-latn"
    } else if count(BOSNIAN) > count(CROATIAN) {
        "bs"
    } else {
        "hr"
    }
}

/// Returns whether two tags name languages that a text alone hardly tells apart.
pub(crate) fn are_siblings(a: &str, b: &str) -> bool {
    const GROUP: &[&str] = &["hr", "bs", "sr", "sr-latn", "cnr", "sh"];
    GROUP.contains(&a) && GROUP.contains(&b)
}

/// Returns the primary subtag.
pub(crate) fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_heard_in_a_paragraph() {
        let cases = [
            (
                "en",
                "The experts met in the harbour town to talk about the protection of people who were forced to work on ships, and they agreed that every port should have an office where crews can ask for help in their own language.",
            ),
            (
                "de",
                "Die Fachleute trafen sich in der Hafenstadt, um über den Schutz von Menschen zu sprechen, die auf Schiffen zur Arbeit gezwungen wurden, und sie waren sich einig, dass jeder Hafen eine Stelle haben sollte, die hilft.",
            ),
            (
                "fr",
                "Les experts se sont réunis dans la ville portuaire pour parler de la protection des personnes contraintes de travailler sur des navires, et ils ont convenu que chaque port devrait avoir un bureau où les équipages peuvent demander de l'aide.",
            ),
            (
                "es",
                "Los expertos se reunieron en la ciudad portuaria para hablar de la protección de las personas obligadas a trabajar en barcos, y acordaron que cada puerto debería tener una oficina donde las tripulaciones puedan pedir ayuda.",
            ),
            (
                "it",
                "Gli esperti si sono riuniti nella città portuale per parlare della protezione delle persone costrette a lavorare sulle navi, e hanno convenuto che ogni porto dovrebbe avere un ufficio dove gli equipaggi possono chiedere aiuto.",
            ),
            (
                "ru",
                "Эксперты собрались в портовом городе, чтобы обсудить защиту людей, которых заставляют работать на судах, и решили, что в каждом порту должна быть служба, куда экипажи могут обратиться за помощью на своём языке.",
            ),
            (
                "uk",
                "Експерти зібралися в портовому місті, щоб обговорити захист людей, яких змушують працювати на суднах, і вирішили, що в кожному порту має бути служба, куди екіпажі можуть звернутися по допомогу своєю мовою.",
            ),
            (
                "sr",
                "Стручњаци су се окупили у лучком граду да разговарају о заштити људи који су принуђени да раде на бродовима, и сложили се да свака лука треба да има службу којој посаде могу да се обрате за помоћ, без обзира на време које ће проћи.",
            ),
            (
                "sr-latn",
                "Stručnjaci su se okupili u lučkom gradu da razgovaraju o zaštiti ljudi koji su prinuđeni da rade na brodovima, i složili se da svako mesto treba da ima službu kojoj posade uvek mogu da se obrate za pomoć, gde god da se nalaze u to vreme.",
            ),
            (
                "hr",
                "Stručnjaci su se okupili u lučkom gradu kako bi tijekom ovog tjedna razgovarali o zaštiti ljudi koji su prisiljeni raditi na brodovima, i složili se da svaka luka treba sustav pomoći, bez obzira na to tko ga i gdje zatraži u neko vrijeme.",
            ),
            (
                "bs",
                "Stručnjaci su se okupili u lučkom gradu da bi tokom ove sedmice razgovarali o zaštiti ljudi koji su prisiljeni raditi na brodovima, i složili se da svaka luka treba sistem pomoći, bez obzira na to ko ga i gdje zatraži u neko vrijeme.",
            ),
            (
                "mk",
                "Стручњаците се собраа во пристанишниот град за да разговараат за заштитата на луѓето кои се принудени да работат на бродови, и се согласија дека секое пристаниште треба да има служба каде екипажите ќе можат да побараат помош.",
            ),
            (
                "sq",
                "Ekspertët u mblodhën në qytetin port për të folur për mbrojtjen e njerëzve që detyrohen të punojnë në anije dhe ranë dakord që çdo port duhet të ketë një zyrë ku ekuipazhet mund të kërkojnë ndihmë në gjuhën e tyre.",
            ),
            (
                "ro",
                "Experții s-au întâlnit în orașul port pentru a vorbi despre protecția oamenilor care sunt forțați să muncească pe nave și au convenit că fiecare port ar trebui să aibă un birou unde echipajele pot cere ajutor în limba lor.",
            ),
            (
                "pl",
                "Eksperci spotkali się w mieście portowym, aby rozmawiać o ochronie ludzi zmuszanych do pracy na statkach, i zgodzili się, że każdy port powinien mieć biuro, w którym załogi mogą prosić o pomoc w swoim języku.",
            ),
            (
                "tr",
                "Uzmanlar, gemilerde çalışmaya zorlanan insanların korunmasını konuşmak için liman kentinde bir araya geldiler ve her limanda mürettebatın kendi dilinde yardım isteyebileceği bir ofis olması gerektiği konusunda anlaştılar.",
            ),
            (
                "az",
                "Ekspertlər gəmilərdə işləməyə məcbur edilən insanların müdafiəsi haqqında danışmaq üçün liman şəhərində görüşdülər və hər limanda heyətin öz dilində kömək istəyə biləcəyi bir idarə olmalıdır deyə razılaşdılar.",
            ),
            (
                "kk",
                "Сарапшылар кемелерде жұмыс істеуге мәжбүр болған адамдарды қорғау туралы сөйлесу үшін порт қаласында жиналып, әр портта экипаждар өз тілінде көмек сұрай алатын кеңсе болуы керек деп келісті.",
            ),
            (
                "ky",
                "Эксперттер кемелерде иштөөгө мажбур болгон адамдарды коргоо жөнүндө сүйлөшүү үчүн порт шаарында чогулуп, ар бир портто экипаждар өз тилинде жардам сурай турган кеңсе болушу керек деп макулдашты.",
            ),
            (
                "tg",
                "Коршиносон дар шаҳри бандарӣ ҷамъ омаданд, то дар бораи ҳифзи одамоне, ки маҷбуран дар киштиҳо кор мекунанд, сӯҳбат кунанд ва мувофиқат карданд, ки дар ҳар бандар бояд идорае бошад, ки ба забони худ ёрӣ расонад.",
            ),
            (
                "uz",
                "Ekspertlar kemalarda ishlashga majbur boʻlgan odamlarni himoya qilish toʻgʻrisida gaplashish uchun port shahrida toʻplanishdi va har bir portda ekipajlar oʻz tilida yordam soʻray oladigan idora boʻlishi kerak deb kelishdilar.",
            ),
            (
                "ka",
                "ექსპერტები შეიკრიბნენ საპორტო ქალაქში, რომ ესაუბრათ იმ ადამიანების დაცვაზე, რომლებსაც გემებზე მუშაობას აიძულებენ.",
            ),
            (
                "hy",
                "Փորձագետները հավաքվել էին նավահանգստային քաղաքում՝ խոսելու այն մարդկանց պաշտպանության մասին, որոնց ստիպում են աշխատել նավերի վրա։",
            ),
        ];
        for (tag, text) in cases {
            let heard = heard(text, &Letters::of(text)).unwrap_or_else(|| panic!("{tag}"));
            assert_eq!(heard.tag, tag, "{text}");
        }
    }

    #[test]
    fn nothing_is_heard_in_figures() {
        assert_eq!(heard("1, 2, 3", &Letters::of("1, 2, 3")), None);
    }
}
