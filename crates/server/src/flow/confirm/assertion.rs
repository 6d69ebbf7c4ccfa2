//! What a passkey signs: the statement of what its user is shown, whose hash is the challenge.

use crate::{
    app::App,
    flow::{messages::notice, phone::statement},
    work::Work,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    audit::{Detail, Kind as Audit},
    confirmation::{AwaitingAssertion, Confirmation, PasskeyRef, Proof, State},
    effect::Notice,
};
use oidc::webauthn::{self, Assertion, Expected, Key, Known, Signed, WebauthnError};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{
    Error,
    device::{Device, Passkey},
    passkey_evidence::PasskeyEvidence,
};

/// What was signed, judged.
pub(super) struct Judged {
    /// Whether it holds.
    pub proof: Proof,
    /// The passkey as it is after a signature that holds.
    pub moved: Option<Passkey>,
    /// What is kept of one that holds.
    pub evidence: Option<PasskeyEvidence>,
}

/// The statement that a passkey signs by its hash, as canonical JSON (RFC 8785): everything that the page shows, for this
/// attempt and this device alone.
fn statement(app: &App, confirmation: &Confirmation, awaiting: &AwaitingAssertion) -> Option<String> {
    let statement = json!({
        "issuer": app.settings.issuer,
        "confirmation": confirmation.id.to_string(),
        "device": awaiting.device.to_string(),
        "operation": statement::shown_value(app, confirmation),
        "decision": "approve",
        "nonce": awaiting.nonce,
    });
    operation::canonical::canonical(&statement).ok()
}

/// The options of the ceremony by which a passkey answers; none where the statement cannot be made.
pub(super) fn options(
    app: &App,
    confirmation: &Confirmation,
    awaiting: &AwaitingAssertion,
    passkey: &PasskeyRef,
) -> Option<Value> {
    let challenge = Sha256::digest(statement(app, confirmation, awaiting)?);
    let known = Known { id: &passkey.id, transports: &passkey.transports };
    Some(webauthn::request_options(webauthn::rp_id(&app.settings.issuer), &challenge, Some(known)))
}

/// Judges what the awaited passkey signed. What does not hold is written down, with the part that does not.
pub(super) fn judge(work: &mut Work<'_>, before: &Confirmation, signed: &Signed) -> Result<Judged, Error> {
    let refused = Judged { proof: Proof::Invalid, moved: None, evidence: None };
    let State::AwaitingAssertion(awaiting) = &before.state else { return Ok(refused) };
    let Some(device) = store::device::of_user(work.sql, before.user)?.into_iter().find(|it| it.id == awaiting.device)
    else {
        return Ok(refused);
    };
    let Some(statement) = statement(work.app, before, awaiting) else { return Ok(refused) };
    let challenge = Sha256::digest(&statement);
    let Some(moved) = verified(work, &device, signed, &challenge)? else { return Ok(refused) };
    let Assertion { authenticator_data, client_data, signature } = signed.assertion.clone();
    let (user, confirmation, at) = (before.user, before.id, work.now);
    let device = device.id;
    let evidence =
        PasskeyEvidence { user, confirmation, device, statement, authenticator_data, client_data, signature, at };
    Ok(Judged { proof: Proof::Valid, moved: Some(moved), evidence: Some(evidence) })
}

/// The passkey as it is after an assertion; none where the assertion does not hold, which is written down. Of a counter
/// that went back the owner is told: there may be a copy.
pub(in crate::flow) fn verified(
    work: &mut Work<'_>,
    device: &Device,
    signed: &Signed,
    challenge: &[u8],
) -> Result<Option<Passkey>, Error> {
    let error = match device.passkey.as_ref().map(|passkey| verify(work.app, passkey, signed, challenge)) {
        Some(Ok(moved)) => return Ok(Some(moved)),
        Some(Err(error)) => error,
        None => WebauthnError::Malformed,
    };
    work.record_of(device.id, Audit::AssertionRefused, Detail::none().member(member(error)))?;
    if error == WebauthnError::Counter {
        notice::tell(work, device.user, Notice::PasskeyCopied(device.id))?;
    }
    Ok(None)
}

fn verify(app: &App, passkey: &Passkey, signed: &Signed, challenge: &[u8]) -> Result<Passkey, WebauthnError> {
    let octets = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| WebauthnError::Malformed);
    // Another passkey than the awaited one signs nothing for it; nor does one that names another user.
    if signed.id != octets(&passkey.id)? {
        return Err(WebauthnError::Signature);
    }
    let handle = octets(&passkey.user_handle)?;
    if signed.user_handle.as_ref().is_some_and(|named| *named != handle) {
        return Err(WebauthnError::Signature);
    }
    let (key, _) = Key::read(&octets(&passkey.cose)?)?;
    let expected = Expected {
        key: &key,
        rp_id: webauthn::rp_id(&app.settings.issuer),
        origin: &app.settings.issuer,
        challenge,
        counter: passkey.counter,
        backup_eligible: Some(passkey.backup_eligible),
    };
    let seen = webauthn::verify(&signed.assertion, &expected)?;
    Ok(Passkey { counter: seen.counter, backed_up: seen.backed_up, ..passkey.clone() })
}

/// The part that does not hold, as a stable word.
fn member(error: WebauthnError) -> &'static str {
    match error {
        WebauthnError::Malformed => "form",
        WebauthnError::Type => "type",
        WebauthnError::Challenge => "challenge",
        WebauthnError::Origin => "origin",
        WebauthnError::CrossOrigin => "cross_origin",
        WebauthnError::RpId => "rp_id",
        WebauthnError::Presence => "user_present",
        WebauthnError::Verification => "user_verified",
        WebauthnError::Backup => "backup",
        WebauthnError::Algorithm => "algorithm",
        WebauthnError::Signature => "signature",
        WebauthnError::Counter => "counter",
    }
}
