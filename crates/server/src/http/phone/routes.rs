//! The phone's API, `/api/phone/v1`.

use super::{
    ConfirmationPath, Jws, KeyCall, PhoneCall, activations, cards, confirmations, device, lock, push, session,
};
use crate::http::answer::WithCookie;
use crate::http::{
    answer::{Accepted, Created, Events},
    extract::{
        address::{Query, Segment},
        body::JsonBody,
        page::Visit,
    },
    routes::table,
};
use axum::{Json, extract::Path, response::NoContent};
use wire::phone::{
    Activated, ActivationCompleted, ActivationStarted, CompleteActivation, ConfirmActivation, Confirming, Decide,
    Decided, Logout, Pending, PendingList, PhoneTokens, ProveActivation, Refresh, StartActivation,
    cards::{Block, Card, CardList},
    lock::{CloseLock, TransferLock},
    manage::{Activity, ChangePin, Disown, Fate, NewPin, PhoneDevice, PinChangeBegun, Remove, Rename, Veto},
    migration::{HandOverCall, StartMigration},
    own::{Finish, Finished, Request},
    push::{PushCall, PushState, Subscribe},
};

table! { ROUTES, mount:
    post "/api/phone/v1/activations" KeyCall activations::start (JsonBody<StartActivation>) -> Created<ActivationStarted>
        => "begins an activation; audited as password.* and activation.started";
    post "/api/phone/v1/activations/{activation}/confirm" KeyCall activations::vouch (Path<String>, JsonBody<ConfirmActivation>) -> Json<Confirming>
        => "a step with the user's other device; audited as confirmation.*";
    post "/api/phone/v1/activations/{activation}/complete" KeyCall activations::complete (Path<String>, Jws<CompleteActivation>) -> Created<ActivationCompleted>
        => "code and keys; audited as activation.*";
    post "/api/phone/v1/activations/{activation}/prove" KeyCall activations::prove (Path<String>, Jws<ProveActivation>) -> Json<Activated>
        => "first response; audited as device.added";
    post "/api/phone/v1/migrations" KeyCall activations::start_migration (JsonBody<StartMigration>) -> Created<ActivationStarted>
        => "the standalone app is to hand over; audited as activation.started";
    post "/api/phone/v1/migrations/{activation}/hand-over" KeyCall activations::hand_over (Path<String>, JsonBody<HandOverCall>) -> NoContent
        => "what the standalone app signed; wrong responses are audited as confirmation.answered_wrong";
    post "/api/phone/v1/refresh" KeyCall session::refresh (JsonBody<Refresh>) -> Json<PhoneTokens> => "another access token";
    post "/api/phone/v1/logout" PhoneCall session::logout (Jws<Logout>) -> NoContent
        => "ends the app's session; audited as phone.logged_out";
    get  "/api/phone/v1/confirmations" PhoneCall confirmations::list () -> Json<PendingList> => "what awaits the phone";
    get  "/api/phone/v1/confirmations/{id}" PhoneCall confirmations::one (ConfirmationPath) -> Json<Pending>
        => "one that awaits the phone";
    post "/api/phone/v1/confirmations/{id}/approve" PhoneCall confirmations::approve (ConfirmationPath, Jws<Decide>) -> Json<Decided>
        => "approves; audited as confirmation.*";
    post "/api/phone/v1/confirmations/{id}/deny" PhoneCall confirmations::deny (ConfirmationPath, Jws<Decide>) -> Json<Decided>
        => "refuses; audited as confirmation.*";
    get  "/api/phone/v1/events" PhoneCall confirmations::events () -> Events => "what awaits the phone, as it changes";
    post "/api/phone/v1/confirmations" PhoneCall confirmations::ask (Jws<Request>) -> Created<Pending>
        => "asks for something itself; audited as confirmation.offered";
    post "/api/phone/v1/confirmations/{id}/finish" PhoneCall confirmations::finish (Visit, Segment, Jws<Finish>) -> WithCookie<Json<Finished>>
        => "carries out what it asked for; audited as session.started, card.*";
    get  "/api/phone/v1/cards" PhoneCall cards::list () -> Json<CardList> => "the user's debit cards";
    post "/api/phone/v1/cards/{id}/block" PhoneCall cards::block (Segment, Jws<Block>) -> Json<Card>
        => "blocks a card; audited as card.blocked";
    get  "/api/phone/v1/transfer-lock" PhoneCall lock::look () -> Json<TransferLock> => "how the transfer lock stands";
    post "/api/phone/v1/transfer-lock" PhoneCall lock::close (Jws<CloseLock>) -> Json<TransferLock>
        => "closes it, or keeps it closed; audited as transfer_lock.closed or .kept, withdrawal.stopped";
    get  "/api/phone/v1/device" PhoneCall device::device () -> Json<PhoneDevice> => "the phone as it is known here";
    get  "/api/phone/v1/device/fate" PhoneCall device::fate () -> Json<Fate>
        => "what became of the phone, also after its end";
    post "/api/phone/v1/device/veto" PhoneCall device::veto (Jws<Veto>) -> NoContent
        => "a replaced phone ends its successor, which came back by a code alone; audited as recovery.vetoed";
    post "/api/phone/v1/device/label" PhoneCall device::rename (Jws<Rename>) -> Json<PhoneDevice>
        => "another label; audited as device.renamed";
    post "/api/phone/v1/device/remove" PhoneCall device::remove (Jws<Remove>) -> NoContent
        => "ends the phone; audited as device.state_changed";
    get  "/api/phone/v1/activity" PhoneCall device::activity (Query) -> Json<Activity> => "what happened to the user";
    post "/api/phone/v1/activity/report" PhoneCall device::disown (Jws<Disown>) -> NoContent
        => "it wasn't me: takes back what the password gave; audited as confirmation.reported";
    post "/api/phone/v1/pin-changes" PhoneCall device::begin_pin_change (Jws<ChangePin>) -> Created<PinChangeBegun>
        => "begins a change of the PIN";
    post "/api/phone/v1/pin-changes/{change}/complete" PhoneCall device::complete_pin_change (Path<String>, Jws<NewPin>) -> NoContent
        => "two responses and the new PIN; audited as device.pin_changed";
    get  "/api/phone/v1/push-subscription" PhoneCall push::show () -> Json<PushState>
        => "whether and where the phone is woken";
    post "/api/phone/v1/push-subscription" PhoneCall push::subscribe (Jws<Subscribe>) -> Created<PushState>
        => "wake it there; audited as push.subscribed";
    post "/api/phone/v1/push-subscription/end" PhoneCall push::end (Jws<PushCall>) -> NoContent
        => "wake it no more; audited as push.ended";
    post "/api/phone/v1/push-subscription/test" PhoneCall push::test (Jws<PushCall>) -> Accepted => "wakes it once";
}
