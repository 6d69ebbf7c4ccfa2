//! Carrying out what the core ordered, within the unit of work that loaded what it decided on.

use crate::{
    app::{App, nonce},
    flow::{
        device::lifecycle::device_passes,
        messages::{notice::tell, outbox, wake::Wake},
    },
};
use domain::{
    Timestamp,
    audit::Kind,
    device::lifecycle::DeviceEvent,
    effect::Effect,
    id::{AuditId, ConfirmationId, UserId},
    lockout::Budget,
};
use serde_json::{Value, json};
use store::{Error, Sql};

/// About whom and when a unit of work is.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The user; none when the named one is unknown.
    pub user: Option<UserId>,
    /// Whose failures count.
    pub budget: Budget,
    /// The unit's time.
    pub now: Timestamp,
    /// What every audit row of the unit says: client, address, attempt. Nothing secret.
    pub detail: Value,
}

impl Scene {
    /// The same, about an attempt.
    pub fn about(&self, attempt: ConfirmationId) -> Self {
        let mut scene = self.clone();
        if let Value::Object(detail) = &mut scene.detail {
            detail.insert("attempt".to_owned(), attempt.to_string().into());
        }
        scene
    }
}

/// Appends an audit row with further details.
pub fn audit(sql: &mut dyn Sql, scene: &Scene, kind: Kind, more: &Value) -> Result<(), Error> {
    let mut detail = scene.detail.clone();
    if let (Value::Object(detail), Value::Object(more)) = (&mut detail, more) {
        detail.extend(more.clone());
    }
    let id = AuditId::new(scene.now, &nonce());
    // The row is the record. The line of the log costs the one writer time and is there even when the unit is undone:
    // it is for whoever looks for trouble.
    tracing::debug!(kind = kind.name(), user = scene.user.map(tracing::field::display), "audit");
    store::audit::append(sql, scene.user, id, (scene.now, kind), &detail.to_string())
}

/// Carries out the core's orders.
pub fn carry_out(app: &App, sql: &mut dyn Sql, scene: &Scene, effects: &[Effect]) -> Result<(), Error> {
    for effect in effects {
        match (effect, scene.user) {
            (Effect::Audit { kind, device: None }, _) => audit(sql, scene, *kind, &Value::Null)?,
            (Effect::Audit { kind, device: Some(device) }, _) => {
                audit(sql, scene, *kind, &json!({ "device": device.to_string() }))?;
            }
            // Everything else is about a user; the core orders none of it without one.
            (_, None) => {}
            (Effect::SaveUserFailures(failures), Some(user)) => {
                store::failure::save(sql, user, scene.budget, failures)?;
            }
            (Effect::SaveDeviceFailures { device, failures }, Some(user)) => {
                store::device::save_failures(sql, user, *device, *failures)?;
            }
            (Effect::SaveMoving { device, moving }, Some(user)) => {
                store::device::save_moving(sql, user, *device, moving)?;
            }
            (Effect::DeviceRanOut { device }, Some(user)) => {
                if let Some(device) = store::device::one(sql, user, *device)? {
                    // What has ended meanwhile has ended.
                    let _ended = device_passes(app, sql, scene, &device, DeviceEvent::RanOut)?;
                }
            }
            (Effect::LockPassword, Some(user)) => {
                // Somebody else has the password: nothing that a login gave is beyond doubt.
                store::user::lock_password(sql, user, scene.now)?;
                crate::flow::login::take_back::all(app, sql, scene, user)?;
            }
            (Effect::Tell(notice), Some(user)) => tell(app, sql, user, *notice, scene.now)?,
            (Effect::TellDesk(not_theirs), Some(user)) => outbox::tell_desk(app, sql, (scene, user), not_theirs)?,
            // Saving the confirmation wakes the phone's stream of events, if it listens; a push, if it sleeps.
            (Effect::SendPush { device, confirmation, until }, Some(user)) => {
                store::user::pushed(sql, user)?;
                crate::flow::messages::wake::queue(
                    app,
                    sql,
                    (user, *device),
                    &Wake::of(*confirmation, *until),
                    scene.now,
                )?;
            }
            // What was withdrawn is not sent any more: the sender looks.
            (Effect::WithdrawPush { .. }, Some(_)) => {}
            (Effect::PushAnswered, Some(user)) => store::user::push_answered(sql, user)?,
            (Effect::ForgetPushes, Some(user)) => store::user::forget_pushes(sql, user)?,
        }
    }
    Ok(())
}
