//! Whether this server can serve: what was found when it was last asked, and that only one at a time finds out.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// Kept from one question to the next.
#[derive(Debug, Default)]
pub struct Readiness {
    asking: Arc<AtomicBool>,
    told: Mutex<Option<String>>,
}

impl Readiness {
    /// The right to find out; none while another one does. A database that hangs holds up one thread and not one for
    /// each question.
    pub fn ask(&self) -> Option<Asking> {
        let free = self.asking.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire).is_ok();
        free.then(|| Asking(Arc::clone(&self.asking)))
    }

    /// Logs what was found, when it is not what was found before.
    pub fn found(&self, trouble: Option<&str>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_deref() == trouble {
            return;
        }
        match trouble {
            Some(trouble) => tracing::error!(trouble, "not ready"),
            None => tracing::info!("ready again"),
        }
        *told = trouble.map(str::to_owned);
    }
}

/// One who finds out; dropped, another may.
#[derive(Debug)]
pub struct Asking(Arc<AtomicBool>);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_asks_at_a_time() {
        let readiness = Readiness::default();
        let asking = readiness.ask();
        assert!(asking.is_some() && readiness.ask().is_none());
        drop(asking);
        assert!(readiness.ask().is_some());
    }
}
