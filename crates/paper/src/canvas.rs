//! A page to draw on: text, lines, and text broken into lines.

use crate::{
    PaperError,
    font::{Fonts, Style},
};
use krilla::{
    color::luma,
    geom::{PathBuilder, Point},
    num::NormalizedF32,
    paint::{Fill, FillRule, Stroke, StrokeDash},
    surface::Surface,
    text::TextDirection,
};

/// A millimetre in points.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// Black.
pub(crate) const BLACK: u8 = 0;
/// What helps to find something and is not it.
pub(crate) const GREY: u8 = 95;

/// How something is written.
#[derive(Clone, Copy)]
pub(crate) struct Ink {
    pub(crate) style: Style,
    pub(crate) size: f32,
    pub(crate) grey: u8,
}

impl Ink {
    pub(crate) const fn new(style: Style, size: f32) -> Self {
        Self { style, size, grey: BLACK }
    }

    pub(crate) const fn grey(self) -> Self {
        Self { grey: GREY, ..self }
    }
}

/// A page; points from its upper left corner.
pub(crate) struct Canvas<'a, 's> {
    surface: &'a mut Surface<'s>,
    fonts: &'a Fonts,
    /// The width of the page.
    pub(crate) width: f32,
    /// The height of the page.
    pub(crate) height: f32,
}

impl<'a, 's> Canvas<'a, 's> {
    pub(crate) fn new(surface: &'a mut Surface<'s>, fonts: &'a Fonts, width: f32, height: f32) -> Self {
        Self { surface, fonts, width, height }
    }

    /// How wide a text is.
    pub(crate) fn measure(&self, text: &str, ink: Ink) -> Result<f32, PaperError> {
        self.fonts.of(ink.style).width(text, ink.size)
    }

    /// Writes a line that begins at `x` and stands on `y`.
    pub(crate) fn write(&mut self, x: f32, y: f32, text: &str, ink: Ink) -> Result<(), PaperError> {
        // Refuses what the font does not have.
        self.measure(text, ink)?;
        let fill =
            Fill { paint: luma::Color::new(ink.grey).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero };
        self.surface.set_fill(Some(fill));
        self.surface.set_stroke(None);
        let font = self.fonts.of(ink.style).font.clone();
        self.surface.draw_text(Point::from_xy(x, y), font, ink.size, text, false, TextDirection::LeftToRight);
        Ok(())
    }

    /// The same, so that it ends at `x`.
    pub(crate) fn write_before(&mut self, x: f32, y: f32, text: &str, ink: Ink) -> Result<(), PaperError> {
        let width = self.measure(text, ink)?;
        self.write(x - width, y, text, ink)
    }

    /// Draws a line.
    pub(crate) fn line(&mut self, from: [f32; 2], to: [f32; 2], dashed: bool) {
        let mut path = PathBuilder::new();
        path.move_to(from[0], from[1]);
        path.line_to(to[0], to[1]);
        let Some(path) = path.finish() else { return };
        let dash = dashed.then(|| StrokeDash { array: vec![2.5, 2.5], offset: 0.0 });
        let stroke = Stroke { paint: luma::Color::new(GREY).into(), width: 0.5, dash, ..Stroke::default() };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(stroke));
        self.surface.draw_path(&path);
    }

    /// A text in lines that are not wider than this.
    pub(crate) fn broken(&self, text: &str, ink: Ink, width: f32) -> Result<Vec<String>, PaperError> {
        let mut lines = vec![String::new()];
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let Some(line) = lines.last_mut() else { break };
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || self.fonts.of(ink.style).width(&longer, ink.size)? <= width {
                *line = longer;
            } else {
                lines.push(word.to_owned());
            }
        }
        Ok(lines)
    }
}
