//! Accounts and rates.

use super::{
    caller::{AccountsRead, AccountsWrite, RatesRead, RatesWrite},
    shown, unfit,
};
use crate::{
    flow::{
        institution::{
            NotDone,
            account::{self, Posted},
        },
        money::rate::{self, NotPosted},
    },
    http::{
        Shared,
        answer::Data,
        extract::{address::Segment, body::ApiBody},
        problem::{ApiProblem, Slug},
    },
    work::Stop,
};
use axum::extract::State;
use domain::{Timestamp, audit::Actor};
use operation::Currency;
use wire::api::account::{Account, PutAccount, PutRate, Rate};

/// `PUT /accounts/{id}`.
pub async fn put(
    State(app): State<Shared>,
    caller: AccountsWrite,
    Segment(id): Segment,
    ApiBody(body): ApiBody<PutAccount>,
) -> Result<Data<Account>, ApiProblem> {
    let id = id.ok_or(Slug::NotFound)?;
    let posted = Posted { id: id.clone(), users: body.users, currency: body.currency, equity: body.equity };
    let kept: Result<_, NotDone> = app
        .work(Actor::Client { id: caller.client.id.clone() }, move |work| {
            account::post(work, &posted)?;
            account::one(work, &posted.id)
        })
        .await;
    let (account, users) = kept?;
    Ok(Data(shown::account(&account, &users)))
}

/// `GET /accounts/{id}`.
pub async fn one(
    State(app): State<Shared>,
    _: AccountsRead,
    Segment(id): Segment,
) -> Result<Data<Account>, ApiProblem> {
    let id = id.ok_or(Slug::NotFound)?;
    let found: Result<_, NotDone> = app.look(move |work| account::one(work, &id)).await;
    let (account, users) = found?;
    Ok(Data(shown::account(&account, &users)))
}

/// `PUT /rates/{currency}`.
pub async fn put_rate(
    State(app): State<Shared>,
    caller: RatesWrite,
    Segment(code): Segment,
    ApiBody(body): ApiBody<PutRate>,
) -> Result<Data<Rate>, ApiProblem> {
    let code = code.ok_or(Slug::NotFound)?;
    let as_of: jiff::Timestamp =
        body.as_of.parse().map_err(|_| unfit("as_of", "is no moment as RFC 3339 writes it"))?;
    let as_of = Timestamp::from_micros(as_of.as_microsecond());
    let (posted, usd) = (code.clone(), body.usd);
    let kept: Result<(), NotDone> = app
        .work(Actor::Client { id: caller.client.id.clone() }, move |work| {
            rate::post(work, &posted, &usd, as_of).map_err(|stop| stop.map(not_posted))
        })
        .await;
    kept?;
    known(&app, code).await.map(Data)
}

fn not_posted(refused: NotPosted) -> NotDone {
    let member = match &refused {
        NotPosted::Currency(_) | NotPosted::Counted => "currency",
        NotPosted::Rate(_) => "usd",
        NotPosted::Future => "as_of",
        NotPosted::Store(_) => return NotDone::Refused(crate::flow::Refused::Unavailable),
    };
    NotDone::Unfit(member, refused.to_string())
}

/// `GET /rates/{currency}`.
pub async fn rate(State(app): State<Shared>, _: RatesRead, Segment(code): Segment) -> Result<Data<Rate>, ApiProblem> {
    known(&app, code.ok_or(Slug::NotFound)?).await.map(Data)
}

async fn known(app: &Shared, code: String) -> Result<Rate, ApiProblem> {
    let currency = Currency::parse(&code).map_err(|_| Slug::NotFound)?;
    let found: Result<_, NotDone> = app
        .look(move |work| match rate::of(work, currency)? {
            Some(rate) => Ok(rate),
            None => Err(Stop::Refused(NotDone::Unknown)),
        })
        .await;
    let rate = found?;
    Ok(Rate {
        currency: code,
        usd: rate.digits(),
        as_of: shown::moment(rate.as_of()),
        valid_until: shown::moment(rate.as_of().plus(app.settings.rates_valid_for)),
    })
}
