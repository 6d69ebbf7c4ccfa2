//! What was measured, and the table of it.

use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Latencies up to here are told apart; longer ones count as this long. Microseconds.
const LONGEST: u64 = 120_000_000;

/// Latencies and failures of one kind of operation.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    latencies: Histogram<u64>,
    errors: BTreeMap<String, u64>,
    lasted: Duration,
}

impl Default for Figures {
    fn default() -> Self {
        let latencies = Histogram::new_with_bounds(1, LONGEST, 3);
        // The bounds above are good ones; an unbounded histogram counts the same.
        let latencies = latencies.or_else(|_| Histogram::new(3));
        #[expect(clippy::expect_used, reason = "three digits are always allowed")]
        Self { latencies: latencies.expect("three digits"), errors: BTreeMap::new(), lasted: Duration::ZERO }
    }
}

impl Figures {
    /// Counts an operation; what it gave, if it succeeded.
    pub(super) fn note<T>(&mut self, took: Duration, result: Result<T, String>) -> Option<T> {
        match result {
            Ok(gave) => {
                self.latencies.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
                Some(gave)
            }
            Err(error) => {
                *self.errors.entry(error).or_default() += 1;
                None
            }
        }
    }

    /// Adds how long all of it took together.
    pub(super) fn lasted(&mut self, time: Duration) {
        self.lasted += time;
    }

    /// Adds what another measurement of the same gave.
    pub(super) fn add(&mut self, other: &Self) {
        // Both have the same bounds, so that nothing can be out of range.
        let added = self.latencies.add(&other.latencies);
        debug_assert!(added.is_ok(), "histograms of one form");
        for (error, count) in &other.errors {
            *self.errors.entry(error.clone()).or_default() += count;
        }
        self.lasted += other.lasted;
    }

    /// The failures by name, with how often each came.
    pub(super) fn errors(&self) -> Vec<String> {
        self.errors.iter().map(|(error, count)| format!("{error} ({count} times)")).collect()
    }

    fn per_second(&self) -> f64 {
        let seconds = self.lasted.as_secs_f64();
        if seconds > 0.0 { self.latencies.len() as f64 / seconds } else { 0.0 }
    }

    /// The row of the table; `below` is what it is compared with.
    pub(super) fn row(&self, what: &str, clients: usize, below: Option<&Self>) -> Row {
        let millis = |quantile| self.latencies.value_at_quantile(quantile) as f64 / 1e3;
        Row {
            what: what.to_owned(),
            clients,
            operations: self.latencies.len(),
            errors: self.errors(),
            per_second: self.per_second(),
            p50_ms: millis(0.5),
            p99_ms: millis(0.99),
            of_floor: below.map(|below| self.per_second() / below.per_second()).filter(|ratio| ratio.is_finite()),
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What was done.
    pub what: String,
    /// By how many clients at once.
    pub clients: usize,
    /// How many times it succeeded.
    pub operations: u64,
    /// How it failed, and how often.
    pub errors: Vec<String>,
    /// Successes in a second.
    pub per_second: f64,
    /// Half of them took no longer than this, in milliseconds.
    pub p50_ms: f64,
    /// Of a hundred, ninety-nine took no longer than this, in milliseconds.
    pub p99_ms: f64,
    /// The pace as a part of what it is compared with: the floor, or the raw hash.
    pub of_floor: Option<f64>,
}

/// The rows for people.
pub fn table(rows: &[Row]) -> String {
    let mut out = format!(
        "{:>7}  {:<30} {:>10} {:>10} {:>9} {:>9} {:>8}\n",
        "clients", "", "done", "a second", "p50 ms", "p99 ms", "ratio"
    );
    for row in rows {
        let ratio = row.of_floor.map(|ratio| format!("{:.0} %", ratio * 100.0)).unwrap_or_default();
        let _ = writeln!(
            out,
            "{:>7}  {:<30} {:>10} {:>10.1} {:>9.2} {:>9.2} {:>8}",
            row.clients, row.what, row.operations, row.per_second, row.p50_ms, row.p99_ms, ratio
        );
        for error in &row.errors {
            let _ = writeln!(out, "{:>9}failed: {error}", "");
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(millis: impl Iterator<Item = u64>, seconds: u64) -> Figures {
        let mut figures = Figures::default();
        for took in millis {
            figures.note(Duration::from_millis(took), Ok(()));
        }
        figures.lasted(Duration::from_secs(seconds));
        figures
    }

    #[test]
    fn percentiles_pace_and_ratio() {
        let below = measured(std::iter::repeat_n(1, 400), 2);
        let row = measured(1..=100, 1).row("challenge_response", 16, Some(&below));
        assert_eq!((row.operations, row.clients), (100, 16));
        assert!((row.per_second - 100.0).abs() < 1e-9, "{row:?}");
        // Three digits: half a per mille.
        assert!((row.p50_ms - 50.0).abs() < 0.1 && (row.p99_ms - 99.0).abs() < 0.1, "{row:?}");
        assert_eq!(row.of_floor, Some(0.5));
    }

    #[test]
    fn parts_add_up_and_failures_are_no_latencies() {
        let mut all = measured(1..=50, 1);
        let mut part = measured(51..=100, 1);
        for _ in 0..3 {
            part.note::<()>(Duration::from_secs(9), Err("throttled".to_owned()));
        }
        all.add(&part);
        let row = all.row("password", 64, None);
        assert_eq!((row.operations, row.errors), (100, vec!["throttled (3 times)".to_owned()]));
        assert!((row.per_second - 50.0).abs() < 1e-9 && row.p99_ms < 100.0, "{all:?}");
        assert_eq!(row.of_floor, None);
    }

    #[test]
    fn nothing_measured_divides_by_nothing() {
        let row = measured(1..=10, 1).row("seamless", 1, Some(&Figures::default()));
        assert_eq!(row.of_floor, None);
        assert!(Figures::default().row("x", 1, None).per_second.abs() < f64::EPSILON);
    }

    #[test]
    fn the_table_has_a_line_a_row() {
        let row = Row {
            what: "seamless".to_owned(),
            clients: 64,
            operations: 1000,
            errors: vec!["network (2 times)".to_owned()],
            per_second: 1234.56,
            p50_ms: 12.345,
            p99_ms: 67.8,
            of_floor: Some(0.614),
        };
        assert_eq!(
            table(&[row]),
            "clients                                       done   a second    p50 ms    p99 ms    ratio\n     \
             64  seamless                             1000     1234.6     12.35     67.80     61 %\n         \
             failed: network (2 times)"
        );
    }
}
