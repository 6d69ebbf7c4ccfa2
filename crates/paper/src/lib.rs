//! What goes on paper: a code card with its letter, as PDF. Values and words in, octets out.
//!
//! A sheet holds both: the letter above, and below it the card with marks to cut it out by, its two sides beside each
//! other with a fold between them. Fonts are embedded, so that it looks the same everywhere.

mod canvas;
mod card;
mod font;
mod letter;

use canvas::Canvas;
use font::Fonts;
use krilla::{Document, SerializeSettings, metadata::Metadata, page::PageSettings};
use zeroize::Zeroizing;

/// The size of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// ISO 216: 210 × 297 mm.
    A4,
    /// North America: 8.5 × 11 inches.
    Letter,
}

impl Size {
    /// Width and height in points, 72 of which are an inch.
    fn points(self) -> [f32; 2] {
        match self {
            Self::A4 => [595.28, 841.89],
            Self::Letter => [612.0, 792.0],
        }
    }
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A line above what follows.
    Heading(String),
    /// Some sentences.
    Paragraph(String),
    /// Something to do, numbered from one behind each heading.
    Step(String),
}

/// A code card and its letter.
pub struct CardSheet<'a> {
    /// The size of the sheet.
    pub size: Size,
    /// The language as a BCP 47 tag, for programs that read aloud.
    pub language: &'a str,
    /// Whose card it is.
    pub institution: &'a str,
    /// What the card is called.
    pub title: &'a str,
    /// The serial number, with what it is.
    pub serial: &'a str,
    /// The letter.
    pub letter: &'a [Part],
    /// What stands at the places, from one on.
    pub values: &'a [Zeroizing<String>],
}

/// Why nothing can be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// The fonts have no such character.
    #[error("the fonts for printing have no character {0:?}")]
    Character(char),
    /// The letter is longer than its sheet.
    #[error("the letter does not fit on one sheet")]
    TooLong,
    /// The card has no values, or more than can be read.
    #[error("a card has 1 to {MOST} places")]
    Places,
    /// The writer of PDF files.
    #[error("the PDF file cannot be made: {0}")]
    Pdf(String),
}

/// Most places that can be printed legibly.
pub const MOST: usize = 256;

/// The sheet as a PDF file. It holds the card's values: whoever has it has the card.
///
/// ```
/// use paper::{CardSheet, Part, Size, card};
///
/// let values: Vec<_> = (0..224).map(|_| String::from("A2B").into()).collect();
/// let sheet = CardSheet {
///     size: Size::A4,
///     language: "en",
///     institution: "Example Bank",
///     title: "Security Code Card",
///     serial: "Serial number 4410-0073",
///     letter: &[Part::Paragraph("Keep it apart from your password.".into())],
///     values: &values,
/// };
/// assert!(card(&sheet)?.starts_with(b"%PDF-"));
/// # Ok::<(), paper::PaperError>(())
/// ```
///
/// # Errors
/// When the fonts do not have what is written, or it does not fit.
pub fn card(sheet: &CardSheet<'_>) -> Result<Zeroizing<Vec<u8>>, PaperError> {
    let fonts = Fonts::load()?;
    // Metadata that a program would add (the time, a random id) would only say more than the paper does.
    let settings = SerializeSettings { xmp_metadata: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let title = format!("{} – {}", sheet.title, sheet.serial);
    document.set_metadata(Metadata::new().title(title).language(sheet.language.to_owned()));
    let [width, height] = sheet.size.points();
    let of_page = PageSettings::from_wh(width, height).ok_or_else(|| PaperError::Pdf("no page".to_owned()))?;
    let mut page = document.start_page_with(of_page);
    let mut surface = page.surface();
    {
        let mut canvas = Canvas::new(&mut surface, &fonts, width, height);
        let top = card::draw(&mut canvas, sheet)?;
        letter::draw(&mut canvas, sheet, top)?;
    }
    surface.finish();
    page.finish();
    document.finish().map(Zeroizing::new).map_err(|error| PaperError::Pdf(format!("{error:?}")))
}
