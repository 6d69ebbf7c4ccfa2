//! What a problem type of our APIs means: the page behind `type` (RFC 9457, 3.1.1).

use super::Frame;
use askama::Template;

/// The page of one problem type.
#[derive(Debug, Clone, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// The frame.
    pub frame: Frame,
    /// The stable name, the last part of `/problems/<slug>`.
    pub slug: String,
    /// The HTTP status that comes with it.
    pub status: u16,
}

impl ProblemPage {
    /// Keys of title, meaning and advice.
    pub(crate) fn words(&self) -> [&'static str; 3] {
        let known = WORDS.iter().find(|(slug, _)| *slug == self.slug);
        known.map_or(["problem-internal", "problem-internal-meaning", "problem-internal-advice"], |(_, words)| *words)
    }
}

/// The page of all problem types.
#[derive(Debug, Clone, Template)]
#[template(path = "problems.html")]
pub struct ProblemsPage {
    /// The frame.
    pub frame: Frame,
    /// The stable name of each, and the HTTP status that comes with it.
    pub listed: Vec<(String, u16)>,
}

impl ProblemsPage {
    fn title(&self, slug: &str) -> String {
        let known = WORDS.iter().find(|(known, _)| *known == slug);
        self.frame.t(known.map_or("problem-internal", |(_, [title, ..])| title))
    }
}

/// Problem types and the keys of their words.
const WORDS: [(&str, [&str; 3]); 47] = [
    (
        "insufficient-scope",
        ["problem-insufficient-scope", "problem-insufficient-scope-meaning", "problem-insufficient-scope-advice"],
    ),
    ("not-eligible", ["problem-not-eligible", "problem-not-eligible-meaning", "problem-not-eligible-advice"]),
    ("role-needed", ["problem-role-needed", "problem-role-needed-meaning", "problem-role-needed-advice"]),
    (
        "idempotency-key-missing",
        [
            "problem-idempotency-key-missing",
            "problem-idempotency-key-missing-meaning",
            "problem-idempotency-key-missing-advice",
        ],
    ),
    ("username-taken", ["problem-username-taken", "problem-username-taken-meaning", "problem-username-taken-advice"]),
    (
        "second-person-needed",
        ["problem-second-person-needed", "problem-second-person-needed-meaning", "problem-second-person-needed-advice"],
    ),
    ("waits", ["problem-waits", "problem-waits-meaning", "problem-waits-advice"]),
    (
        "temporary-access-in-a-row",
        [
            "problem-temporary-access-in-a-row",
            "problem-temporary-access-in-a-row-meaning",
            "problem-temporary-access-in-a-row-advice",
        ],
    ),
    (
        "idempotency-key-reused",
        [
            "problem-idempotency-key-reused",
            "problem-idempotency-key-reused-meaning",
            "problem-idempotency-key-reused-advice",
        ],
    ),
    ("wrong-state", ["problem-wrong-state", "problem-wrong-state-meaning", "problem-wrong-state-advice"]),
    ("not-found", ["problem-not-found", "problem-not-found-meaning", "problem-not-found-advice"]),
    (
        "method-not-allowed",
        ["problem-method-not-allowed", "problem-method-not-allowed-meaning", "problem-method-not-allowed-advice"],
    ),
    ("bad-request", ["problem-bad-request", "problem-bad-request-meaning", "problem-bad-request-advice"]),
    ("too-large", ["problem-too-large", "problem-too-large-meaning", "problem-too-large-advice"]),
    (
        "unsupported-media-type",
        [
            "problem-unsupported-media-type",
            "problem-unsupported-media-type-meaning",
            "problem-unsupported-media-type-advice",
        ],
    ),
    ("unauthorized", ["problem-unauthorized", "problem-unauthorized-meaning", "problem-unauthorized-advice"]),
    ("invalid-proof", ["problem-invalid-proof", "problem-invalid-proof-meaning", "problem-invalid-proof-advice"]),
    (
        "device-not-active",
        ["problem-device-not-active", "problem-device-not-active-meaning", "problem-device-not-active-advice"],
    ),
    (
        "invalid-credentials",
        ["problem-invalid-credentials", "problem-invalid-credentials-meaning", "problem-invalid-credentials-advice"],
    ),
    ("device-limit", ["problem-device-limit", "problem-device-limit-meaning", "problem-device-limit-advice"]),
    ("rate-missing", ["problem-rate-missing", "problem-rate-missing-meaning", "problem-rate-missing-advice"]),
    ("no-contact", ["problem-no-contact", "problem-no-contact-meaning", "problem-no-contact-advice"]),
    (
        "unknown-activation",
        ["problem-unknown-activation", "problem-unknown-activation-meaning", "problem-unknown-activation-advice"],
    ),
    (
        "unknown-invitation",
        ["problem-unknown-invitation", "problem-unknown-invitation-meaning", "problem-unknown-invitation-advice"],
    ),
    ("unknown-change", ["problem-unknown-change", "problem-unknown-change-meaning", "problem-unknown-change-advice"]),
    (
        "code-alone-closed",
        ["problem-code-alone-closed", "problem-code-alone-closed-meaning", "problem-code-alone-closed-advice"],
    ),
    ("update-first", ["problem-update-first", "problem-update-first-meaning", "problem-update-first-advice"]),
    ("no-veto", ["problem-no-veto", "problem-no-veto-meaning", "problem-no-veto-advice"]),
    ("no-pin", ["problem-no-pin", "problem-no-pin-meaning", "problem-no-pin-advice"]),
    ("wrong-code", ["problem-wrong-code", "problem-wrong-code-meaning", "problem-wrong-code-advice"]),
    ("wrong-response", ["problem-wrong-response", "problem-wrong-response-meaning", "problem-wrong-response-advice"]),
    ("wrong-number", ["problem-wrong-number", "problem-wrong-number-meaning", "problem-wrong-number-advice"]),
    (
        "statement-mismatch",
        ["problem-statement-mismatch", "problem-statement-mismatch-meaning", "problem-statement-mismatch-advice"],
    ),
    ("attempt-ended", ["problem-attempt-ended", "problem-attempt-ended-meaning", "problem-attempt-ended-advice"]),
    ("not-awaited", ["problem-not-awaited", "problem-not-awaited-meaning", "problem-not-awaited-advice"]),
    ("device-locked", ["problem-device-locked", "problem-device-locked-meaning", "problem-device-locked-advice"]),
    ("no-cards", ["problem-no-cards", "problem-no-cards-meaning", "problem-no-cards-advice"]),
    ("unknown-card", ["problem-unknown-card", "problem-unknown-card-meaning", "problem-unknown-card-advice"]),
    ("card-refused", ["problem-card-refused", "problem-card-refused-meaning", "problem-card-refused-advice"]),
    (
        "card-processor-unreachable",
        [
            "problem-card-processor-unreachable",
            "problem-card-processor-unreachable-meaning",
            "problem-card-processor-unreachable-advice",
        ],
    ),
    ("form-expired", ["problem-form-expired", "problem-form-expired-meaning", "problem-form-expired-advice"]),
    ("cross-origin", ["problem-cross-origin", "problem-cross-origin-meaning", "problem-cross-origin-advice"]),
    ("no-push", ["problem-no-push", "problem-no-push-meaning", "problem-no-push-advice"]),
    ("not-subscribed", ["problem-not-subscribed", "problem-not-subscribed-meaning", "problem-not-subscribed-advice"]),
    ("throttled", ["problem-throttled", "problem-throttled-meaning", "problem-throttled-advice"]),
    ("busy", ["problem-busy", "problem-busy-meaning", "problem-busy-advice"]),
    ("unavailable", ["problem-unavailable", "problem-unavailable-meaning", "problem-unavailable-advice"]),
];
