//! The card: two sides of a card's format (ISO/IEC 7810 ID-1) beside each other, to be cut out and folded.

use crate::{
    CardSheet, MOST, PaperError,
    canvas::{Canvas, Ink, MM},
    font::Style,
};

/// A side of the card.
const SIDE: [f32; 2] = [85.6 * MM, 53.98 * MM];
/// Room below the card.
const BELOW: f32 = 18.0 * MM;
/// Room above the card, between it and the letter.
const ABOVE: f32 = 8.0 * MM;
/// Room at the edges of a side.
const EDGE: f32 = 3.5 * MM;
/// Places beside each other.
const COLUMNS: usize = 8;
/// The head of a side.
const HEAD: f32 = 5.2 * MM;
/// How long a mark is, and how far from the corner.
const MARK: [f32; 2] = [5.0 * MM, 1.0 * MM];

/// Draws the card with its marks; where it begins, with room above.
pub(crate) fn draw(canvas: &mut Canvas<'_, '_>, sheet: &CardSheet<'_>) -> Result<f32, PaperError> {
    if sheet.values.is_empty() || sheet.values.len() > MOST {
        return Err(PaperError::Places);
    }
    let [width, height] = SIDE;
    let left = canvas.width / 2.0 - width;
    let top = canvas.height - BELOW - height;
    marks(canvas, left, top);
    // Whole rows, so that no side begins in the middle of one.
    let half = sheet.values.len().div_ceil(2).next_multiple_of(COLUMNS);
    for (number, values) in sheet.values.chunks(half).enumerate() {
        let x = if number == 0 { left } else { left + width };
        let side = Side { x, top, first: number * half + 1, rows: half / COLUMNS };
        side.head(canvas, sheet)?;
        side.values(canvas, values)?;
    }
    Ok(top - ABOVE)
}

/// Where to cut, at the corners, and where to fold.
fn marks(canvas: &mut Canvas<'_, '_>, left: f32, top: f32) {
    let [width, height] = SIDE;
    let [long, apart] = MARK;
    let (right, bottom) = (left + 2.0 * width, top + height);
    for y in [top, bottom] {
        canvas.line([left - apart - long, y], [left - apart, y], false);
        canvas.line([right + apart, y], [right + apart + long, y], false);
    }
    for x in [left, right] {
        canvas.line([x, top - apart - long], [x, top - apart], false);
        canvas.line([x, bottom + apart], [x, bottom + apart + long], false);
    }
    canvas.line([left + width, top - apart - long], [left + width, bottom + apart + long], true);
}

/// One side.
struct Side {
    x: f32,
    top: f32,
    /// The number of its first place.
    first: usize,
    rows: usize,
}

impl Side {
    fn head(&self, canvas: &mut Canvas<'_, '_>, sheet: &CardSheet<'_>) -> Result<(), PaperError> {
        let [width, _] = SIDE;
        let (left, right, y) = (self.x + EDGE, self.x + width - EDGE, self.top + EDGE + 2.0 * MM);
        let (name, serial) = (Ink::new(Style::Bold, 6.2), Ink::new(Style::Plain, 5.6));
        let room = right - left - canvas.measure(sheet.serial, serial)? - 2.0 * MM;
        // The card says what it is; whose it is where there is room.
        let whole = format!("{} · {}", sheet.institution, sheet.title);
        let name_fits = canvas.measure(&whole, name)? <= room;
        canvas.write(left, y, if name_fits { &whole } else { sheet.title }, name)?;
        canvas.write_before(right, y, sheet.serial, serial)?;
        canvas.line([left, y + 1.3 * MM], [right, y + 1.3 * MM], false);
        Ok(())
    }

    fn values(&self, canvas: &mut Canvas<'_, '_>, values: &[impl AsRef<str>]) -> Result<(), PaperError> {
        let [width, height] = SIDE;
        let cell = [(width - 2.0 * EDGE) / COLUMNS as f32, (height - 2.0 * EDGE - HEAD) / self.rows.max(14) as f32];
        let (number, value) = (Ink::new(Style::Plain, 5.0).grey(), Ink::new(Style::Value, 6.9));
        for (index, text) in values.iter().enumerate() {
            let (row, column) = (index / COLUMNS, index % COLUMNS);
            let x = self.x + EDGE + column as f32 * cell[0];
            let y = self.top + EDGE + HEAD + (row as f32 + 0.8) * cell[1];
            canvas.write_before(x + 3.6 * MM, y, &(self.first + index).to_string(), number)?;
            canvas.write(x + 4.4 * MM, y, text.as_ref(), value)?;
        }
        Ok(())
    }
}
