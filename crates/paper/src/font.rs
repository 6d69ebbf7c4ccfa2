//! The fonts, and how wide what is written in them is.

use crate::PaperError;
use krilla::text::Font;
use ttf_parser::Face;

/// A font that is embedded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// For running text.
    Plain,
    /// For headings.
    Bold,
    /// For values: 0 and O, 1 and I differ, and columns stand below each other.
    Value,
}

const FILES: [&[u8]; 3] = [
    include_bytes!("../fonts/DejaVuSans.ttf"),
    include_bytes!("../fonts/DejaVuSans-Bold.ttf"),
    include_bytes!("../fonts/DejaVuSansMono-Bold.ttf"),
];

/// One font, to draw with and to measure by.
pub(crate) struct Measured {
    pub(crate) font: Font,
    face: Face<'static>,
}

/// All fonts.
pub(crate) struct Fonts([Measured; 3]);

impl Fonts {
    pub(crate) fn load() -> Result<Self, PaperError> {
        let [plain, bold, value] = FILES;
        Ok(Self([Measured::load(plain)?, Measured::load(bold)?, Measured::load(value)?]))
    }

    pub(crate) fn of(&self, style: Style) -> &Measured {
        let Self([plain, bold, value]) = self;
        match style {
            Style::Plain => plain,
            Style::Bold => bold,
            Style::Value => value,
        }
    }
}

impl Measured {
    fn load(file: &'static [u8]) -> Result<Self, PaperError> {
        let unreadable = || PaperError::Pdf("a font cannot be read".to_owned());
        let font = Font::new(file.into(), 0).ok_or_else(unreadable)?;
        Ok(Self { font, face: Face::parse(file, 0).map_err(|_| unreadable())? })
    }

    /// How wide a text is, in points, at a size in points.
    pub(crate) fn width(&self, text: &str, size: f32) -> Result<f32, PaperError> {
        let mut units = 0.0;
        for character in text.chars() {
            let glyph = self.face.glyph_index(character).ok_or(PaperError::Character(character))?;
            units += f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0));
        }
        Ok(units * size / f32::from(self.face.units_per_em()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_wide_as_its_letters_and_an_unknown_letter_is_refused() {
        let fonts = Fonts::load().unwrap();
        let width = |style, text: &str| fonts.of(style).width(text, 10.0);
        let mono = width(Style::Value, "A").unwrap();
        assert!((width(Style::Value, "I2W").unwrap() - 3.0 * mono).abs() < 1e-3, "every value is as wide");
        assert!(width(Style::Plain, "Карта кодов").unwrap() > width(Style::Plain, "Карта").unwrap());
        assert_eq!(width(Style::Bold, "Bank 株"), Err(PaperError::Character('株')));
    }
}
