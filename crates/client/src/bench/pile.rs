//! The closed loop: clients that take jobs from one pile until it is empty.

use super::figures::Figures;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};

/// What became of each job: whom it was about, and what it gave if it succeeded.
pub(super) type Done<M, T> = Vec<(M, Option<T>)>;

/// Works the pile off with so many clients at once.
pub(super) async fn work<J, M, T, W, F>(
    jobs: Vec<J>,
    clients: usize,
    work: W,
    elapsed: fn() -> Duration,
) -> Result<(Done<M, T>, Figures), JoinError>
where
    J: Send + 'static,
    M: Send + 'static,
    T: Send + 'static,
    W: Fn(J) -> F + Copy + Send + 'static,
    F: Future<Output = (M, Result<T, String>)> + Send,
{
    let pile = Arc::new(Mutex::new(jobs));
    let begun = elapsed();
    let mut crew = JoinSet::new();
    for _ in 0..clients.max(1) {
        let pile = Arc::clone(&pile);
        crew.spawn(async move {
            let (mut done, mut figures) = (Vec::new(), Figures::default());
            loop {
                let job = pile.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(job) = job else { return (done, figures) };
                let begun = elapsed();
                let (whom, result) = work(job).await;
                let gave = figures.note(elapsed().saturating_sub(begun), result);
                done.push((whom, gave));
            }
        });
    }
    let (mut done, mut figures) = (Vec::new(), Figures::default());
    while let Some(finished) = crew.join_next().await {
        let (part, counted) = finished?;
        done.extend(part);
        figures.add(&counted);
    }
    figures.lasted(elapsed().saturating_sub(begun));
    Ok((done, figures))
}
