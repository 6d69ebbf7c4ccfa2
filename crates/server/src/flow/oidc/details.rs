//! Operations that a client asks a user to confirm (RFC 9396), by the browser's way: offered to whoever is signed in,
//! repeated in the tokens, and the receipt.

use crate::{
    app::{App, nonce},
    flow::{
        Origin, Refused,
        confirm::{
            effects::{Scene, audit, carry_out},
            turn::Around,
        },
        login::session::SignedIn,
        oidc::Denied,
        throttle::{Doing, throttle_user},
    },
    handle::Kind,
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    confirmation::{
        self, CardPayment, Channel, Confirmation, Operation, Outcome, Proved, Redemption, Return, State, What,
        Withdrawal,
    },
    device::Method,
    id::{ConfirmationId, GrantId, UserId},
    lockout::Budget,
};
use oidc::{
    OAuthError,
    authorize::AuthorizeRequest,
    details::{self, Detail},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, sync::Arc};
use store::{Error, Sql};
use wire::receipt::{Link, Receipt};

/// How long a user has to confirm an operation.
pub const LIFE: std::time::Duration = std::time::Duration::from_secs(300);

/// An operation in the core's words.
pub fn what(detail: &Detail) -> What {
    match detail.clone() {
        Detail::Withdrawal(w) => What::Withdrawal(Withdrawal {
            amount: w.amount,
            currency: w.currency,
            destination_name: w.destination.name,
            destination_account: w.destination.account,
            account_id: w.account_id,
            reference: w.reference,
        }),
        Detail::CardPayment(p) => What::CardPayment(CardPayment {
            merchant: p.merchant,
            amount: p.amount,
            currency: p.currency,
            card_id: p.card_id,
            declined: None,
        }),
    }
}

/// An operation in the protocol's words, as it was asked for; none for a login.
pub fn detail(what: &What) -> Option<Detail> {
    match what.clone() {
        // The phone asks for these itself, of no client.
        What::Login | What::PhoneActivation | What::CardPreauthorisation(_) => None,
        What::Withdrawal(w) => Some(Detail::Withdrawal(details::Withdrawal {
            amount: w.amount,
            currency: w.currency,
            destination: details::Destination { name: w.destination_name, account: w.destination_account },
            account_id: w.account_id,
            reference: w.reference,
        })),
        What::CardPayment(p) => Some(Detail::CardPayment(details::CardPayment {
            merchant: p.merchant,
            amount: p.amount,
            currency: p.currency,
            card_id: p.card_id,
        })),
    }
}

/// Asks a signed-in user to confirm a request's operation; the handle of the attempt.
pub async fn ask(
    app: &Arc<App>,
    request: &AuthorizeRequest,
    signed_in: &SignedIn,
    origin: Origin,
) -> Result<String, Denied> {
    let detail = request.detail.as_ref().ok_or(Refused::Internal)?;
    let session = &signed_in.session;
    let back = Return {
        redemption: Redemption { details: true, ..crate::flow::oidc::authorize::redemption(request) },
        session: session.id,
        proved: Proved { acr: session.acr.clone(), amr: session.amr.clone(), at: session.created_at },
        state: request.addressee.state.clone(),
        origin: request.addressee.origin(),
    };
    let operation = Operation {
        what: what(detail),
        client: request.client_id.clone(),
        address: origin.address.to_string(),
        agent: origin.agent.clone(),
        message: None,
        channel: Channel::Details(Box::new(back)),
    };
    let (handle, digest) = app.handles.mint(Kind::Attempt, session.user);
    let (unit_app, user) = (Arc::clone(app), signed_in.user.clone());
    let asked = app.store.write(move |sql| {
        let now = unit_app.now();
        let draft = draft(user.id, operation.clone(), (now, now.plus(LIFE)));
        let named = (&origin, draft.budget, user.username.as_str());
        if let Some(wait) = throttle_user(&unit_app, sql, named, Doing::Asking, now)? {
            return Ok(Err(Refused::Throttled(wait)));
        }
        Ok::<_, Error>(offer(&unit_app, sql, draft, digest)?.map(|_| ()))
    });
    asked.await?.map_err(Denied::Refused)?;
    Ok(handle)
}

/// A confirmation of something that is not a login, before it is offered.
pub fn draft(user: UserId, operation: Operation, (now, expires_at): (Timestamp, Timestamp)) -> Confirmation {
    Confirmation {
        id: ConfirmationId::new(now, &nonce()),
        user,
        operation,
        created_at: now,
        expires_at,
        wrong_answers: 0,
        budget: Budget::beyond_login(user),
        asked: BTreeMap::new(),
        state: State::AwaitingChoice,
    }
}

/// Offers a confirmation to a user, in the caller's unit of work: to the phone at once where one is the default.
pub fn offer(
    app: &App,
    sql: &mut dyn Sql,
    draft: Confirmation,
    digest: [u8; 32],
) -> Result<Result<Confirmation, Refused>, Error> {
    let Some(user) = store::user::by_id(sql, draft.user)? else { return Ok(Err(Refused::UnknownAttempt)) };
    let now = draft.created_at;
    let detail = json!({
        "attempt": draft.id.to_string(), "client": draft.operation.client, "address": draft.operation.address,
    });
    let scene = Scene { user: Some(user.id), budget: draft.budget, now, detail };
    let failures = store::failure::load(sql, user.id, draft.budget)?;
    let around = Around::beginning(app, sql, (user, failures), &draft, now)?;
    // A chooser only where there is a page to draw it on at once.
    let chooser = matches!(draft.operation.channel, Channel::Details(_)) || !around.default_approves();
    let step = match confirmation::offer(draft, chooser, &around.facts(app), now, &nonce()) {
        Ok(step) => step,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    store::confirmation::insert(sql, &step.confirmation, digest)?;
    carry_out(app, sql, &scene, &step.effects)?;
    around.supersede(app, sql, &scene, &step.effects)?;
    Ok(Ok(step.confirmation))
}

/// An authorization code for details that were just confirmed, and where it goes.
pub fn code(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    confirmation: &Confirmation,
    (back, used): (&Return, &[&str]),
) -> Result<String, Error> {
    let (handle, digest) = app.handles.mint(Kind::Code, confirmation.user);
    let code = store::code::Code {
        user: confirmation.user,
        digest,
        confirmation: confirmation.id,
        client: confirmation.operation.client.clone(),
        redemption: back.redemption.clone(),
        acr: back.proved.acr.clone(),
        amr: together(&back.proved.amr, used),
        auth_at: back.proved.at,
        expires_at: scene.now.plus(app.settings.code_life),
        redeemed_at: None,
        grant: GrantId::new(scene.now, &nonce()),
        session: Some(back.session),
    };
    store::code::insert(sql, &code)?;
    audit(sql, scene, Audit::CodeIssued, &json!({ "grant": code.grant.to_string() }))?;
    Ok(handle)
}

/// What the session proved, and what the confirmation adds to it.
pub fn together(session: &str, used: &[&str]) -> String {
    let mut all: Vec<&str> = session.split(' ').collect();
    all.extend(used.iter().filter(|word| !session.split(' ').any(|known| known == **word)));
    all.join(" ")
}

/// What a user confirmed, as the tokens repeat it.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The operation.
    pub detail: Detail,
    /// What the receipt says.
    pub receipt: Receipt,
}

/// What a confirmed operation gives to its client; none for a login, or one that is not confirmed.
pub fn confirmed(
    app: &App,
    sql: &mut dyn Sql,
    user: UserId,
    confirmation: ConfirmationId,
) -> Result<Option<Confirmed>, Error> {
    let Some(stored) = store::confirmation::by_id(sql, user, confirmation)? else { return Ok(None) };
    let confirmation = stored.confirmation;
    let (Some(detail), Some(Outcome::Confirmed { device, method, at })) =
        (detail(&confirmation.operation.what), confirmation.outcome())
    else {
        return Ok(None);
    };
    let device = store::device::one(sql, user, device)?;
    let evidence = match method {
        Method::Seamless => store::evidence::one(sql, user, confirmation.id)?,
        _ => None,
    };
    let receipt = Receipt {
        iss: app.settings.issuer.clone(),
        aud: confirmation.operation.client.clone(),
        sub: user.to_string(),
        iat: at.unix_seconds(),
        jti: confirmation.id.to_string(),
        authorization_details: serde_json::to_value(&detail).into_iter().collect(),
        device_class: device.map(|device| device.class).unwrap_or_default(),
        method: method.name().to_owned(),
        link: link(method),
        statement_sha256: evidence.map(|evidence| hex(&Sha256::digest(evidence.statement.as_bytes()))),
    };
    Ok(Some(Confirmed { detail, receipt }))
}

fn link(method: Method) -> Link {
    match method {
        Method::Seamless => Link::SeenAndSigned,
        Method::ChallengeResponse => Link::ServerBound,
        Method::TimeCode | Method::CodeCard | Method::SentCode | Method::StaticCode | Method::Webauthn => {
            Link::PresenceOnly
        }
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Why an operation that was asked for by the browser's way gives its client nothing.
pub fn refusal(refused: &Refused) -> OAuthError {
    match refused {
        Refused::Busy | Refused::Throttled(_) => OAuthError::TemporarilyUnavailable,
        Refused::Internal => OAuthError::ServerError,
        _ => OAuthError::AccessDenied,
    }
}
