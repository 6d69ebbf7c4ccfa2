//! The pages: what people open in a browser.

use super::{
    access, activity, assets, call, console, contact, device, device_proof, in_force, invite, lent, limits, login,
    mailing, order, passkey, password, queues, ready, recovery, settings, site,
};
use crate::flow::Origin;
use crate::http::{
    answer::{Events, File, Page},
    extract::{
        address::{Query, Segment},
        agent::{
            Auditing, CheckingCaller, CheckingForm, EndingSessions, Finding, Mailing, MailingForm, Proposing,
            Seconding, Seeing, SendingAgain, Suspending, TakingAlarm, Unlocking,
        },
        attempt::{AttemptCall, AttemptForm},
        form::PageForm,
        page::Visit,
        session::{CardForm, CardVisit, SignedInForm, SignedInVisit},
    },
    routes::table,
};
use axum::http::HeaderMap;

table! { ROUTES, mount:
    get  "/"                      Visit         site::home            () -> Page => "what this is";
    get  "/login"                 Visit         login::show           (Origin, Query) -> Page
        => "the password page, or where an attempt stands";
    post "/login"                 PageForm      login::begin          () -> Page
        => "takes the password; audited as password.*";
    post "/login/device"          AttemptForm   login::device         () -> Page
        => "picks a device; audited as confirmation.device_chosen";
    post "/login/method"          AttemptForm   login::method         () -> Page
        => "picks another method of the same device";
    post "/login/back"            AttemptForm   login::back           () -> Page => "back to the chooser";
    post "/login/more"            AttemptForm   login::more           () -> Page => "more time for a login, once";
    post "/login/cancel"          PageForm      login::cancel         () -> Page
        => "leaves a login that a program asked for, which is told";
    post "/login/decline"         AttemptForm   login::decline        () -> Page
        => "refuses what is not a login; audited as confirmation.denied";
    post "/login/answer"          AttemptForm   login::answer         () -> Page => "answers; audited as confirmation.*";
    post "/login/assert"          AttemptForm   login::assert         () -> Page
        => "answers with a passkey; audited as confirmation.* and passkey.assertion_refused";
    get  "/login/passkey"         Visit         login::alone_page     (Query) -> Page => "asks for a passkey, and no username";
    post "/login/passkey"         PageForm      login::alone          () -> Page
        => "logs in by a passkey alone; audited as confirmation.* and passkey.assertion_refused";
    get  "/login/resync"          Visit         login::resync_page    (Origin, Query) -> Page
        => "asks for two consecutive codes of the device that an attempt awaits";
    post "/login/resync"          AttemptForm   login::resync         () -> Page
        => "brings that device in step; audited as device.resynchronised, wrong codes as confirmation.answered_wrong";
    post "/login/again"           AttemptForm   login::again          () -> Page
        => "leaves a login for another start; audited as confirmation.abandoned";
    get  "/login/device"          Visit         login::standing       () -> Page
        => "to where the browser's attempt stands, or to the start";
    get  "/login/method"          Visit         login::standing       () -> Page => "the same";
    get  "/login/back"            Visit         login::standing       () -> Page => "the same";
    get  "/login/decline"         Visit         login::standing       () -> Page => "the same";
    get  "/login/more"            Visit         login::standing       () -> Page => "the same";
    get  "/login/answer"          Visit         login::standing       () -> Page => "the same";
    get  "/login/assert"          Visit         login::standing       () -> Page => "the same";
    get  "/login/again"           Visit         login::standing       () -> Page => "the same";
    get  "/login/events"          AttemptCall   login::events         (Query) -> Events
        => "tells the waiting page that something changed";
    post "/logout"                PageForm      settings::logout      () -> Page
        => "ends the session; audited as session.ended";
    get  "/settings"              SignedInVisit settings::show        (Query) -> Page
        => "devices, known programs, sessions, activity";
    get  "/settings/activity"     SignedInVisit activity::show        (Query) -> Page
        => "what happened, in sentences or row by row";
    get  "/settings/activity/report" SignedInVisit activity::report_page (Query) -> Page
        => "asks whether it was really not the user";
    post "/settings/activity/report" SignedInForm activity::report    () -> Page
        => "it wasn't me: takes back what the password gave; audited as confirmation.reported";
    get  "/settings/devices"       SignedInVisit device::show          (Query) -> Page => "one of the user's devices";
    post "/settings/devices/label" SignedInForm  device::rename        () -> Page
        => "another label; audited as device.renamed";
    post "/settings/devices/default" SignedInForm device::prefer       () -> Page
        => "makes it the default; audited as user.default_device_changed";
    post "/settings/devices/lost"  SignedInForm  device::lost          () -> Page
        => "sets a lost device aside; audited as device.state_changed";
    post "/settings/devices/remove" SignedInForm device::remove       () -> Page
        => "ends a passkey; audited as device.state_changed";
    post "/settings/devices/veto" SignedInForm   recovery::veto        () -> Page
        => "ends a phone that came back by a code alone; audited as recovery.vetoed";
    get  "/settings/recovery"     SignedInVisit recovery::show        (Query) -> Page
        => "whether a code alone brings a phone back";
    post "/settings/recovery/never" SignedInForm recovery::never      () -> Page
        => "never by a code alone; audited as recovery.code_alone_closed";
    post "/settings/recovery/allow" SignedInForm recovery::allow      () -> Page
        => "has the strongest device confirm that a code alone may; audited as confirmation.offered and recovery.code_alone_allowed";
    get  "/settings/passkeys"     SignedInVisit passkey::show         (Query) -> Page => "makes a passkey";
    post "/settings/passkeys"     SignedInForm  passkey::add          () -> Page
        => "has a device vouch for a passkey; audited as confirmation.* and device.state_changed";
    get  "/settings/devices/resync" SignedInVisit device::resync_page (Query) -> Page
        => "asks for two consecutive codes of a device";
    post "/settings/devices/resync" SignedInForm device::resync       () -> Page
        => "brings a device in step; audited as device.resynchronised, wrong codes as confirmation.answered_wrong";
    get  "/settings/devices/pin"  SignedInVisit device_proof::pin_page (Query) -> Page
        => "asks for another PIN and a response that was made with it";
    post "/settings/devices/pin"  SignedInForm  device_proof::pin     () -> Page
        => "has a device confirm another PIN; audited as confirmation.offered and device.pin_changed";
    get  "/settings/devices/start" SignedInVisit device_proof::start_page (Query) -> Page
        => "asks for the serial number and a code of a suspended device";
    post "/settings/devices/start" SignedInForm device_proof::start   () -> Page
        => "takes it into use; audited as device.state_changed, wrong ones as confirmation.answered_wrong";
    get  "/settings/devices/order" SignedInVisit order::show          (Query) -> Page
        => "what may be ordered, where to, and in place of which device";
    post "/settings/devices/order" SignedInForm order::wish           () -> Page
        => "has the strongest device confirm an order; audited as confirmation.offered and device_order.asked";
    get  "/settings/devices/order/pin" SignedInVisit order::pin_page  (Query) -> Page
        => "asks for the PIN of a device that the institution ordered";
    post "/settings/devices/order/pin" SignedInForm order::pin        () -> Page
        => "has the strongest device confirm it; audited as confirmation.offered and device.pin_changed";
    get  "/settings/limits"       SignedInVisit limits::show          (Query) -> Page
        => "what each device may authorise, own limits, the transfer lock";
    post "/settings/limits/own"   SignedInForm  limits::own           () -> Page
        => "own limits of a device; audited as own_limits.lowered, higher ones as confirmation.offered and own_limits.rise";
    post "/settings/limits/own/keep" SignedInForm limits::keep_own    () -> Page
        => "gives up higher limits that wait; audited as own_limits.kept";
    post "/settings/limits/lock"  SignedInForm  limits::close         () -> Page
        => "closes the transfer lock, or keeps it closed; audited as transfer_lock.closed or .kept, withdrawal.stopped";
    post "/settings/limits/lock/open" SignedInForm limits::open       () -> Page
        => "has a device confirm that the lock opens; audited as confirmation.offered and transfer_lock.opens";
    post "/settings/limits/two"   SignedInForm  limits::two           () -> Page
        => "the sum above which two devices are needed; audited as two_devices.*";
    post "/settings/limits/two/keep" SignedInForm limits::keep_two    () -> Page
        => "gives up a higher sum that waits; audited as two_devices.kept";
    get  "/settings/ready"        SignedInVisit ready::show           (Query) -> Page
        => "what would work without one of the devices";
    post "/settings/news"         SignedInForm  settings::news        () -> Page
        => "has a device confirm that the news was seen; audited as confirmation.offered and news.acknowledged";
    post "/settings/time"         SignedInForm  settings::time        () -> Page
        => "more time for everything, or the usual";
    get  "/settings/password"     SignedInVisit password::show        (Query) -> Page => "asks for another password";
    post "/settings/password"     SignedInForm  password::change      () -> Page
        => "has a device confirm another password; audited as confirmation.offered and password.changed";
    get  "/.well-known/change-password" Visit   password::well_known  () -> Page
        => "leads password managers to where it is changed";
    get  "/forgot"                Visit         password::forgot_page () -> Page => "asks who forgot the password";
    post "/forgot"                PageForm      password::forgot      () -> Page
        => "sends a link to the user's mail address; audited as password.link_sent";
    get  "/forgot/sent"           Visit         password::sent        () -> Page => "what happens now";
    get  "/forgot/done"           Visit         password::chosen      () -> Page => "the first password is chosen";
    get  "/forgot/{link}"         Visit         password::link        (Segment, Query) -> Page
        => "asks for a new password, and uses nothing up";
    post "/forgot/new"            PageForm      password::reset       () -> Page
        => "has a permanent device confirm the new password; audited as confirmation.offered and password.changed";
    get  "/settings/online-card"  CardVisit     lent::card            (Query) -> Page
        => "the online code card of a temporary access";
    post "/settings/online-card"  CardForm      lent::make            () -> Page
        => "makes one; audited as device.added";
    post "/settings/online-card/start" CardForm lent::start           () -> Page
        => "takes it into use by two of its values; audited as online_card.issued, wrong ones as confirmation.answered_wrong";
    post "/settings/objection"    SignedInForm  lent::own_objection   () -> Page
        => "the user objects to what the desk is about to do; audited as desk.case_rejected or device.state_changed";
    get  "/objection/made"        Visit         lent::made            () -> Page => "the objection was made";
    get  "/objection/{link}"      Visit         lent::objection_page  (Segment) -> Page
        => "asks whether the user objects, and changes nothing";
    post "/objection"             PageForm      lent::objection       () -> Page
        => "the user objects, by the link that was sent; audited as desk.case_rejected or device.state_changed";
    get  "/console"               Finding       console::home         (Query) -> Page
        => "finds users, and shows what waits at the desk";
    get  "/console/user"          Seeing        console::user         (Origin, Query) -> Page
        => "a user's page with the timeline; audited as desk.user_viewed";
    post "/console/user/suspend"  Suspending console::suspend     () -> Page
        => "sets a device aside; audited as device.state_changed";
    post "/console/user/lost"     Suspending console::lost        () -> Page
        => "ends a device that is lost; audited as device.state_changed";
    post "/console/user/unlock"   Unlocking console::unlock       () -> Page
        => "lifts a lock after failures; audited as user.unlocked";
    post "/console/user/unlock-device" Unlocking console::unlock_device () -> Page
        => "lifts a device's lock; audited as device.unlocked";
    post "/console/user/end-sessions" EndingSessions console::end_sessions () -> Page
        => "ends every session of a user; audited as session.ended";
    post "/console/call"          CheckingForm call::begin        () -> Page
        => "has a device of the caller's show who calls; audited as confirmation.*, desk.caller_proved and desk.caller_not_proved";
    get  "/console/call"          CheckingCaller call::show       (Origin, Query) -> Page
        => "how that stands, and what the agent says first";
    post "/console/call/device"   CheckingForm call::device       () -> Page => "chooses the device that the caller has at hand";
    post "/console/call/challenge" CheckingForm call::challenge   () -> Page => "asks the phone for the response to a challenge";
    post "/console/call/back"     CheckingForm call::other        () -> Page => "goes back to the caller's devices";
    post "/console/call/answer"   CheckingForm call::answer       () -> Page
        => "checks the response that the caller read out; audited as desk.caller_proved or confirmation.answered_wrong";
    post "/console/cases"         Proposing console::propose      () -> Page
        => "proposes what needs two people; audited as desk.case_proposed";
    get  "/console/alarms"        Seeing        queues::alarms        (Query) -> Page
        => "users who said \"it wasn't me\", the oldest first";
    post "/console/alarms/take"   TakingAlarm   queues::take          () -> Page
        => "takes care of one of them; audited as desk.alarm_taken";
    post "/console/alarms/leave"  TakingAlarm   queues::leave         () -> Page
        => "leaves one to others; audited as desk.alarm_left";
    get  "/console/undelivered"   Seeing        queues::undelivered   (Query) -> Page
        => "messages that could not be delivered, the longest there first";
    post "/console/undelivered/again" SendingAgain queues::again      () -> Page
        => "sends one again; audited as desk.message_sent_again";
    post "/console/undelivered/aside" SendingAgain queues::aside      () -> Page
        => "puts one aside, with a reason; audited as desk.message_put_aside";
    get  "/console/mailing"       Mailing       mailing::mailing      (Query) -> Page
        => "devices to mail with their addresses, and those on their way";
    post "/console/mailing/sent"  MailingForm   mailing::sent         () -> Page
        => "notes that a device of the depot was mailed; audited as device_order.shipped";
    post "/console/mailing/cancelled" MailingForm mailing::cancelled  () -> Page
        => "gives an order up; audited as device_order.cancelled";
    post "/console/mailing/lost"  MailingForm   mailing::lost         () -> Page
        => "notes that a device was lost in the post; audited as device_order.lost_in_post";
    post "/console/mailing/returned" MailingForm mailing::returned    () -> Page
        => "notes that a device came back; audited as device_order.returned";
    get  "/console/settings"      Auditing      in_force::in_force    () -> Page
        => "the settings in force, the device classes and the registered clients";
    get  "/console/case"          Seeing        console::case         (Query) -> Page => "a case, as both agents see it";
    post "/console/case/second"   Seconding console::second       () -> Page
        => "has a device of the second agent confirm it; audited as confirmation.* and desk.case_seconded";
    post "/console/case/reject"   Seconding console::reject       () -> Page
        => "rejects it; audited as desk.case_rejected";
    post "/console/case/reveal"   Proposing console::reveal       () -> Page
        => "shows the temporary code to the first agent, once; audited as temporary_access.granted";
    get  "/settings/contacts"     SignedInVisit contact::show         (Query) -> Page
        => "contact points, and a form for another one";
    post "/settings/contacts"     SignedInForm  contact::begin        () -> Page
        => "sends a code to what is to become one; audited as contact.code_sent";
    get  "/settings/contacts/code" SignedInVisit contact::code_page   (Query) -> Page => "asks for that code";
    post "/settings/contacts/code" SignedInForm contact::prove        () -> Page
        => "has a device confirm the change; audited as confirmation.offered, contact.added or .replaced, and .code_refused";
    post "/settings/contacts/remove" SignedInForm contact::remove     () -> Page
        => "has a device confirm that one is used no more; audited as confirmation.offered and contact.removed";
    get  "/contact/undo/{link}"   Visit         contact::undo_page    (Segment) -> Page
        => "says what a link would undo, and undoes nothing";
    post "/contact/undo"          PageForm      contact::undo         () -> Page
        => "undoes a change of contact points and what came after it; audited as contact.change_undone";
    get  "/contact/undone"        Visit         contact::undone       () -> Page => "a change was undone";
    post "/settings/sessions/end" SignedInForm  access::end_session () -> Page
        => "ends one of the user's sessions; audited";
    post "/settings/programs/end" SignedInForm  access::end_program () -> Page
        => "ends the access that a program kept; audited as grant.ended";
    post "/settings/access/end-others" SignedInForm access::end_others () -> Page
        => "ends every session, program's access and known browser but the own; audited as each of them is";
    post "/settings/confirm"      SignedInForm  settings::confirm     () -> Page
        => "takes up a request that waits; audited as confirmation.*";
    get  "/settings/phone"        SignedInVisit invite::show          () -> Page => "how the invitation to a phone stands";
    post "/settings/phone"        SignedInForm  invite::make          () -> Page
        => "invites a phone; audited as invitation.made";
    get  "/settings/phone/events" SignedInVisit invite::events        (Origin, Query) -> Events
        => "tells the page that a phone came";
    post "/settings/marks/revoke" SignedInForm  access::revoke_mark () -> Page
        => "forgets a known program; audited as mark.revoked";
    post "/language"              PageForm      site::language        () -> Page => "remembers the language";
    get  "/help/"                 Visit         site::help_index      (Query) -> Page => "help, the list";
    get  "/help/{page}"           Visit         site::help            (Segment) -> Page => "a help page";
    get  "/problems/"             Visit         site::problems        () -> Page => "every problem type";
    get  "/problems/{slug}"       Visit         site::problem         (Segment) -> Page => "what a problem type means";
    get  "/assets/{name}"         Visit         assets::asset         (HeaderMap, Segment) -> File
        => "styles, pictures, scripts";
}
