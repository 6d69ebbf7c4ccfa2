//! What a client relays of whoever is asked: a device chosen, a method, a response; or only a wait for what comes.

use super::unfit;
use crate::{flow::confirm::attempt::Act, http::problem::ApiProblem};
use domain::Secret;
use std::{sync::Arc, time::Duration};
use wire::api::withdrawal::Continue;

/// Longest time that an answer is held, seconds.
const LONGEST_WAIT: u64 = 30;

/// A step that is relayed.
pub(super) struct Step {
    /// What was done.
    pub(super) act: Act,
    /// How long to hold the answer while nothing changes.
    pub(super) wait: Duration,
}

impl TryFrom<Continue> for Step {
    type Error = ApiProblem;

    fn try_from(body: Continue) -> Result<Self, ApiProblem> {
        let wait = body.wait.unwrap_or_default();
        if wait > LONGEST_WAIT {
            return Err(unfit("wait", "is 30 at most"));
        }
        let act = match (body.device_id, body.method, body.response) {
            (None, None, None) => Act::Look,
            (Some(device), method, None) => Act::Choose { device, method },
            (None, Some(method), None) => Act::Method(method),
            (None, None, Some(response)) => Act::Answer(Arc::new(Secret::new(response))),
            _ => return Err(unfit("response", "cannot be sent together with device_id or method")),
        };
        Ok(Self { act, wait: Duration::from_secs(wait) })
    }
}
