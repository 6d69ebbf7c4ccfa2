//! Codes to be scanned, as paths for the page to draw: no picture is loaded and nothing leaves the page.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// White modules around a code (ISO/IEC 18004, 6.3.8).
const QUIET: i32 = 4;

/// A code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Modules along an edge, with the quiet zone.
    pub size: i32,
    /// The dark modules, as the `d` of an SVG path.
    pub path: String,
    /// The text in the code.
    pub text: String,
}

impl Qr {
    /// The code of a text; none when it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            // Runs of a row, not single modules: some browsers leave hairlines between neighbours.
            let mut x = 0;
            while x < code.size() {
                let run = (x..code.size()).take_while(|at| code.get_module(*at, y)).count();
                let run = i32::try_from(run).unwrap_or(0);
                if run > 0 {
                    let _ = write!(path, "M{},{}h{run}v1h-{run}z", x + QUIET, y + QUIET);
                }
                x += run + 1;
            }
        }
        Some(Self { size: code.size() + 2 * QUIET, path, text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the path back into modules.
    fn modules(qr: &Qr) -> Vec<(i32, i32)> {
        let runs = qr.path.split('z').filter(|run| !run.is_empty());
        runs.flat_map(|run| {
            let (at, rest) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = at.split_once(',').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            (0..length).map(move |step| (x + step, y))
        })
        .collect()
    }

    #[test]
    fn the_path_draws_every_dark_module_and_no_other() {
        let text =
            "https://login.example/app/#login=0190f3a2-0000-7000-8000-000000000000.00112233445566778899aabbccddeeff";
        let qr = Qr::of(text).unwrap();
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let size = code.size();
        let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
        assert_eq!(modules(&qr), dark.map(|(x, y)| (x + QUIET, y + QUIET)).collect::<Vec<_>>());
        assert_eq!(qr.size, size + 8);
        assert_eq!(Qr::of(&"x".repeat(5000)), None);
    }
}
