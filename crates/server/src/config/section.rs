//! Sections of the configuration file: one declaration gives the type, its defaults and the commented sample.

/// Declares a section. Doc comments become the sample's comments, so what is written there is for operators.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident = $table:literal {
            $($(#[doc = $doc:literal])+ pub $field:ident: $type:ty = $default:expr,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $crate::config::sample::Sample for $name {
            fn sample(out: &mut String) {
                use std::fmt::Write as _;
                let defaults = Self::default();
                let _ = writeln!(out, "{}\n[{}]", $crate::config::sample::comment(&[$($about),+]), $table);
                $(
                    let value = $crate::config::sample::Shown::shown(&defaults.$field);
                    let _ = writeln!(
                        out, "{}\n#{} = {value}\n", $crate::config::sample::comment(&[$($doc),+]), stringify!($field),
                    );
                )+
            }
        }
    };
}
pub(crate) use section;
