//! The names of the months, in the forms that dates are written with.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::tokens::fold;

/// Forms of the twelve months by language, months parted by `|`: nominative, the case that follows a
/// day, abbreviations.
/// Accents and case do not matter: names are compared folded.
const NAMES: &[(&str, &str)] = &[
    (
        "en",
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|\
         september sept sep|october oct|november nov|december dec",
    ),
    (
        "ru",
        "январь января янв|февраль февраля фев февр|март марта мар|апрель апреля апр|май мая|\
         июнь июня июн|июль июля июл|август августа авг|сентябрь сентября сен сент|\
         октябрь октября окт|ноябрь ноября ноя нояб|декабрь декабря дек",
    ),
    (
        "uk",
        "січень січня січ|лютий лютого лют|березень березня бер|квітень квітня квіт|\
         травень травня трав|червень червня черв|липень липня лип|серпень серпня серп|\
         вересень вересня вер|жовтень жовтня жовт|листопад листопада лист|грудень грудня груд",
    ),
    (
        "be",
        "студзень студзеня|люты лютага|сакавік сакавіка|красавік красавіка|травень траўня|\
         чэрвень чэрвеня|ліпень ліпеня|жнівень жніўня|верасень верасня|кастрычнік кастрычніка|\
         лістапад лістапада|снежань снежня",
    ),
    (
        "bg",
        "януари|февруари|март|април|май|юни|юли|август|септември|октомври|ноември|декември",
    ),
    (
        "de",
        "januar jänner jan|februar feber feb|märz maerz mrz|april apr|mai|juni jun|juli jul|\
         august aug|september sep sept|oktober okt|november nov|dezember dez",
    ),
    (
        "fr",
        "janvier janv|février févr fév|mars|avril avr|mai|juin|juillet juil|août|septembre sept|\
         octobre oct|novembre nov|décembre déc",
    ),
    (
        "es",
        "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago|\
         septiembre setiembre sep|octubre oct|noviembre nov|diciembre dic",
    ),
    (
        "it",
        "gennaio genn|febbraio febbr|marzo|aprile|maggio magg|giugno giu|luglio lugl|agosto ago|\
         settembre sett|ottobre ott|novembre nov|dicembre dic",
    ),
    (
        "pt",
        "janeiro|fevereiro fev|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|\
         dezembro",
    ),
    (
        "nl",
        "januari|februari|maart mrt|april|mei|juni|juli|augustus|september|oktober|november|\
         december",
    ),
    (
        "sr",
        "јануар јануара јан|фебруар фебруара феб|март марта мар|април априла апр|мај маја|\
         јун јуна јуни|јул јула јули|август августа авг|септембар септембра сеп|\
         октобар октобра окт|новембар новембра нов|децембар децембра дец",
    ),
    (
        "sr-latn",
        "januar januara jan|februar februara feb|mart marta mar|april aprila apr|maj maja|\
         jun juna juni|jul jula juli|avgust avgusta avg|septembar septembra sep|\
         oktobar oktobra okt|novembar novembra nov|decembar decembra dec",
    ),
    (
        "bs",
        "januar januara|februar februara|mart marta|april aprila|maj maja|juni juna|juli jula|\
         august augusta|septembar septembra|oktobar oktobra|novembar novembra|decembar decembra",
    ),
    (
        "hr",
        "siječanj siječnja|veljača veljače|ožujak ožujka|travanj travnja|svibanj svibnja|\
         lipanj lipnja|srpanj srpnja|kolovoz kolovoza|rujan rujna|listopad listopada|\
         studeni studenoga studenog|prosinac prosinca",
    ),
    (
        "sq",
        "janar|shkurt|mars|prill|maj|qershor|korrik|gusht|shtator|tetor|nëntor|dhjetor",
    ),
    (
        "mk",
        "јануари|февруари|март|април|мај|јуни|јули|август|септември|октомври|ноември|декември",
    ),
    (
        "ro",
        "ianuarie ian|februarie febr|martie|aprilie|mai|iunie iun|iulie iul|august|septembrie|\
         octombrie|noiembrie|decembrie",
    ),
    (
        "ka",
        "იანვარი იანვარს იანვრის იანვარში|თებერვალი თებერვალს თებერვლის|მარტი მარტს მარტის|\
         აპრილი აპრილს აპრილის|მაისი მაისს მაისის|ივნისი ივნისს ივნისის|ივლისი ივლისს ივლისის|\
         აგვისტო აგვისტოს|სექტემბერი სექტემბერს სექტემბრის|ოქტომბერი ოქტომბერს ოქტომბრის|\
         ნოემბერი ნოემბერს ნოემბრის|დეკემბერი დეკემბერს დეკემბრის",
    ),
    (
        "hy",
        "հունվար հունվարի|փետրվար փետրվարի|մարտ մարտի|ապրիլ ապրիլի|մայիս մայիսի|հունիս հունիսի|\
         հուլիս հուլիսի|օգոստոս օգոստոսի|սեպտեմբեր սեպտեմբերի|հոկտեմբեր հոկտեմբերի|\
         նոյեմբեր նոյեմբերի|դեկտեմբեր դեկտեմբերի",
    ),
    (
        "az",
        "yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr",
    ),
    (
        "kk",
        "қаңтар қаңтарда|ақпан ақпанда|наурыз наурызда|сәуір сәуірде|мамыр мамырда|\
         маусым маусымда|шілде шілдеде|тамыз тамызда|қыркүйек қыркүйекте|қазан қазанда|\
         қараша қарашада|желтоқсан желтоқсанда",
    ),
    (
        "ky",
        "январы январда|февралы февралда|марты мартта|апрели апрелде|майы майда|июну июнда|\
         июлу июлда|августу августта|сентябры сентябрда|октябры октябрда|ноябры ноябрда|\
         декабры декабрда",
    ),
    (
        "uz",
        "yanvar|fevral|mart|aprel|may|iyun|iyul|avgust|sentabr sentyabr|oktabr oktyabr|noyabr|\
         dekabr",
    ),
    (
        "tg",
        "январи|феврали|марти|апрели|майи|июни|июли|августи|сентябри|октябри|ноябри|декабри",
    ),
    (
        "tr",
        "ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık",
    ),
    (
        "pl",
        "styczeń stycznia|luty lutego|marzec marca|kwiecień kwietnia|maj maja|czerwiec czerwca|\
         lipiec lipca|sierpień sierpnia|wrzesień września|październik października|\
         listopad listopada|grudzień grudnia",
    ),
];

type Meanings = Vec<(&'static str, i8)>;

static INDEX: LazyLock<BTreeMap<String, Meanings>> = LazyLock::new(|| {
    let mut index: BTreeMap<String, Meanings> = BTreeMap::new();
    for &(language, months) in NAMES {
        for (month, forms) in (1..).zip(months.split('|')) {
            for form in forms.split(' ') {
                index.entry(fold(form)).or_default().push((language, month));
            }
        }
    }
    index
});

/// What a word says of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// One month, 1 to 12.
    Month(i8),
    /// Different months in different languages (`listopad`), and the language is not known.
    Disputed,
}

/// Returns the month that the folded `word` names; `language` decides between languages that use one
/// word for two months.
pub(super) fn named(word: &str, language: Option<&str>) -> Option<Named> {
    let meanings = INDEX.get(word)?;
    let wanted = language.map(crate::language::primary);
    let spoken = meanings
        .iter()
        .find(|(l, _)| Some(crate::language::primary(l)) == wanted);
    let (_, first) = meanings.first()?;
    match spoken {
        Some(&(_, month)) => Some(Named::Month(month)),
        None if meanings.iter().all(|(_, month)| month == first) => Some(Named::Month(*first)),
        None => Some(Named::Disputed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_words_mean_two_months() {
        let disputed: Vec<&str> = INDEX
            .iter()
            .filter(|(_, m)| m.iter().any(|(_, month)| *month != m[0].1))
            .map(|(word, _)| word.as_str())
            .collect();
        assert_eq!(disputed, ["listopad", "listopada"]);
    }

    #[test]
    fn a_language_settles_a_disputed_word() {
        assert_eq!(named("listopada", None), Some(Named::Disputed));
        assert_eq!(named("listopada", Some("hr")), Some(Named::Month(10)));
        assert_eq!(named("listopada", Some("pl")), Some(Named::Month(11)));
    }
}
