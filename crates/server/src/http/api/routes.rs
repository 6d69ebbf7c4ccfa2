//! The institution's API, `/api/v1`.

use super::{
    accounts,
    agent::{
        DeskChecking, DeskEndingSessions, DeskFinding, DeskProposing, DeskSeconding, DeskSeeing, DeskSendingAgain,
        DeskSuspending, DeskTakingAlarm, DeskUnlocking,
    },
    caller::{
        AccountsRead, AccountsWrite, ActivityRead, InventoryRead, InventoryWrite, LimitsRead, OrdersRead, OrdersWrite,
        RatesRead, RatesWrite, SessionsWrite, UsersErase, UsersExport, UsersRead, UsersWrite, WebhooksRead,
        WebhooksWrite, WithdrawalsRead, WithdrawalsWrite,
    },
    calls, desk, desk_queues, desk_user, document,
    file::DeviceFile,
    inventory,
    key::IdempotencyKey,
    limits, orders, users, webhooks, withdrawals,
};
use crate::http::{
    answer::{Begun, Data, Kept, Made, Page},
    extract::{
        address::{Params, Segment},
        body::ApiBody,
        caller::Anyone,
        page::Visit,
    },
    routes::table,
};
use axum::{extract::Path, response::NoContent};
use serde_json::Value;
use wire::api::{
    List, account,
    call::{Call, NewCall},
    desk::{Access, Case, Filter as CaseFilter, Found, NewAccess, NewCase, Revealed, Search},
    desk_queue::{Alarm, Asked, PutAside, Undelivered},
    desk_user::{OneDevice, SeenUser, Timeline},
    event::Event,
    export, inventory as depot,
    limits::{AskPermit, Limits, Permit},
    order::{self, NewOrder, Order},
    user::{self, Device, Locks, Session, User},
    webhook::{Delivery, NewWebhook, Webhook},
    withdrawal::{Continue, Evidence, Filter, NewWithdrawal, Withdrawal},
};

table! { ROUTES, mount:
    get  "/api/openapi.json" Anyone document::json () -> Kept<Value> => "this document";
    get  "/api/docs" Anyone document::page (Visit) -> Page => "the same, to read";
    get  "/api/v1/users" UsersRead users::list (Params<user::Filter>) -> Data<List<User>> => "users, by name";
    post "/api/v1/users" UsersWrite users::add (ApiBody<user::NewUser>) -> Made<User>
        => "adds a user, who is invited by mail to choose a password; audited as user.added and password.link_sent";
    patch "/api/v1/users/{id}" UsersWrite users::change (Segment, ApiBody<user::Change>) -> Data<User>
        => "another language of messages, mail address or number; audited as contact.added and contact.replaced";
    post "/api/v1/users/{id}/password-reset" UsersWrite users::reset (Segment) -> NoContent
        => "sends the user a link to choose another password, which a device confirms; audited as password.link_asked";
    get  "/api/v1/users/{id}" UsersRead users::one (Segment) -> Data<User> => "a user, by id or username";
    delete "/api/v1/users/{id}" UsersErase users::erase (Segment) -> NoContent
        => "erases what is personal of a user; amounts and what happened stay without it; audited as user.erased";
    get  "/api/v1/users/{id}/export" UsersExport users::export (Segment) -> Data<export::Export>
        => "everything that is kept of a user, for the user; audited as user.exported";
    get  "/api/v1/users/{id}/devices" UsersRead users::devices (Segment) -> Data<List<Device>>
        => "every device that a user ever had";
    get  "/api/v1/users/{id}/locks" UsersRead users::locks (Segment) -> Data<Locks> => "what is locked of a user";
    get  "/api/v1/users/{id}/activity" ActivityRead users::activity (Segment, Params<wire::api::Page>) -> Data<List<Event>>
        => "the audit log of a user, the newest first";
    get  "/api/v1/users/{id}/sessions" UsersRead users::sessions (Segment) -> Data<List<Session>>
        => "the living browser sessions of a user";
    get  "/api/v1/users/{id}/limits" LimitsRead limits::limits (Segment) -> Data<Limits>
        => "what a user may withdraw by each device, what is left of it, and why";
    get  "/api/v1/users/{id}/permit" LimitsRead limits::permit (Segment, Params<AskPermit>) -> Data<Permit>
        => "what may confirm so much; nobody is asked";
    delete "/api/v1/users/{id}/sessions/{session}" SessionsWrite users::end_session (Path<(String, String)>) -> NoContent
        => "ends a browser session; audited as session.ended";
    put  "/api/v1/accounts/{id}" AccountsWrite accounts::put (Segment, ApiBody<account::PutAccount>) -> Data<account::Account>
        => "whose an account is and what it is worth; audited as account.posted where its users change";
    get  "/api/v1/accounts/{id}" AccountsRead accounts::one (Segment) -> Data<account::Account> => "an account";
    put  "/api/v1/rates/{currency}" RatesWrite accounts::put_rate (Segment, ApiBody<account::PutRate>) -> Data<account::Rate>
        => "what one unit of a currency is worth in US dollars; audited as rate.posted";
    get  "/api/v1/rates/{currency}" RatesRead accounts::rate (Segment) -> Data<account::Rate> => "the rate of a currency";
    post "/api/v1/withdrawals" WithdrawalsWrite withdrawals::ask (IdempotencyKey, ApiBody<NewWithdrawal>) -> Made<Withdrawal>
        => "asks a user to confirm a withdrawal or transfer; audited as confirmation.*";
    get  "/api/v1/withdrawals" WithdrawalsRead withdrawals::list (Params<Filter>) -> Data<List<Withdrawal>>
        => "a user's withdrawals, the newest first";
    get  "/api/v1/withdrawals/{id}" WithdrawalsRead withdrawals::one (Segment) -> Data<Withdrawal> => "a withdrawal";
    post "/api/v1/withdrawals/{id}/continue" WithdrawalsWrite withdrawals::go_on (Segment, ApiBody<Continue>) -> Data<Withdrawal>
        => "relays what the user chose or typed, or waits for the phone; audited as confirmation.*";
    post "/api/v1/withdrawals/{id}/settle" WithdrawalsWrite withdrawals::settle (Segment) -> Data<Withdrawal>
        => "the institution has carried it out; audited as withdrawal.settled";
    post "/api/v1/withdrawals/{id}/cancel" WithdrawalsWrite withdrawals::cancel (Segment) -> Data<Withdrawal>
        => "gives it up, and its room back; audited as withdrawal.cancelled";
    get  "/api/v1/withdrawals/{id}/evidence" WithdrawalsRead withdrawals::evidence (Segment) -> Data<Evidence>
        => "what proves that the user confirmed it";
    post "/api/v1/webhooks" WebhooksWrite webhooks::make (ApiBody<NewWebhook>) -> Made<Webhook>
        => "be told what happens, at an address; audited as webhook.made";
    get  "/api/v1/webhooks" WebhooksRead webhooks::list () -> Data<List<Webhook>> => "the client's webhooks";
    delete "/api/v1/webhooks/{id}" WebhooksWrite webhooks::end (Segment) -> NoContent
        => "be told there no more; audited as webhook.ended";
    post "/api/v1/webhooks/{id}/test" WebhooksWrite webhooks::test (Segment) -> Data<Delivery>
        => "sends a message that says nothing";
    get  "/api/v1/webhooks/{id}/deliveries" WebhooksRead webhooks::deliveries (Segment, Params<wire::api::Page>) -> Data<List<Delivery>>
        => "what was sent, and what came of it; the newest first";
    post "/api/v1/webhooks/{id}/deliveries/{delivery}/replay" WebhooksWrite webhooks::replay (Path<(String, String)>) -> Data<Delivery>
        => "sends a message once more, under its own id";
    get  "/api/v1/inventory" InventoryRead inventory::list (Params<depot::Filter>) -> Data<List<depot::Item>>
        => "serial numbers of the depot, in their order";
    post "/api/v1/inventory/imports" InventoryWrite inventory::bring_in (Params<depot::Import>, DeviceFile) -> Data<depot::Imported>
        => "brings in the devices of a maker's file, PSKC (RFC 6030) or CSV: all of it, or nothing; audited as inventory.imported";
    get  "/api/v1/inventory/{serial}" InventoryRead inventory::one (Segment) -> Data<depot::Told>
        => "where a serial number is, and what happened to it";
    post "/api/v1/inventory/{serial}/assign" InventoryWrite inventory::assign (Segment, ApiBody<depot::Assign>) -> Data<depot::Item>
        => "gives it to a user, as an active device; audited as inventory.assigned";
    post "/api/v1/inventory/{serial}/return" InventoryWrite inventory::give_back (Segment) -> Data<depot::Item>
        => "it came back: its user's device ends; audited as inventory.returned";
    post "/api/v1/device-orders" OrdersWrite orders::make (IdempotencyKey, ApiBody<NewOrder>) -> Made<Order>
        => "orders a device for a user, by mail; audited as device_order.asked";
    get  "/api/v1/device-orders" OrdersRead orders::list (Params<order::Filter>) -> Data<List<Order>>
        => "orders, the oldest first";
    get  "/api/v1/device-orders/{id}" OrdersRead orders::one (Segment) -> Data<Order> => "an order";
    post "/api/v1/device-orders/{id}/ship" OrdersWrite orders::ship (Segment, ApiBody<order::Ship>) -> Data<Order>
        => "a device of the depot goes into the post; audited as device_order.shipped";
    post "/api/v1/device-orders/{id}/lost" OrdersWrite orders::lost (Segment) -> Data<Order>
        => "it did not arrive: it ends; audited as device_order.lost_in_post";
    post "/api/v1/device-orders/{id}/cancel" OrdersWrite orders::cancel (Segment) -> Data<Order>
        => "gives it up before it was mailed; audited as device_order.cancelled";
    post "/api/v1/device-orders/{id}/return" OrdersWrite orders::give_back (Segment) -> Data<Order>
        => "the device came back: it ends, and is in the depot again; audited as device_order.returned";
    post "/api/v1/inventory/{serial}/retire" InventoryWrite inventory::retire (Segment) -> Data<depot::Item>
        => "it is given up for good; audited as inventory.retired";
    get  "/api/v1/desk/users" DeskFinding desk::users (Params<Search>) -> Data<List<Found>>
        => "users of whom one key is this";
    get  "/api/v1/desk/users/{id}" DeskSeeing desk_user::one (Segment, Params<Timeline>) -> Data<SeenUser>
        => "a user's page with the timeline; audited as desk.user_viewed";
    post "/api/v1/desk/users/{id}/suspend" DeskSuspending desk_user::suspend (Segment, ApiBody<OneDevice>) -> NoContent
        => "sets a device aside; audited as device.state_changed";
    post "/api/v1/desk/users/{id}/lost" DeskSuspending desk_user::lost (Segment, ApiBody<OneDevice>) -> NoContent
        => "ends a device that is lost; audited as device.state_changed";
    post "/api/v1/desk/users/{id}/unlock" DeskUnlocking desk_user::unlock (Segment) -> NoContent
        => "lifts a lock after failures; audited as user.unlocked";
    post "/api/v1/desk/users/{id}/unlock-device" DeskUnlocking desk_user::unlock_device (Segment, ApiBody<OneDevice>) -> NoContent
        => "lifts a device's lock; audited as device.unlocked";
    post "/api/v1/desk/users/{id}/end-sessions" DeskEndingSessions desk_user::end_sessions (Segment) -> NoContent
        => "ends every session of a user; audited as session.ended";
    get  "/api/v1/desk/alarms" DeskSeeing desk_queues::alarms (Params<Asked>) -> Data<List<Alarm>>
        => "users who said \"it wasn't me\", the oldest first";
    post "/api/v1/desk/alarms/{id}/take" DeskTakingAlarm desk_queues::take (Segment) -> NoContent
        => "takes care of one of them, by user; audited as desk.alarm_taken";
    post "/api/v1/desk/alarms/{id}/leave" DeskTakingAlarm desk_queues::leave (Segment) -> NoContent
        => "leaves one to others; audited as desk.alarm_left";
    get  "/api/v1/desk/undelivered" DeskSeeing desk_queues::undelivered (Params<wire::api::Page>) -> Data<List<Undelivered>>
        => "messages that could not be delivered, the longest there first";
    post "/api/v1/desk/undelivered/{id}/send-again" DeskSendingAgain desk_queues::again (Segment) -> NoContent
        => "sends one again; audited as desk.message_sent_again";
    post "/api/v1/desk/undelivered/{id}/put-aside" DeskSendingAgain desk_queues::aside (Segment, ApiBody<PutAside>) -> NoContent
        => "puts one aside, with a reason; audited as desk.message_put_aside";
    post "/api/v1/desk/calls" DeskChecking calls::begin (ApiBody<NewCall>) -> Begun<Call>
        => "has a device of the caller's show who calls; audited as confirmation.*";
    get  "/api/v1/desk/calls/{id}" DeskChecking calls::one (Segment) -> Data<Call>
        => "how that stands, and what the agent says first";
    post "/api/v1/desk/calls/{id}/continue" DeskChecking calls::go_on (Segment, ApiBody<Continue>) -> Data<Call>
        => "relays what the caller chose or read out, or waits for their phone; audited as desk.caller_proved and desk.caller_not_proved";
    post "/api/v1/temporary-access" DeskProposing desk::request (ApiBody<NewAccess>) -> Made<Access>
        => "asks for a code in place of a device; the user is told; audited as desk.case_proposed";
    get  "/api/v1/temporary-access/{id}" DeskSeeing desk::one_access (Segment) -> Data<Access> => "a temporary access";
    post "/api/v1/temporary-access/{id}/approve" DeskSeconding desk::approve (Segment) -> Begun<Access>
        => "another agent agrees: a device of theirs is asked to confirm what they see; audited as confirmation.*";
    post "/api/v1/temporary-access/{id}/continue" DeskSeconding desk::go_on_access (Segment, ApiBody<Continue>) -> Data<Access>
        => "relays what that agent chose or typed, or waits for their phone; audited as desk.case_seconded";
    post "/api/v1/temporary-access/{id}/reject" DeskSeconding desk::reject_access (Segment) -> Data<Access>
        => "another agent is against it, or the first one gives it up; audited as desk.case_rejected";
    post "/api/v1/temporary-access/{id}/reveal" DeskProposing desk::reveal (Segment) -> Data<Revealed>
        => "makes the code and tells it to the first agent, once; audited as desk.case_done";
    get  "/api/v1/desk/cases" DeskSeeing desk::cases (Params<CaseFilter>) -> Data<List<Case>>
        => "what needs two people, the newest first";
    post "/api/v1/desk/cases" DeskProposing desk::propose (ApiBody<NewCase>) -> Made<Case>
        => "proposes what needs two people; the user is told; audited as desk.case_proposed";
    get  "/api/v1/desk/cases/{id}" DeskSeeing desk::one (Segment) -> Data<Case> => "a case";
    post "/api/v1/desk/cases/{id}/second" DeskSeconding desk::second (Segment) -> Begun<Case>
        => "another agent agrees: a device of theirs is asked to confirm what they see; audited as confirmation.*";
    post "/api/v1/desk/cases/{id}/continue" DeskSeconding desk::go_on (Segment, ApiBody<Continue>) -> Data<Case>
        => "relays what that agent chose or typed, or waits for their phone; audited as desk.case_seconded";
    post "/api/v1/desk/cases/{id}/reject" DeskSeconding desk::reject (Segment) -> Data<Case>
        => "another agent is against it, or the first one gives it up; audited as desk.case_rejected";
}
