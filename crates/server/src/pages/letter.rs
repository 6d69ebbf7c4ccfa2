//! The letter that a printed code card comes with. Its sentences stand in the catalogues, as those of pages do.

use super::{DeskLine, frame::class_name};
use i18n::Lang;
use paper::Part;

/// What the letter is about.
#[derive(Debug, Clone)]
pub struct CardLetter {
    /// The card's class.
    pub class: String,
    /// What such a card is called in choosers.
    pub label: String,
    /// Its serial number.
    pub serial: String,
    /// How many places it has.
    pub places: usize,
    /// Where its user logs in.
    pub address: String,
    /// Whether a value may be used more than once.
    pub reuse: bool,
    /// The desk's numbers.
    pub desk: Vec<DeskLine>,
}

impl CardLetter {
    /// What the card is called.
    pub fn title(&self, lang: Lang) -> String {
        class_name(lang, &self.class).unwrap_or_else(|| self.label.clone())
    }

    /// The serial number, with what it is.
    pub fn serial(&self, lang: Lang) -> String {
        lang.t_with("printed-serial", &[("serial", self.serial.as_str().into())])
    }

    /// The letter.
    pub fn parts(&self, lang: Lang) -> Vec<Part> {
        let (heading, paragraph) = (|key| Part::Heading(lang.t(key)), |key| Part::Paragraph(lang.t(key)));
        let step = |key, name: &str, value: &str| Part::Step(lang.t_with(key, &[(name, value.into())]));
        let places = i64::try_from(self.places).unwrap_or(i64::MAX);
        let mut parts = vec![
            Part::Paragraph(lang.t_with("printed-lead", &[("places", places.into())])),
            heading("printed-begin"),
            Part::Step(lang.t("printed-cut")),
            step("printed-activate", "address", &self.address),
            heading("printed-login"),
            step("printed-choose", "label", &self.label),
            Part::Step(lang.t("printed-type")),
        ];
        parts.extend((!self.reuse).then(|| paragraph("printed-once")));
        parts.extend([
            heading("printed-never"),
            paragraph("printed-two"),
            paragraph("printed-more"),
            paragraph("printed-copy"),
            heading("printed-lost"),
            paragraph("printed-report"),
        ]);
        let numbers: Vec<_> = self.desk.iter().map(|desk| format!("{} {}", desk.country, desk.phone)).collect();
        if !numbers.is_empty() {
            parts.push(Part::Paragraph(lang.t_with("printed-numbers", &[("numbers", numbers.join(" · ").into())])));
        }
        parts
    }
}
