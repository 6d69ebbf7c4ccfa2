//! The console's page of whoever mails devices: what is to be mailed, what is on its way, and what happened to it.

use super::{console, settings::day};
use crate::{
    flow::{
        desk::{
            NotDone,
            agent::OnDuty,
            mailing::{self, Mail, NotNoted},
        },
        device::order::{DeviceOrder, awaits_pin},
        user::EnrolError,
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            agent::{Mailing, MailingForm},
            form::PageForm,
        },
    },
    pages::mailing::{MailLine, MailTold, MailingPage},
};
use axum::{extract::State, http::StatusCode};
use domain::{
    desk::{CaseRefusal, Right},
    device::order::{OrderEvent, OrderState},
};

/// Octets of a serial number at most.
const SERIAL: usize = 256;

/// `GET /console/mailing`.
pub async fn mailing(State(app): State<Shared>, Mailing { visit, agent }: Mailing, query: Query) -> Page {
    let bag = match mailing::mailbag(&app).await {
        Ok(bag) => bag,
        Err(not) => return refused(&visit, not),
    };
    let line = |(order, user): &(DeviceOrder, String)| MailLine {
        id: order.device.to_string(),
        user: user.clone(),
        label: app
            .settings
            .catalogue
            .class(&order.class)
            .map_or_else(|| order.class.clone(), |class| class.label.clone()),
        address: order.address.clone(),
        since: day(match order.state {
            OrderState::Shipped { at } => at,
            _ => order.created_at,
        }),
        serial: order.serial.clone(),
        awaits_pin: awaits_pin(&app, order),
    };
    let page = MailingPage {
        frame: visit.frame_at("/console/mailing"),
        asked: bag.asked.iter().map(line).collect(),
        shipped: bag.shipped.iter().map(line).collect(),
        may_note: agent.may(Right::Mail),
        told: query.member("said", 32).and_then(MailTold::of),
    };
    visit.show(StatusCode::OK, &page)
}

/// `POST /console/mailing/sent`.
pub async fn sent(State(app): State<Shared>, MailingForm { form, agent }: MailingForm) -> Result<Page, Page> {
    let serial = form.field("serial", SERIAL)?.trim().to_owned();
    noted(&app, &form, &agent, Mail::Sent(serial)).await
}

/// `POST /console/mailing/cancelled`.
pub async fn cancelled(State(app): State<Shared>, MailingForm { form, agent }: MailingForm) -> Result<Page, Page> {
    noted(&app, &form, &agent, Mail::Ended(OrderEvent::Cancelled)).await
}

/// `POST /console/mailing/lost`.
pub async fn lost(State(app): State<Shared>, MailingForm { form, agent }: MailingForm) -> Result<Page, Page> {
    noted(&app, &form, &agent, Mail::Ended(OrderEvent::LostInPost)).await
}

/// `POST /console/mailing/returned`.
pub async fn returned(State(app): State<Shared>, MailingForm { form, agent }: MailingForm) -> Result<Page, Page> {
    noted(&app, &form, &agent, Mail::Ended(OrderEvent::Returned)).await
}

async fn noted(app: &Shared, form: &PageForm, agent: &OnDuty, mail: Mail) -> Result<Page, Page> {
    let id = console::id_in(form, "id")?;
    let told = match mailing::note(app, agent, form.origin.clone(), id, mail).await {
        Ok(()) => MailTold::Done,
        Err(NotNoted::Desk(NotDone::Unknown)) => MailTold::Unknown,
        Err(NotNoted::Desk(NotDone::Case(CaseRefusal::OwnUser))) => MailTold::OwnUser,
        Err(NotNoted::Order(not)) => said(&not),
        Err(not @ NotNoted::Desk(_)) => return Ok(refused(&form.visit, not)),
    };
    Ok(form.visit.go(&format!("/console/mailing?said={}", told.name())))
}

fn said(not: &EnrolError) -> MailTold {
    match not {
        EnrolError::NotInDepot => MailTold::NotInDepot,
        EnrolError::OtherClass(_) => MailTold::OtherClass,
        EnrolError::SerialTaken => MailTold::Taken,
        EnrolError::OrderState(_) | EnrolError::NoOrder => MailTold::State,
        _ => MailTold::NotUsable,
    }
}

fn refused(visit: &crate::http::extract::page::Visit, not: NotNoted) -> Page {
    match not {
        NotNoted::Desk(not) => console::refused(visit, not),
        NotNoted::Order(_) => visit.go("/console/mailing"),
    }
}
