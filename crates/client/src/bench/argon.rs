//! Raw Argon2id on this machine: what no server can do faster.

use super::{BenchError, figures::Figures};
use argon2::{Algorithm, Argon2, Params, Version};
use std::time::Duration;
use tokio::task::JoinSet;

/// How long it is measured.
const SPAN: Duration = Duration::from_secs(2);

/// What a hash costs: `MEMORY_KIB,ITERATIONS,LANES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// KiB of one hash.
    pub memory_kib: u32,
    /// Iterations.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
}

impl std::str::FromStr for Cost {
    type Err = BenchError;

    fn from_str(text: &str) -> Result<Self, BenchError> {
        let numbers: Option<Vec<u32>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
        match numbers.as_deref() {
            Some([memory_kib, iterations, lanes]) => {
                let cost = Self { memory_kib: *memory_kib, iterations: *iterations, lanes: *lanes };
                cost.hasher().map(|_| cost)
            }
            _ => Err(BenchError::Cost),
        }
    }
}

impl Cost {
    fn hasher(self) -> Result<Argon2<'static>, BenchError> {
        let params = Params::new(self.memory_kib, self.iterations, self.lanes, None).map_err(|_| BenchError::Cost)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// Hashes on every processor, with no more threads than clients.
pub(super) async fn measure(cost: Cost, clients: usize, elapsed: fn() -> Duration) -> Result<Figures, BenchError> {
    let hasher = cost.hasher()?;
    let begun = elapsed();
    let mut crew = JoinSet::new();
    for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(clients.max(1)) {
        let hasher = hasher.clone();
        crew.spawn_blocking(move || {
            let mut figures = Figures::default();
            while elapsed().saturating_sub(begun) < SPAN {
                let started = elapsed();
                let mut out = [0; 32];
                let hashed = hasher.hash_password_into(b"correct horse battery", b"sixteen octets..", &mut out);
                figures.note(elapsed().saturating_sub(started), hashed.map_err(|error| error.to_string()));
            }
            figures
        });
    }
    let mut figures = Figures::default();
    while let Some(finished) = crew.join_next().await {
        figures.add(&finished?);
    }
    figures.lasted(elapsed().saturating_sub(begun));
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_three_numbers_that_argon2_takes() {
        let cost: Cost = "19456, 2,1".parse().unwrap();
        assert_eq!(cost, Cost { memory_kib: 19_456, iterations: 2, lanes: 1 });
        for bad in ["", "19456", "19456,2", "19456,2,1,1", "19456,2,x", "19456,0,1", "1,2,1", "-1,2,1"] {
            assert!(bad.parse::<Cost>().is_err(), "{bad}");
        }
    }
}
