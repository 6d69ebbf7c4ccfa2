//! `[log] filter`: what of it can be read, and what would log nothing.

use super::section::Wrong;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// Names that something is logged under: ours, and those of the libraries that log.
const TARGETS: [&str; 12] = [
    "countersign",
    "store",
    "domain",
    "oidc",
    "hyper",
    "hyper_util",
    "reqwest",
    "rustls",
    "tokio",
    "tokio_postgres",
    "tower_http",
    "lettre",
];

/// Whether a filter can be read at all.
pub(super) fn readable(filter: &str) -> Option<Wrong> {
    let error = EnvFilter::try_new(filter).err()?;
    Some(Wrong::Because(filter.to_owned(), error.to_string()))
}

/// What of a filter lets nothing through: a misspelt level is read as the name of a part that logs.
pub(super) fn warning(filter: &str) -> Option<String> {
    let names_nothing = |directive: &&str| {
        let (target, level) = directive.split_once('=').unwrap_or((directive, ""));
        let target = target.split(['[', ':']).next().unwrap_or_default();
        let is_level = level.is_empty() && target.parse::<LevelFilter>().is_ok();
        !target.is_empty() && !is_level && !TARGETS.contains(&target)
    };
    let unknown = filter.split(',').map(str::trim).find(names_nothing)?;
    Some(format!(
        "log.filter: {unknown:?} is no level (error, warn, info, debug, trace, off), and nothing of that name logs"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_lets_nothing_through_is_named() {
        for good in
            ["info", "INFO", "off", "info,countersign=debug", "warn,store=trace", "countersign::http=debug", "2"]
        {
            assert_eq!((readable(good), warning(good)), (None, None), "{good}");
        }
        for bad in ["infoo", "info,countersing=debug", "debgu,store=info"] {
            assert!(warning(bad).is_some(), "{bad}");
        }
        assert!(readable("countersign=loud").is_some());
    }
}
