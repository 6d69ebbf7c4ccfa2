//! The letter: above the card, as large as there is room for.

use crate::{
    CardSheet, PaperError, Part,
    canvas::{Canvas, Ink, MM},
    font::Style,
};

/// Room at the edges.
const MARGIN: f32 = 20.0 * MM;
/// Sizes of running text, the best first.
const SIZES: [f32; 5] = [10.0, 9.5, 9.0, 8.5, 8.0];
/// From line to line, in sizes.
const LEADING: f32 = 1.4;
/// How far a step is set in, in sizes.
const SET_IN: f32 = 2.0;

/// A line with its place.
struct Line {
    x: f32,
    y: f32,
    text: String,
    ink: Ink,
}

/// Writes the letter; it ends above `bottom`.
pub(crate) fn draw(canvas: &mut Canvas<'_, '_>, sheet: &CardSheet<'_>, bottom: f32) -> Result<(), PaperError> {
    for size in SIZES {
        if let Some(lines) = set(canvas, sheet, size, bottom)? {
            return lines.iter().try_for_each(|line| canvas.write(line.x, line.y, &line.text, line.ink));
        }
    }
    Err(PaperError::TooLong)
}

/// The letter in lines of a size; none where that is too long.
fn set(
    canvas: &Canvas<'_, '_>,
    sheet: &CardSheet<'_>,
    size: f32,
    bottom: f32,
) -> Result<Option<Vec<Line>>, PaperError> {
    let width = canvas.width - 2.0 * MARGIN;
    let (plain, bold) = (Ink::new(Style::Plain, size), Ink::new(Style::Bold, size * 1.1));
    let mut lines = Vec::new();
    let mut y = MARGIN + 2.0 * MM;
    let mut step = 0;
    let mut put = |y: &mut f32, x: f32, text: &str, ink: Ink, width: f32| -> Result<(), PaperError> {
        for text in canvas.broken(text, ink, width)? {
            lines.push(Line { x, y: *y, text, ink });
            *y += ink.size * LEADING;
        }
        Ok(())
    };
    put(&mut y, MARGIN, sheet.institution, plain.grey(), width)?;
    y += 8.0 * MM;
    put(&mut y, MARGIN, sheet.title, Ink::new(Style::Bold, 18.0), width)?;
    put(&mut y, MARGIN, sheet.serial, plain, width)?;
    y += 3.0 * MM;
    for part in sheet.letter {
        match part {
            Part::Heading(text) => {
                step = 0;
                y += size * 0.9;
                put(&mut y, MARGIN, text, bold, width)?;
            }
            Part::Paragraph(text) => put(&mut y, MARGIN, text, plain, width)?,
            Part::Step(text) => {
                step += 1;
                let set_in = SET_IN * size;
                let mut beside = y;
                put(&mut beside, MARGIN, &format!("{step}."), plain, width)?;
                put(&mut y, MARGIN + set_in, text, plain, width - set_in)?;
            }
        }
        y += size * 0.35;
    }
    Ok((y <= bottom).then_some(lines))
}
