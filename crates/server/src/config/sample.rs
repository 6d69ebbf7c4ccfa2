//! The commented sample of the configuration file, made from the declarations themselves.

use super::{ClientSettings, ForwardedHeader, SECTIONS, catalogue::ClassSettings, database::DatabaseUrl, span::Span};
use domain::device::Catalogue;
use std::fmt::Write as _;

/// A section that can write itself as a sample.
pub(crate) trait Sample {
    /// Appends the section with its comments and defaults, each default commented out.
    fn sample(out: &mut String);
}

/// A value as TOML.
pub(crate) trait Shown {
    /// The TOML text.
    fn shown(&self) -> String;
}

impl Shown for String {
    fn shown(&self) -> String {
        toml::Value::String(self.clone()).to_string()
    }
}

impl Shown for DatabaseUrl {
    fn shown(&self) -> String {
        self.to_string().shown()
    }
}

impl Shown for Vec<String> {
    fn shown(&self) -> String {
        toml::Value::from(self.clone()).to_string()
    }
}

impl Shown for ForwardedHeader {
    fn shown(&self) -> String {
        self.name().to_owned().shown()
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for u32 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for Span {
    fn shown(&self) -> String {
        format!("\"{self}\"")
    }
}

/// Doc comments as TOML comments.
pub(crate) fn comment(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("#{}", line.trim_end())).collect::<Vec<_>>().join("\n")
}

/// The whole sample: what `countersign config sample` prints.
pub fn sample() -> String {
    let mut out = String::from(
        "# Countersign: the configuration file, with every setting and its default.\n\
         # Made by `countersign config sample`. Durations are a number and s, m, h or d: \"180s\", \"15m\", \"24h\".\n\
         # Unknown settings are refused with their line, so a typing error cannot pass for a default.\n\n",
    );
    for section in SECTIONS {
        section(&mut out);
    }
    ClientSettings::sample(&mut out);
    out.push_str(
        "# Device classes. A row named as a default one replaces the cells it gives; another name adds a class and\n\
         # must give every cell. Methods: seamless, challenge_response, time_code, code_card, sent_code, static_code,\n\
         # webauthn. Issued: self-service, on-request, from-temporary-access, while-no-permanent-device, desk, legacy.\n\
         # Limits are what a withdrawal confirmed by such a device may come to: \"200000.00 USD\" or \"unlimited\".\n\
         # THIS VERSION CHECKS NO LIMIT YET: per_day and per_five_days are read and have no effect.\n",
    );
    for class in Catalogue::default().classes() {
        let _ = writeln!(out, "#[device_classes.{}]\n{}", class.name, ClassSettings::shown(class));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The settings that the sample shows, read back: used by a test that the sample is itself a valid file.
#[cfg(test)]
pub(crate) fn uncommented() -> String {
    let setting = |line: &str| {
        let rest = line.strip_prefix('#')?;
        let name_end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).unwrap_or(0);
        (rest.starts_with('[') || rest.split_at(name_end).1.starts_with(" = ")).then(|| rest.to_owned())
    };
    sample().lines().map(|line| setting(line).unwrap_or_else(|| line.to_owned())).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::File;

    #[test]
    fn the_sample_reads_as_the_defaults() {
        let plain = File::parse(&sample()).unwrap();
        let uncommented = File::parse(&uncommented()).unwrap();
        assert_eq!(format!("{:?}", plain.http), format!("{:?}", uncommented.http));
        assert_eq!(format!("{:?}", plain.policy()), format!("{:?}", uncommented.policy()));
        assert_eq!(plain.catalogue, uncommented.catalogue);
        assert_eq!(plain.catalogue, Catalogue::default());
    }

    #[test]
    fn the_committed_sample_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/countersign.sample.toml");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == sample(),
            "deploy/countersign.sample.toml is stale: countersign config sample > deploy/countersign.sample.toml"
        );
    }
}
