//! `GET /settings/ready?without=…`: what would work today if one of the devices were gone.

use crate::{
    flow::phone::ready::{self, Left, Vouched},
    http::{
        Shared,
        answer::Page,
        extract::{address::Query, page::Visit, session::SignedInVisit},
    },
    pages::ready::{self as pages, Gone, ReadyPage, Room},
};
use axum::{extract::State, http::StatusCode};

/// Shows it.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let without = query.member("without", 64).and_then(|id| id.parse().ok());
    match ready::look(&app, &signed_in.user, without).await {
        Ok(left) => visit.show(StatusCode::OK, &page(&visit, left)),
        Err(refused) => visit.refused(&refused),
    }
}

fn page(visit: &Visit, left: Left) -> ReadyPage {
    let gone = |(id, label): (domain::id::DeviceId, String)| Gone {
        id: id.to_string(),
        label,
        chosen: Some(id) == left.without,
    };
    let room = |(label, most): (String, Option<operation::Money>)| Room { label, left: most.map(Into::into) };
    ReadyPage {
        frame: visit.frame(),
        devices: left.devices.into_iter().map(gone).collect(),
        login: left.login,
        phone: match left.phone {
            Vouched::Devices(labels) => pages::Vouched::Devices(labels),
            Vouched::Code(to) => pages::Vouched::Code(to),
            Vouched::Nothing => pages::Vouched::Nothing,
        },
        password: left.password,
        money: left.money.into_iter().map(room).collect(),
    }
}
