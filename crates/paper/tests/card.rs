//! What is printed is read back by a program that is not ours (pdftotext and pdfinfo of poppler).

#![expect(clippy::unwrap_used, reason = "tests")]

use paper::{CardSheet, PaperError, Part, Size, card};
use std::{process::Command, str::FromStr};
use zeroize::Zeroizing;

/// Values none of which is another's, of letters and digits, some of digits alone.
fn values(count: u32) -> Vec<Zeroizing<String>> {
    let letters: Vec<char> = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789".chars().collect();
    let at = |n: u32| letters.iter().copied().nth((n % 32) as usize).unwrap();
    (0..count)
        .map(|n| n * 2909 % 32_768)
        .map(|n| Zeroizing::new([at(n), at(n / 32), at(n / 1024)].iter().collect::<String>()))
        .collect()
}

fn letter(sentence: &str) -> Vec<Part> {
    let of = |text: &str| text.to_owned();
    vec![
        Part::Paragraph(of(sentence)),
        Part::Heading(of("Erstens")),
        Part::Step(of(sentence)),
        Part::Step(of("é ß № “…” – ё")),
    ]
}

fn sheet<'a>(size: Size, values: &'a [Zeroizing<String>], letter: &'a [Part]) -> CardSheet<'a> {
    let (language, title) = match size {
        Size::A4 => ("ru", "Карта кодов безопасности"),
        Size::Letter => ("en", "Security Code Card"),
    };
    CardSheet { size, language, institution: "Example Bank", title, serial: "№ 4410-0073", letter, values }
}

/// What a program of poppler says of a PDF file.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("card.pdf");
    std::fs::write(&path, pdf).unwrap();
    let mut command = Command::new(program);
    if program == "pdftotext" {
        command.args(arguments).arg(&path).arg("-");
    } else {
        command.arg(&path);
    }
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// A word of a page, and where it stands.
#[derive(Debug)]
struct Word {
    left: f32,
    right: f32,
    top: f32,
    text: String,
}

fn words(pdf: &[u8]) -> Vec<Word> {
    let html = poppler("pdftotext", &["-bbox"], pdf);
    let of = |line: &str| {
        let (_, tag) = line.split_once("<word ")?;
        let number = |name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\""))?;
            f32::from_str(rest.split_once('"')?.0).ok()
        };
        let text = tag.split_once('>')?.1.strip_suffix("</word>")?.to_owned();
        Some(Word { left: number("xMin")?, right: number("xMax")?, top: number("yMin")?, text })
    };
    html.lines().filter_map(of).collect()
}

/// The word that begins next behind this one, on the same line.
fn behind<'a>(words: &'a [Word], number: &Word) -> &'a Word {
    let beside = words.iter().filter(|word| word.left >= number.right && (word.top - number.top).abs() < 4.0);
    beside.min_by(|a, b| a.left.total_cmp(&b.left)).unwrap()
}

#[test]
fn each_value_stands_once_behind_its_number() {
    for size in [Size::A4, Size::Letter] {
        let values = values(224);
        let letter = letter("Слова, words and Wörter.");
        let pdf = card(&sheet(size, &values, &letter)).unwrap();
        let words = words(&pdf);
        // Below the letter.
        let on_card: Vec<_> = words.iter().filter(|word| word.top > 560.0).collect();
        for (place, value) in (1..).zip(&values) {
            assert_eq!(words.iter().filter(|word| word.text == **value).count(), 1, "{place}");
            let number: Vec<_> = on_card.iter().filter(|word| word.text == place.to_string()).collect();
            let found = number.iter().filter(|number| behind(&words, number).text == **value).count();
            assert_eq!(found, 1, "{place}: {number:?}");
        }
        // Both sides say what they are, and nothing else stands there.
        let heads = on_card.len() - 2 * values.len();
        let of_head =
            sheet(size, &values, &letter).title.split(' ').count() + "Example Bank · № 4410-0073".split(' ').count();
        assert_eq!(heads, 2 * of_head);
    }
}

#[test]
fn sheets_have_their_size_and_every_font_is_embedded() {
    let values = values(224);
    let letter = letter("Words.");
    for (size, said) in [(Size::A4, "595.28 x 841.89 pts (A4)"), (Size::Letter, "612 x 792 pts (letter)")] {
        let pdf = card(&sheet(size, &values, &letter)).unwrap();
        let info = poppler("pdfinfo", &[], &pdf);
        assert!(info.contains(said), "{info}");
        assert!(info.lines().any(|line| line.starts_with("Pages:") && line.ends_with(" 1")), "{info}");
        let fonts = poppler("pdffonts", &[], &pdf);
        let fonts: Vec<_> = fonts.lines().skip(2).collect();
        assert_eq!(fonts.len(), 3);
        assert!(fonts.iter().all(|line| line.contains("yes yes yes")), "{fonts:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let few = values(224);
    let made = |values: &[Zeroizing<String>], letter: &[Part]| card(&sheet(Size::A4, values, letter)).map(drop);
    assert_eq!(made(&few, &letter(&"words ".repeat(300))), Ok(()));
    assert_eq!(made(&few, &letter(&"words ".repeat(900))), Err(PaperError::TooLong));
    assert_eq!(made(&few, &letter("株式会社")), Err(PaperError::Character('株')));
    assert_eq!(made(&values(0), &letter("Words.")), Err(PaperError::Places));
    assert_eq!(made(&values(256), &letter("Words.")), Ok(()));
    assert_eq!(made(&values(257), &letter("Words.")), Err(PaperError::Places));
}
