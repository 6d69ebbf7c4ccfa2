//! Forms and what stands in them.

use crate::{Verdict, text};
use oidc::{
    Form,
    authorize::{self, Addressee, AuthorizeRequest},
    ciba::BackchannelRequest,
    client::{AuthMethod, CibaMode, Registration},
    client_auth::{Audience, Presented},
    details, first_party, introspect,
    logout::LogoutRequest,
    redirect,
    token::TokenRequest,
};

const ISSUER: &str = "https://id.example";
const NOW: i64 = 1_700_000_000;

/// A client that may do everything that a client may.
fn client() -> Registration {
    Registration {
        redirect_uris: vec!["https://rp.example/cb".into(), "http://127.0.0.1/cb".into()],
        post_logout_redirect_uris: vec!["https://rp.example/bye".into()],
        auth: AuthMethod::ClientSecretBasic,
        secret_sha256: Some(oidc::client_auth::secret_hash("secret")),
        authorization_details_types: details::TYPES.iter().map(|name| (*name).to_owned()).collect(),
        ciba: Some(CibaMode::Poll),
        ..Registration::default()
    }
}

/// A body, read strictly.
pub(crate) fn form(data: &[u8]) -> Verdict {
    let form = Form::parse(data);
    if let Ok(form) = &form {
        for (name, _) in form.pairs() {
            assert!(form.has(name));
        }
        let _ = (form.optional("a", 8), form.required("a", 8), introspect::token(form));
    }
    Verdict::of_result(&form)
}

/// A step of a program with a login form of its own.
pub(crate) fn first_party(data: &[u8]) -> Verdict {
    let Ok(form) = Form::parse(data) else { return Verdict::Refused };
    let request = first_party::Request::parse(&form);
    if let Ok(first_party::Request::Begin(begin)) = &request {
        assert!(!begin.username.is_empty() && !begin.password.is_empty(), "an empty value counts as missing");
    }
    Verdict::of_result(&request)
}

/// An authorization request, and where its answer goes: only where the client registered.
pub(crate) fn authorize(data: &[u8]) -> Verdict {
    let Ok(form) = Form::parse(data) else { return Verdict::Refused };
    let registered = client();
    let _ = authorize::front(&form);
    let Ok(addressee) = Addressee::of(&form, &registered) else { return Verdict::Refused };
    let answer = addressee.answer(ISSUER, "code");
    assert!(
        answer.starts_with("https://rp.example/cb?") || answer.starts_with("http://127.0.0.1"),
        "an answer goes nowhere else: {answer}"
    );
    assert!(answer.bytes().all(|b| b.is_ascii_graphic()), "no line end in a header: {answer}");
    let request = AuthorizeRequest::parse(&form, &registered, addressee);
    if let Ok(request) = &request {
        let kept = serde_json::to_string(request).unwrap_or_default();
        assert_eq!(serde_json::from_str::<AuthorizeRequest>(&kept).ok().as_ref(), Some(request));
        let _ = request.met_by("urn:acr", NOW, NOW);
    }
    Verdict::of_result(&request)
}

/// What a user is to confirm.
pub(crate) fn authorization_details(data: &[u8]) -> Verdict {
    let Some(text) = text(data) else { return Verdict::Refused };
    let allowed = client().authorization_details_types;
    let detail = details::parse(text, &allowed);
    if let Ok(detail) = &detail {
        let again = serde_json::to_string(&[detail]).unwrap_or_default();
        assert_eq!(details::parse(&again, &allowed).as_ref(), Ok(detail), "what is kept reads as what was asked");
        assert!(details::parse(text, &[]).is_err(), "not what this client may ask for");
    }
    Verdict::of_result(&detail)
}

/// A back end's request.
pub(crate) fn ciba(data: &[u8]) -> Verdict {
    let Ok(form) = Form::parse(data) else { return Verdict::Refused };
    let request = BackchannelRequest::parse(&form, ("rp", &client()), ISSUER, NOW);
    if let Ok(request) = &request {
        assert!(request.signed.is_none(), "nobody signed this");
        assert!(request.detail.is_some() || request.binding_message.is_some());
    }
    Verdict::of_result(&request)
}

/// What is asked of the token endpoint.
pub(crate) fn token_request(data: &[u8]) -> Verdict {
    let Ok(form) = Form::parse(data) else { return Verdict::Refused };
    Verdict::of_result(&TokenRequest::parse(&form))
}

/// A first line that is the `Authorization` header, and a body: only the right secret is believed.
pub(crate) fn client_authentication(data: &[u8]) -> Verdict {
    let mut parts = data.splitn(2, |octet| *octet == b'\n');
    let header = parts.next().and_then(text).filter(|header| !header.is_empty());
    let Ok(form) = Form::parse(parts.next().unwrap_or_default()) else { return Verdict::Refused };
    let Ok(presented) = Presented::of(&form, header) else { return Verdict::Refused };
    let checked = presented.check(&client(), &Audience { issuer: ISSUER, endpoints: &[] }, NOW);
    if checked.is_ok() {
        assert!(header.is_some(), "this client proves itself in the header alone");
    }
    Verdict::of_result(&checked)
}

/// A client's registration, as the database or the configuration keeps it.
pub(crate) fn registration(data: &[u8]) -> Verdict {
    let Ok(registration) = serde_json::from_slice::<Registration>(data) else { return Verdict::Refused };
    let checked = registration.check();
    if checked.is_ok() {
        for uri in &registration.redirect_uris {
            assert!(redirect::matches(uri, uri), "a registered address is its own");
        }
        assert!(!registration.allowed_scopes().is_empty());
        assert_eq!(registration.keys_for(None).count(), registration.keys.len());
    }
    Verdict::of_result(&checked)
}

/// A logout that a relying party asks for.
pub(crate) fn logout(data: &[u8]) -> Verdict {
    let Ok(form) = Form::parse(data) else { return Verdict::Refused };
    let Ok(request) = LogoutRequest::parse(&form) else { return Verdict::Refused };
    let way = request.way_on(&client());
    if let Ok(Some(way)) = &way {
        assert!(way.starts_with("https://rp.example/bye"), "nowhere else: {way}");
        assert!(way.bytes().all(|b| b.is_ascii_graphic()), "no line end in a header: {way}");
    }
    Verdict::of_result(&way)
}

/// Two addresses on a line each.
pub(crate) fn url(data: &[u8]) -> Verdict {
    let Some((one, other)) = text(data).and_then(|text| text.split_once('\n')) else { return Verdict::Refused };
    let same = oidc::url::same_target(one, other);
    assert_eq!(same, oidc::url::same_target(other, one));
    if redirect::matches(one, other) {
        assert!(redirect::matches(other, one));
    }
    if redirect::may_be_registered(one) {
        assert!(redirect::matches(one, one));
    }
    Verdict::of(same)
}
