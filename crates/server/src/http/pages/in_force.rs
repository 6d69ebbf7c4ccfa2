//! The console's page of what is in force.

use crate::{
    http::{Shared, answer::Page, extract::agent::Auditing},
    pages::in_force::{ClassLine, ClientLine, InForcePage},
};
use axum::{extract::State, http::StatusCode};
use domain::device::{
    Method,
    catalogue::{Class, Limit},
};
use operation::Amount;

/// `GET /console/settings`.
pub async fn in_force(State(app): State<Shared>, Auditing { visit, .. }: Auditing) -> Page {
    let frame = visit.frame_at("/console/settings");
    let limit = |limit: Limit| match limit {
        Limit::Unlimited => frame.lang.t("help-limits-none"),
        Limit::UpTo(most) => {
            let most = Amount::from(most);
            amount::write(most.digits(), most.currency(), amount::Marks::of(frame.lang.tag()))
        }
    };
    let class = |class: &Class| ClassLine {
        name: class.name.clone(),
        label: class.label.clone(),
        methods: class.methods.iter().map(|method: &Method| method.name()).collect::<Vec<_>>().join(" "),
        limits: format!("{} / {}", limit(class.limits.per_day), limit(class.limits.per_five_days)),
    };
    let clients = app.clients.all();
    let page = InForcePage {
        classes: app.settings.catalogue.classes().iter().map(class).collect(),
        clients: clients
            .iter()
            .map(|client| ClientLine {
                id: client.id.clone(),
                name: client.name.clone(),
                scopes: client.oauth.scopes.join(" "),
                auth: client.oauth.auth.name(),
                first_party: client.first_party,
            })
            .collect(),
        tables: app.settings.in_force.clone(),
        frame,
    };
    visit.show(StatusCode::OK, &page)
}
