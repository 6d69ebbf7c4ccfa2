//! What the server reads itself.

use crate::{Verdict, text};
use countersign::{
    config::File,
    handle::{Handles, Kind},
    notify::webpush::Policy,
};
use domain::id::UserId;

/// A handle, as it comes in a cookie, a form or a token: only our own opens.
pub(crate) fn handle(data: &[u8]) -> Verdict {
    let (Some(text), Some(handles)) = (text(data), Handles::new(&[3; 32])) else { return Verdict::Refused };
    assert_eq!(handles.read(Kind::Session, text), None, "nobody here has the server's key");
    let (minted, digest) = handles.mint(Kind::Session, UserId::from([5; 16]));
    assert_eq!(handles.read(Kind::Session, &minted).map(|read| read.digest), Some(digest));
    assert_eq!(handles.read(Kind::Session, &[&minted, text].concat()).is_some(), text.is_empty());
    Verdict::of(text.len() == minted.len())
}

/// Where a phone says that it is to be woken.
pub(crate) fn push_endpoint(data: &[u8]) -> Verdict {
    let services = ["*.push.example:8443", "push.example"].iter().filter_map(|service| service.parse().ok()).collect();
    let policy = Policy { services, loopback: false };
    let endpoint = policy.endpoint(text(data).unwrap_or_default());
    if let Ok(endpoint) = &endpoint {
        let origin = endpoint.origin();
        assert!(origin.starts_with("https://"), "{origin}");
        assert!(origin.ends_with("push.example") || origin.ends_with(".push.example:8443"), "{origin}");
        assert!(endpoint.expose().starts_with(origin));
    }
    Verdict::of_result(&endpoint)
}

/// A configuration file.
pub(crate) fn configuration(data: &[u8]) -> Verdict {
    let Some(text) = text(data) else { return Verdict::Refused };
    let lines = text.lines().count();
    let file = File::parse(text);
    if let Err(errors) = &file {
        assert!(!errors.is_empty(), "a refusal has a reason");
        // A file that ends with a line end has a last line that is empty.
        assert!(errors.iter().all(|error| error.line <= lines + 1), "{errors:?}");
    }
    Verdict::of_result(&file)
}
