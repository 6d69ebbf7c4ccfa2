//! OCRA suites and what people type into a response field.

use crate::{Verdict, text};
use otp::{
    Key,
    ocra::{Input, Suite},
};

/// A suite, as an imported token names it.
pub(crate) fn ocra_suite(data: &[u8]) -> Verdict {
    let Some(text) = text(data) else { return Verdict::Refused };
    let suite = Suite::parse(text);
    if let Ok(suite) = &suite {
        assert_eq!(suite.as_str(), text, "the text takes part in every response, so it is kept");
        let without = suite.without_pin();
        assert_eq!(Suite::parse(without.as_str()).as_ref(), Ok(&without));
        assert!(without.pin_algorithm().is_none());
        assert!(suite.step_at(u64::MAX).is_some() == suite.time_step().is_some());
    }
    Verdict::of_result(&suite)
}

/// A suite, a question and a candidate on a line each: the right response is taken, and another one is not.
pub(crate) fn ocra_response(data: &[u8]) -> Verdict {
    let mut lines = text(data).unwrap_or_default().splitn(3, '\n');
    let (Some(suite), Some(question), Some(candidate)) = (lines.next(), lines.next(), lines.next()) else {
        return Verdict::Refused;
    };
    let Ok(suite) = Suite::parse(suite) else { return Verdict::Refused };
    let key = Key::new(vec![7; 32]);
    let pin = suite.pin_hash("7294");
    let session = suite.session_length().map(|length| vec![1; usize::from(length)]);
    let input = Input {
        counter: suite.has_counter().then_some(5),
        question,
        pin: pin.as_ref(),
        session: session.as_deref(),
        time: suite.step_at(1_700_000_000),
        ..Input::default()
    };
    let Ok(response) = suite.respond(&key, &input) else {
        assert!(suite.verify(&key, &input, candidate).is_err(), "no question fits one way and not the other");
        return Verdict::Refused;
    };
    assert_eq!(suite.verify(&key, &input, response.as_str()), Ok(true));
    assert_eq!(suite.verify(&key, &input, candidate), Ok(candidate == response.as_str()));
    Verdict::Taken
}
