//! `[product]`: what customers see of the institution on every page.

use super::section::{Wrong, section};

section! {
    /// What customers see of the institution.
    pub struct Product = "product" {
        /// The name on pages and in messages.
        pub name: String = "Countersign".to_owned(), is name;
        /// A picture beside it, a file that ends with .svg or .png, of 64 KiB at most. Empty: ours.
        pub logo_file: String = String::new(), is picture;
        /// The colour of links and buttons, as #rrggbb; dark enough to be read on light pages.
        pub accent: String = "#0a5163".to_owned(), is on_light;
        /// The same for dark pages, and light enough.
        pub accent_dark: String = "#84cad7".to_owned(), is on_dark;
    }
}

/// The most that a logo may take, octets.
pub const LOGO: u64 = 64 * 1024;

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// What stands behind links and buttons on light pages: `--page`, `--surface` and `--soft` of the style sheet.
const LIGHT: [Colour; 3] = [Colour([0xf2, 0xf4, 0xf6]), Colour([0xff, 0xff, 0xff]), Colour([0xe4, 0xef, 0xf1])];
/// The same on dark pages, and what is written on a button there, `--on-accent`.
const DARK: [Colour; 4] =
    [Colour([0x0f, 0x16, 0x1c]), Colour([0x18, 0x22, 0x2b]), Colour([0x17, 0x32, 0x3a]), Colour([0x06, 0x24, 0x2c])];
/// What text needs (WCAG 2.2, 1.4.3).
const ENOUGH: f64 = 4.5;

impl Colour {
    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let [_, r, g, b] = u32::from_str_radix(digits, 16).ok().filter(|_| all)?.to_be_bytes();
        Some(Self([r, g, b]))
    }

    /// This colour with some of another one in it: 0 to 100 per cent.
    #[must_use]
    pub fn with(self, other: Self, percent: u16) -> Self {
        let mix = |own: u8, other: u8| {
            let mixed = (u16::from(own) * (100 - percent) + u16::from(other) * percent) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        let (Self([r, g, b]), Self([r2, g2, b2])) = (self, other);
        Self([mix(r, r2), mix(g, g2), mix(b, b2)])
    }

    /// Relative luminance (WCAG 2.2, definitions).
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The contrast with another colour, from 1 to 21 (WCAG 2.2, definitions).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self([r, g, b]) = self;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Product {
    /// The two colours, read; ours in place of what is none.
    pub fn accents(&self) -> (Colour, Colour) {
        let ours = Self::default();
        let read = |text: &str, ours: &str| Colour::parse(text).or_else(|| Colour::parse(ours));
        let black = Colour([0, 0, 0]);
        (read(&self.accent, &ours.accent).unwrap_or(black), read(&self.accent_dark, &ours.accent_dark).unwrap_or(black))
    }
}

fn name(name: &str) -> Option<Wrong> {
    let fits = !name.trim().is_empty() && name.chars().count() <= 60 && !name.chars().any(char::is_control);
    (!fits).then(|| Wrong::Not(name.to_owned(), "a name of 1 to 60 characters"))
}

fn picture(path: &str) -> Option<Wrong> {
    let fits = path.is_empty() || path.ends_with(".svg") || path.ends_with(".png");
    (!fits).then(|| Wrong::Not(path.to_owned(), "a file that ends with .svg or .png"))
}

fn on_light(text: &str) -> Option<Wrong> {
    readable(text, &LIGHT, "dark enough: text in it has a contrast below 4.5 on light pages (WCAG 2.2, 1.4.3)")
}

fn on_dark(text: &str) -> Option<Wrong> {
    readable(text, &DARK, "light enough: text in it has a contrast below 4.5 on dark pages (WCAG 2.2, 1.4.3)")
}

fn readable(text: &str, behind: &[Colour], unreadable: &'static str) -> Option<Wrong> {
    let Some(colour) = Colour::parse(text) else {
        return Some(Wrong::Not(text.to_owned(), "a colour, such as \"#0a5163\""));
    };
    let unread = behind.iter().any(|behind| colour.contrast(*behind) < ENOUGH);
    unread.then(|| Wrong::Not(text.to_owned(), unreadable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::File;

    fn error(text: &str) -> String {
        File::parse(text).err().map(|errors| errors[0].to_string()).unwrap_or_default()
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let (white, black) = (Colour([255; 3]), Colour([0; 3]));
        assert!((white.contrast(black) - 21.0).abs() < 1e-9);
        assert!((white.contrast(white) - 1.0).abs() < 1e-9);
        // The grey that is known to pass just so, and the one beside it that does not.
        assert!(Colour::parse("#767676").unwrap().contrast(white) >= ENOUGH);
        assert!(Colour::parse("#777777").unwrap().contrast(white) < ENOUGH);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line() {
        assert!(
            error("[product]\naccent = \"#ffcc00\"\n").starts_with("line 2: accent: \"#ffcc00\" is not dark enough")
        );
        assert!(
            error("[product]\naccent_dark = \"#123456\"\n")
                .starts_with("line 2: accent_dark: \"#123456\" is not light")
        );
        for bad in ["red", "#fff", "#gggggg", "#+12345", ""] {
            assert!(error(&format!("[product]\naccent = \"{bad}\"\n")).contains("is not a colour"), "{bad}");
        }
        assert!(error("[product]\nlogo_file = \"logo.exe\"\n").starts_with("line 2: logo_file"));
        assert!(error("[product]\nname = \" \"\n").starts_with("line 2: name"));
        assert_eq!(error("[product]\nname = \"Alpine Bank\"\naccent = \"#7a1f3d\"\naccent_dark = \"#f2a8bf\"\n"), "");
    }

    #[test]
    fn a_mixture_lies_between_its_parts() {
        let colour = Colour::parse("#0a5163").unwrap();
        assert_eq!((colour.with(Colour([0; 3]), 0), colour.with(Colour([0; 3]), 100)), (colour, Colour([0; 3])));
        assert_eq!(colour.with(Colour([255; 3]), 50).to_string(), "#84a8b1");
    }
}
