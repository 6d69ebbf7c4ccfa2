//! Sections of the configuration file: one row for each setting gives its type, its default, what it must keep to, the
//! refusal with its line, and the commented sample.

use super::{ConfigError, line_at};
use std::{
    collections::BTreeMap,
    fmt::Display,
    ops::{RangeFrom, RangeInclusive},
};
use toml::Spanned;

/// Declares a section. Doc comments become the sample's comments, so what is written there is for operators.
///
/// A row is `pub name: Type = default`, and where the value must keep to something `, in RANGE` or `, is check` (a
/// function from the value to what is [`Wrong`] with it). `together rules` names a method for what several settings
/// must keep to among each other: it gives [`Broken`] rules.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident = $table:literal $(, together $rules:ident)? {
            $(
                $(#[doc = $doc:literal])+
                pub $field:ident: $type:ty = $default:expr $(, in $range:expr)? $(, is $check:expr)?;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        const _: () = {
            #[derive(Debug, Default, serde::Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct Written {
                $($field: Option<toml::Spanned<$type>>,)+
            }

            impl $crate::config::section::Section for $name {
                type Written = Written;

                fn checked(written: Written, text: &str, errors: &mut Vec<$crate::config::ConfigError>) -> Self {
                    let mut reading = $crate::config::section::Reading::new(text);
                    let section = Self {
                        $($field: reading.value(stringify!($field), written.$field).unwrap_or_else(|| $default),)+
                    };
                    $($(reading.within(stringify!($field), &section.$field, &$range);)?)+
                    $($(reading.refuse(stringify!($field), $check(&section.$field));)?)+
                    $(reading.broken(section.$rules());)?
                    errors.append(&mut reading.errors);
                    section
                }
            }

            impl $crate::config::in_force::InForce for $name {
                fn in_force(&self) -> $crate::config::in_force::Table {
                    use $crate::config::{in_force::{Row, Table}, sample::Shown};
                    let defaults = Self::default();
                    let rows = vec![$(Row {
                        name: stringify!($field),
                        value: $crate::config::in_force::harmless(&Shown::shown(&self.$field)),
                        is_default: self.$field == defaults.$field,
                        about: [$($doc),+].concat().trim().to_owned(),
                    }),+];
                    Table { name: $table, rows }
                }
            }

            impl $crate::config::sample::Sample for $name {
                fn sample(out: &mut String) {
                    use std::fmt::Write as _;
                    let defaults = Self::default();
                    let _ = writeln!(out, "{}\n[{}]", $crate::config::sample::comment(&[$($about),+]), $table);
                    $(
                        let value = $crate::config::sample::Shown::shown(&defaults.$field);
                        let _ = writeln!(out, "{}", $crate::config::sample::comment(&[$($doc),+]));
                        $(let _ = writeln!(out, "# {}.", $crate::config::section::Bounds::words(&$range));)?
                        let _ = writeln!(out, "#{} = {value}\n", stringify!($field));
                    )+
                }
            }
        };
    };
}
pub(crate) use section;

/// A section that can be read.
pub(crate) trait Section: Sized {
    /// As it stands in the file: what is set, and where.
    type Written;

    /// The section with defaults for what is not set; what is refused is added to the errors.
    fn checked(written: Self::Written, text: &str, errors: &mut Vec<ConfigError>) -> Self;
}

/// What is wrong with a value. It follows the setting's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    /// What the value must be.
    #[error(" must be {0}")]
    Must(String),
    /// What one value of several is not.
    #[error(": {0:?} is not {1}")]
    Not(String, &'static str),
    /// What was found out about a value.
    #[error(": {0:?}: {1}")]
    Because(String, String),
}

/// A rule between settings that is broken: the setting whose line is named, and the whole reason.
pub(crate) struct Broken(pub(crate) &'static str, pub(crate) String);

/// One section while it is read.
pub(crate) struct Reading<'a> {
    text: &'a str,
    lines: BTreeMap<&'static str, usize>,
    pub(crate) errors: Vec<ConfigError>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, lines: BTreeMap::new(), errors: Vec::new() }
    }

    /// A value as written, and a note of its line.
    pub(crate) fn value<T>(&mut self, name: &'static str, written: Option<Spanned<T>>) -> Option<T> {
        let written = written?;
        self.lines.insert(name, line_at(self.text, written.span().start));
        Some(written.into_inner())
    }

    pub(crate) fn within<T>(&mut self, name: &'static str, value: &T, bounds: &impl Bounds<T>) {
        if !bounds.hold(value) {
            self.refuse(name, [Wrong::Must(bounds.words())]);
        }
    }

    pub(crate) fn refuse(&mut self, name: &'static str, wrong: impl IntoIterator<Item = Wrong>) {
        self.broken(wrong.into_iter().map(|wrong| Broken(name, format!("{name}{wrong}"))));
    }

    pub(crate) fn broken(&mut self, rules: impl IntoIterator<Item = Broken>) {
        let lines = &self.lines;
        // What is not set stands on no line.
        let error = |Broken(name, reason)| ConfigError::new(lines.get(name).copied().unwrap_or(0), reason);
        self.errors.extend(rules.into_iter().map(error));
    }
}

/// The least and the most that a value may be.
pub(crate) trait Bounds<T> {
    /// Whether a value keeps to them.
    fn hold(&self, value: &T) -> bool;
    /// In words, for refusals and the sample.
    fn words(&self) -> String;
}

impl<T: PartialOrd + Display> Bounds<T> for RangeInclusive<T> {
    fn hold(&self, value: &T) -> bool {
        self.contains(value)
    }

    fn words(&self) -> String {
        format!("{} to {}", self.start(), self.end())
    }
}

impl<T: PartialOrd + Display> Bounds<T> for RangeFrom<T> {
    fn hold(&self, value: &T) -> bool {
        self.contains(value)
    }

    fn words(&self) -> String {
        format!("at least {}", self.start)
    }
}
