use super::*;

#[test]
fn letters_are_lowered_as_unicode_does() {
    for c in '\0'..='\u{ffff}' {
        if let Some(lower) = lower_letter(c) {
            assert!(c.is_alphanumeric(), "{c}");
            assert!(c.to_lowercase().eq([lower]), "{c}");
        }
    }
}

#[test]
fn ascii_ends_where_it_does() {
    for length in 0..20 {
        for wide in 0..=length {
            let mut bytes = vec![b'a'; length];
            if let Some(byte) = bytes.get_mut(wide) {
                *byte = 0x80;
            }
            assert_eq!(length_of_ascii(&bytes), wide, "of {length}");
        }
    }
}

#[test]
fn words_end_where_they_do() {
    for byte in 0..128_u8 {
        for place in 0..8 {
            let mut eight = *b"azAZ09mM";
            eight[place] = byte;
            let expected = length_of_word(&eight);
            assert_eq!(word_in(first_eight(&eight)), expected, "{byte} at {place}");
            assert_eq!(word_in(first_eight(&eight[..place])), place);
        }
    }
}

#[test]
fn words_are_hashed_alike_however_they_come() {
    let word = "AbcdefgH1jklmnoPqrstuvwxyz0123456789";
    for length in 0..=word.len() {
        for cut in 0..=length {
            let (mut whole, mut pieces) = (Token::NONE, Token::NONE);
            assert_eq!(whole.push_word(&word.as_bytes()[..length]), length);
            pieces.push_word(&word.as_bytes()[..cut]);
            pieces.push_word(&word.as_bytes()[cut..length]);
            assert_eq!(whole.finish(), pieces.finish());
            assert_eq!(whole.finish(), hash_of(&word[..length]));
        }
    }
}

fn of(address: &str, blocks: &[&str]) -> Sketch {
    let url: CanonicalUrl = address.parse().unwrap();
    let mut sketcher = Sketcher::new(Some(&url));
    for block in blocks {
        sketcher.push(block);
        sketcher.end_block();
    }
    sketcher.finish()
}

fn plain(blocks: &[&str]) -> Sketch {
    of("http://a.example/", blocks)
}

#[test]
fn case_and_punctuation_do_not_matter_and_blocks_do() {
    assert_eq!(
        plain(&["One, TWO – three É"]),
        plain(&["one two 'three' é!"])
    );
    assert_eq!(plain(&["a b", "c"]).text, plain(&["a", "b c"]).text);
    assert_ne!(plain(&["a b", "c"]).shingles, plain(&["a", "b c"]).shingles);
    assert_ne!(plain(&["a b"]).text, plain(&["b a"]).text);
    assert_eq!(plain(&["a b a b"]).shingles.len(), 2);
    assert_eq!(plain(&["alone"]).shingles.len(), 1);
    assert_eq!(plain(&["", " - "]), plain(&[]));
}

#[test]
fn pieces_are_one_text() {
    let mut sketcher = Sketcher::new(None);
    for piece in ["fo", "o 1", "2:3", "4 b", "är"] {
        sketcher.push(piece);
    }
    assert_eq!(sketcher.finish(), plain(&["foo 12:34 bär"]));
}

#[test]
fn clock_times_and_random_parts_of_the_address_are_not_heard() {
    let text = |blocks: &[&str]| plain(blocks).text;
    assert_eq!(text(&["at 12:34 h"]), text(&["at 9:05:59 h"]));
    assert_eq!(text(&["12:34"]), text(&["7:08"]));
    assert_ne!(text(&["room 12"]), text(&["room 13"]));
    assert_ne!(text(&["1:2"]), text(&["1:3"]), "no clock shows that");
    assert_ne!(text(&["2012:34"]), text(&["2012:35"]));
    assert_ne!(text(&["12: 34"]), text(&["12: 35"]));
    let a = of(
        "http://a.example/s/ab12cd34ef/?page=2",
        &["id AB12CD34EF page 2"],
    );
    let b = of(
        "http://a.example/s/zz99yy88xx/?page=2",
        &["id zz99yy88xx page 2"],
    );
    assert_eq!(a.text, b.text);
    let c = of(
        "http://a.example/s/zz99yy88xx/?page=3",
        &["id zz99yy88xx page 3"],
    );
    assert_ne!(b.text, c.text);
}

#[test]
fn the_smallest_are_kept_whatever_the_length() {
    let words: Vec<String> = (0..200_000).map(|n| format!("w{n}")).collect();
    let sketch = plain(&[&words.join(" ")]);
    assert_eq!(sketch.shingles.len(), MAX_SHINGLES);
    assert!(sketch.shingles.is_sorted());
    let mut all: Vec<u64> = words
        .windows(2)
        .map(|two| pair(hash_of(&two[0]), hash_of(&two[1])))
        .collect();
    all.sort_unstable();
    assert_eq!(sketch.shingles, all[..MAX_SHINGLES]);
}
