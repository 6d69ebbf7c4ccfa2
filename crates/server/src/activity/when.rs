//! A moment as people read it, in the institution's zone and with what that is off from universal time.

use domain::Timestamp;
use i18n::Lang;
use jiff::tz::TimeZone;

/// A moment, for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// For people: `26 Nov 2026, 11:41 UTC+01:00`.
    pub text: String,
    /// For programs: `2026-11-26T11:41:05+01:00`.
    pub datetime: String,
}

/// A moment in a language and a zone.
pub fn when(lang: Lang, zone: &TimeZone, at: Timestamp) -> When {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_zoned_datetime(zone.clone());
    let pattern = match lang {
        Lang::En => "%-d %b %Y, %H:%M",
        Lang::Ru => "%d.%m.%Y, %H:%M",
    };
    let off = if at.offset().is_zero() { String::new() } else { at.strftime("%:z").to_string() };
    let text = format!("{}\u{a0}UTC{off}", at.strftime(pattern));
    When { text, datetime: at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string() }
}

/// A day in a language and a zone: `3 May 2026`.
pub fn day(lang: Lang, zone: &TimeZone, at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_zoned_datetime(zone.clone());
    let pattern = match lang {
        Lang::En => "%-d %b %Y",
        Lang::Ru => "%d.%m.%Y",
    };
    at.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_where_the_institution_is() {
        let zone = |name| TimeZone::get(name).unwrap();
        for (name, seconds, en, ru, datetime) in [
            (
                "America/New_York",
                1_795_600_000,
                "25 Nov 2026, 04:46\u{a0}UTC-05:00",
                "25.11.2026, 04:46\u{a0}UTC-05:00",
                "2026-11-25T04:46:40-05:00",
            ),
            (
                "Europe/Zurich",
                1_783_159_200,
                "4 Jul 2026, 12:00\u{a0}UTC+02:00",
                "04.07.2026, 12:00\u{a0}UTC+02:00",
                "2026-07-04T12:00:00+02:00",
            ),
            ("UTC", 0, "1 Jan 1970, 00:00\u{a0}UTC", "01.01.1970, 00:00\u{a0}UTC", "1970-01-01T00:00:00+00:00"),
        ] {
            let at = Timestamp::from_unix_seconds(seconds);
            let told = [Lang::En, Lang::Ru].map(|lang| when(lang, &zone(name), at));
            assert_eq!([&told[0].text, &told[1].text], [en, ru]);
            assert!(told.iter().all(|told| told.datetime == datetime), "{told:?}");
        }
    }
}
