//! The page of limits and the lock.

use super::{Sample, frame, named};
use crate::pages::{
    Frame,
    limits::{LimitPair, LimitsPage, LimitsTold, LockLine, RoomLine, TwoLine, Why},
};
use i18n::Lang;
use operation::{Amount, Currency, Money};

fn dollars(whole: i64) -> Amount {
    Money::from_minor(whole * 100, Currency::USD).into()
}

fn pair(day: i64, five: i64) -> LimitPair {
    LimitPair { per_day: Some(dollars(day)), per_five_days: Some(dollars(five)) }
}

const LATER: &str = "2026-11-25 09:41 UTC";

/// What everything that can be said of a device looks like.
fn phone() -> RoomLine {
    let reached = |key| Why::Reached(key, dollars(200_000), dollars(150_000));
    RoomLine {
        id: "d1".to_owned(),
        label: "Mobile app <1>".to_owned(),
        class: pair(200_000, 600_000),
        own: LimitPair { per_day: Some(dollars(1_000)), per_five_days: None },
        rise: Some((LimitPair { per_day: None, per_five_days: Some(dollars(5_000)) }, LATER.to_owned())),
        left: Some(dollars(0)),
        why: vec![
            reached("limits-why-class-per-day"),
            reached("limits-why-class-per-five-days"),
            reached("limits-why-own-per-day"),
            reached("limits-why-own-per-five-days"),
            reached("limits-why-recovered-per-day"),
            reached("limits-why-recovered-per-five-days"),
            Why::CardPayment(dollars(500)),
            Why::Lock,
            Why::LockUntil(LATER.to_owned()),
            Why::Two(dollars(10_000)),
        ],
    }
}

pub(super) fn limits(lang: Lang) -> Vec<Sample> {
    let page = LimitsPage {
        frame: Frame {
            signed_in: Some("alice".to_owned()),
            path_and_query: "/settings/limits".to_owned(),
            ..frame(lang)
        },
        business_day: "2026-11-24".to_owned(),
        used: dollars(150_000),
        from: "2026-11-18".to_owned(),
        used_in_five_days: dollars(150_000),
        devices: vec![],
        lock: LockLine::Open,
        hours: 24,
        cards: false,
        two: TwoLine::default(),
        told: None,
    };
    let card = RoomLine {
        id: "d2".to_owned(),
        label: "Digital Security Card+ (…0042)".to_owned(),
        class: LimitPair::default(),
        own: LimitPair::default(),
        rise: None,
        left: None,
        why: vec![],
    };
    let full = LimitsPage {
        devices: vec![phone(), card],
        lock: LockLine::Closed { hours: 48, cards: true },
        cards: true,
        two: TwoLine { above: Some(dollars(10_000)), rise: Some((Some(dollars(20_000)), LATER.to_owned())) },
        ..page.clone()
    };
    let opening = LimitsPage {
        lock: LockLine::Opening { at: LATER.to_owned() },
        two: TwoLine { above: Some(dollars(10_000)), rise: Some((None, LATER.to_owned())) },
        ..full.clone()
    };
    let mut pages = vec![named("limits-empty", &page), named("limits", &full), named("limits-opening", &opening)];
    pages.extend(
        LimitsTold::ALL
            .map(|told| named(&format!("limits-{}", told.name()), &LimitsPage { told: Some(told), ..page.clone() })),
    );
    pages
}
