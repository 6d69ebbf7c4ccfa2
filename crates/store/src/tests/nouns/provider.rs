//! What a login gives: sessions, codes, grants and tokens; what clients ask for, and the clients.

use domain::id::{GrantId, SessionId};

use super::{Nouns, at, secret};
use crate::backchannel::{Backchannel, Notification};
use crate::client_token::ClientToken;
use crate::code::Code;
use crate::grant::{Grant, Standing};
use crate::refresh::Refresh;
use crate::request::Request;
use crate::session::{Alive, Session};
use crate::token::Token;
use crate::webhook::{Message, MessageState, Webhook};
use crate::{
    Error, backchannel, client, client_token, code, confirmation, grant, refresh, replay, request, restored, session,
    token, webhook,
};

const SESSION: [u8; 16] = [60; 16];
const GRANT: [u8; 16] = [70; 16];

pub(super) fn all(nouns: &Nouns) {
    sessions(nouns);
    successions(nouns);
    codes(nouns);
    grants(nouns);
    tokens(nouns);
    client_tokens(nouns);
    webhooks(nouns);
    refresh_tokens(nouns);
    back_ends(nouns);
    notified_back_ends(nouns);
    requests(nouns);
    replays(nouns);
    clients(nouns);
    copies(nouns);
}

fn alive(now: i64) -> Alive {
    Alive { now: at(now), idle_since: at(now - 20) }
}

fn new_session(nouns: &Nouns, id: u8) -> Session {
    Session {
        user: nouns.user,
        id: [id; 16].into(),
        confirmation: [id; 16].into(),
        agent: "Firefox".to_owned(),
        address: "192.0.2.1".to_owned(),
        acr: "2".to_owned(),
        amr: "pwd otp".to_owned(),
        created_at: at(1),
        last_seen_at: at(1),
        expires_at: at(100),
        stays: id == 62,
        card_only: id == 61,
    }
}

fn sessions(nouns: &Nouns) {
    for id in [60, 61, 62] {
        let added = new_session(nouns, id);
        nouns.run(move |sql, _, _| session::insert(sql, &added, [id; 32]));
    }
    let again = Session { id: [63; 16].into(), ..new_session(nouns, 60) };
    let again = Session { confirmation: [60; 16].into(), ..again };
    let one = |id: u8| nouns.run(move |sql, _, user| session::one(sql, user, [id; 16].into()));
    assert_eq!((one(1), one(61)), (None, Some(new_session(nouns, 61))));
    let taken = nouns.attempt(vec![], move |sql, _, _| session::insert(sql, &again, [63; 32]));
    assert!(matches!(taken, Err(Error::Unique { .. })), "{taken:?}");
    let live = |digest: u8, now| {
        let ask = session::ask_live(nouns.user, [digest; 32], alive(now));
        nouns.run_with(vec![ask], move |sql, _, user| session::live(sql, user, [digest; 32], alive(now)))
    };
    assert_eq!(live(60, 20), Some(new_session(nouns, 60)));
    assert_eq!((live(60, 21), live(62, 99).is_some(), live(62, 100)), (None, true, None));
    nouns.run(|sql, _, user| session::seen(sql, user, SESSION.into(), at(15)));
    assert_eq!(live(60, 34).unwrap().last_seen_at, at(15));
    assert_eq!(nouns.run(|sql, _, user| session::of_user(sql, user, alive(34))).len(), 2);
    assert_eq!(nouns.run(|sql, _, user| session::open(sql, user)).len(), 3);
    let over = nouns.run(|sql, _, _| session::over(sql, alive(34), 100));
    assert_eq!(over.iter().filter(|session| session.user == nouns.user).count(), 1);
    let ask = session::ask_of_confirmation(nouns.user, SESSION.into());
    let of = nouns.run_with(vec![ask], |sql, _, user| session::of_confirmation(sql, user, SESSION.into()));
    assert_eq!(of, Some(SESSION.into()));
}

fn successions(nouns: &Nouns) {
    let (old, new) = (SessionId::from(SESSION), SessionId::from([61; 16]));
    let goes_on = || {
        let ask = session::ask_goes_on(nouns.user, old);
        nouns.run_with(vec![ask], move |sql, _, user| session::goes_on(sql, user, old))
    };
    assert!(goes_on());
    assert!(nouns.run(move |sql, _, user| session::succeed(sql, user, (old, new), at(40))));
    assert!(!nouns.run(move |sql, _, user| session::succeed(sql, user, (old, new), at(40))));
    assert!(goes_on(), "another one goes on in its place");
    assert_eq!(nouns.run(move |sql, _, user| session::line(sql, user, new)), [new, old]);
    assert!(nouns.run(move |sql, _, user| session::end(sql, user, new, at(41))));
    assert!(!nouns.run(move |sql, _, user| session::end(sql, user, new, at(41))));
    assert!(!goes_on());
}

fn codes(nouns: &Nouns) {
    let new = |digest: u8| Code {
        user: nouns.user,
        digest: [digest; 32],
        confirmation: [digest; 16].into(),
        client: "web".to_owned(),
        redemption: serde_json::from_str(
            r#"{"code_challenge":"c","scope":"openid","redirect_uri":"https://rp.example/cb"}"#,
        )
        .unwrap(),
        acr: "2".to_owned(),
        amr: "pwd".to_owned(),
        auth_at: at(1),
        expires_at: at(50),
        redeemed_at: None,
        grant: GRANT.into(),
        session: None,
    };
    let one = |digest: u8| {
        let ask = code::ask_one(nouns.user, [digest; 32]);
        nouns.run_with(vec![ask], move |sql, _, user| code::one(sql, user, [digest; 32]))
    };
    for digest in [1, 2] {
        let added = new(digest);
        nouns.run(move |sql, _, _| code::insert(sql, &added));
        assert_eq!(one(digest), Some(new(digest)));
    }
    let (first, second) = (new(1), new(1));
    // Where a code was given in a session, the session's fate is found by the code's digest.
    let in_session = Code { session: Some([61; 16].into()), ..new(3) };
    nouns.run(move |sql, _, _| code::insert(sql, &in_session));
    let goes_on = |digest: u8| {
        let ask = session::ask_of_code_goes_on(nouns.user, [digest; 32]);
        nouns.run_with(vec![ask], move |sql, _, user| session::of_code_goes_on(sql, user, [digest; 32]))
    };
    assert_eq!((goes_on(1), goes_on(3)), (false, false), "one has no session, the other's has ended");
    let in_session = Code { session: Some([62; 16].into()), ..new(4) };
    nouns.run(move |sql, _, _| code::insert(sql, &in_session));
    assert!(goes_on(4));
    assert!(nouns.run(move |sql, _, _| code::redeem(sql, &first, at(5))));
    assert!(!nouns.run(move |sql, _, _| code::redeem(sql, &second, at(6))));
    nouns.run(|sql, _, user| code::withdraw(sql, user, at(7)));
    assert_eq!((one(1).unwrap().redeemed_at, one(2).unwrap().redeemed_at), (Some(at(5)), Some(at(7))));
}

fn new_grant(nouns: &Nouns, id: u8) -> Grant {
    Grant {
        user: nouns.user,
        id: [id; 16].into(),
        client: "web".to_owned(),
        session: Some(SESSION.into()),
        scope: "openid".to_owned(),
        acr: "2".to_owned(),
        amr: "pwd".to_owned(),
        auth_at: at(1),
        jkt: None,
        confirmation: None,
        created_at: at(2),
    }
}

fn grants(nouns: &Nouns) {
    let new = |id: u8| new_grant(nouns, id);
    let live = |id: u8| {
        let ask = grant::ask_live(nouns.user, [id; 16].into());
        nouns.run_with(vec![ask], move |sql, _, user| grant::live(sql, user, [id; 16].into()))
    };
    for id in [70, 71] {
        let added = new(id);
        nouns.run(move |sql, _, _| grant::insert(sql, &added));
        assert_eq!(live(id), Some(new(id)));
    }
    standing_grants(nouns);
    assert_eq!((live(70).is_some(), live(71)), (true, None));
    nouns.run(|sql, _, user| grant::end_all(sql, user, at(6)));
    assert_eq!(live(70), None);
    assert_eq!(nouns.run(|sql, _, user| grant::of_session(sql, user, SESSION.into())), [new(70), new(71)]);
}

/// Of two grants, with the refresh tokens that each is given; the second one ends.
fn standing_grants(nouns: &Nouns) {
    let new = |id: u8| new_grant(nouns, id);
    let standing = |limit| nouns.run(move |sql, _, user| grant::standing(sql, user, limit));
    let of = |id: u8, refreshes_until| Standing { grant: new(id), refreshes_until };
    let given = [(80, 70, 20), (81, 70, 30)].map(|(digest, of, until): (u8, u8, i64)| Refresh {
        user: nouns.user,
        digest: [digest; 32],
        grant: [of; 16].into(),
        created_at: at(2),
        expires_at: at(until),
        used_at: None,
    });
    assert_eq!(standing(9), [of(70, None), of(71, None)]);
    for token in given.clone() {
        nouns.run(move |sql, _, _| refresh::insert(sql, &token));
    }
    assert_eq!(standing(1), [of(70, Some(at(30)))]);
    let [_, last] = given;
    nouns.run(move |sql, _, _| refresh::spend(sql, &last, at(3)));
    assert_eq!(standing(9), [of(70, Some(at(20))), of(71, None)]);
    nouns.run(|sql, _, user| grant::end(sql, user, [71; 16].into(), at(5)));
    assert_eq!(standing(9), [of(70, Some(at(20)))]);
}

fn tokens(nouns: &Nouns) {
    let new = |digest: u8, grant: u8| Token {
        user: nouns.user,
        digest: [digest; 32],
        grant: [grant; 16].into(),
        client: "web".to_owned(),
        scope: "openid".to_owned(),
        created_at: at(1),
        expires_at: at(50),
    };
    let live = |digest: u8, now| {
        let ask = token::ask_live(nouns.user, [digest; 32], at(now));
        nouns.run_with(vec![ask], move |sql, _, user| token::live(sql, user, [digest; 32], at(now)))
    };
    for (digest, grant) in [(1, 70), (2, 70), (3, 71)] {
        let added = new(digest, grant);
        nouns.run(move |sql, _, _| token::insert(sql, &added));
        assert_eq!((live(digest, 49), live(digest, 50)), (Some(new(digest, grant)), None));
    }
    assert_eq!(nouns.run(|sql, _, user| token::revoke_grant(sql, user, GRANT.into(), at(5))), 2);
    assert_eq!((live(1, 5), live(3, 5).is_some()), (None, true));
    assert_eq!(nouns.run(|sql, _, user| token::revoke_all(sql, user, at(6))), 1);
    assert_eq!(live(3, 6), None);
}

fn client_tokens(nouns: &Nouns) {
    // They belong to nobody: each way to run units has digests of its own.
    let digest = |n: u8| [if nouns.guarded { 100 + n } else { n }; 32];
    let new = |n: u8, jkt: Option<&str>| ClientToken {
        digest: digest(n),
        client: nouns.name("back-office"),
        scope: "rates:write".to_owned(),
        jkt: jkt.map(str::to_owned),
        created_at: at(1),
        expires_at: at(50),
    };
    let live = |n: u8, now| {
        let digest = digest(n);
        nouns.run(move |sql, _, _| client_token::live(sql, digest, at(now)))
    };
    for (n, jkt) in [(1, None), (2, Some("thumbprint"))] {
        let added = new(n, jkt);
        nouns.run(move |sql, _, _| client_token::insert(sql, &added));
        assert_eq!((live(n, 49), live(n, 50)), (Some(new(n, jkt)), None));
    }
    let end = |n: u8, client: String| {
        let digest = digest(n);
        nouns.run(move |sql, _, _| client_token::end(sql, digest, &client))
    };
    assert!(!end(1, "another".to_owned()), "nobody's but the client's own");
    assert!(end(1, nouns.name("back-office")) && !end(1, nouns.name("back-office")));
    assert_eq!((live(1, 2), live(2, 2).is_some()), (None, true));
    assert_eq!(nouns.run(|sql, _, _| client_token::sweep(sql, at(50))), 1);
    assert_eq!(live(2, 2), None);
}

fn webhooks(nouns: &Nouns) {
    let own = |n: u8| [if nouns.guarded { 100 + n } else { n }; 16];
    let (id, client) = (own(1).into(), nouns.name("back-office"));
    let new = Webhook {
        id,
        client: client.clone(),
        url: "https://bank.example/hook".to_owned(),
        events: vec!["withdrawal.confirmed".to_owned()],
        secret: domain::Secret::new(vec![7; 32]),
        created_at: at(1),
    };
    nouns.run(move |sql, sealer, _| webhook::insert(sql, sealer, &new, [1; 12]));
    let found = nouns.run_with(vec![webhook::ask_all()], move |sql, sealer, _| {
        Ok((webhook::one(sql, sealer, id)?, webhook::all(sql, sealer)?))
    });
    let (one, all) = (found.0.unwrap(), found.1);
    assert_eq!(
        (one.url.as_str(), one.events.len(), one.secret.expose().as_slice()),
        ("https://bank.example/hook", 1, &[7; 32][..])
    );
    assert!(all.iter().any(|webhook| webhook.id == id && webhook.client == client));

    let message = |n: u8| Message {
        webhook: id,
        id: own(n).into(),
        event: "withdrawal.confirmed".to_owned(),
        payload: "{}".to_owned(),
        state: MessageState::Pending,
        attempts: 0,
        last_result: None,
        created_at: at(i64::from(n)),
        next_at: Some(at(i64::from(n))),
    };
    let (first, second) = (message(2), message(3));
    nouns.run(move |sql, _, _| [&first, &second].into_iter().try_for_each(|one| webhook::tell(sql, one)));
    let page =
        |before: Option<domain::id::MessageId>| nouns.run(move |sql, _, _| webhook::messages(sql, id, before, 1));
    assert_eq!((page(None), page(Some(own(3).into()))), (vec![message(3)], vec![message(2)]));
    let came = Message {
        state: MessageState::Delivered,
        attempts: 2,
        last_result: Some("200".to_owned()),
        next_at: None,
        ..message(2)
    };
    let noted = came.clone();
    nouns.run(move |sql, _, _| webhook::came(sql, &noted));
    let second = own(2).into();
    assert_eq!(nouns.run(move |sql, _, _| webhook::message(sql, id, second)), Some(came));

    let end = |client: String| nouns.run(move |sql, _, _| webhook::end(sql, id, &client, at(9)));
    assert!(!end("another".to_owned()) && end(client.clone()) && !end(client.clone()));
    assert!(nouns.run(move |sql, sealer, _| webhook::one(sql, sealer, id)).is_none());
    assert_eq!(nouns.run(|sql, _, _| Ok((webhook::forget(sql, at(2))?, webhook::sweep(sql, at(9))?))), (1, 1));
}

fn refresh_tokens(nouns: &Nouns) {
    let new = || Refresh {
        user: nouns.user,
        digest: [1; 32],
        grant: GrantId::from(GRANT),
        created_at: at(1),
        expires_at: at(50),
        used_at: None,
    };
    let (added, first, second) = (new(), new(), new());
    nouns.run(move |sql, _, _| refresh::insert(sql, &added));
    // A token lives on, and never shorter than it would.
    for (until, lives) in [(60, 60), (55, 60)] {
        let token = new();
        nouns.run(move |sql, _, _| refresh::extend(sql, &token, at(until)));
        let found = nouns.run(|sql, _, user| refresh::one(sql, user, [1; 32]));
        assert_eq!(found, Some(Refresh { expires_at: at(lives), ..new() }));
    }
    let one = || {
        let ask = refresh::ask_one(nouns.user, [1; 32]);
        nouns.run_with(vec![ask], |sql, _, user| refresh::one(sql, user, [1; 32]))
    };
    let grant_of = |digest: u8| {
        let ask = grant::ask_live_of_refresh(nouns.user, [digest; 32]);
        nouns.run_with(vec![ask], move |sql, _, user| grant::live_of_refresh(sql, user, [digest; 32]))
    };
    let living = Grant { id: [72; 16].into(), ..new_grant(nouns, 72) };
    let (grant, token) = (living.clone(), Refresh { digest: [2; 32], grant: [72; 16].into(), ..new() });
    nouns.run(move |sql, _, _| grant::insert(sql, &grant).and_then(|()| refresh::insert(sql, &token)));
    assert_eq!((grant_of(1), grant_of(2)), (None, Some(living)), "the first one's has ended");
    assert_eq!(one(), Some(Refresh { expires_at: at(60), ..new() }));
    assert!(nouns.run(move |sql, _, _| refresh::spend(sql, &first, at(5))));
    assert!(!nouns.run(move |sql, _, _| refresh::spend(sql, &second, at(6))), "one that comes twice");
    assert_eq!(one().unwrap().used_at, Some(at(5)));
}

fn back_end(nouns: &Nouns, digest: u8) -> Backchannel {
    Backchannel {
        user: nouns.user,
        digest: [digest; 32],
        confirmation: [digest; 16].into(),
        client: "bank".to_owned(),
        scope: "openid".to_owned(),
        poll_interval: 5,
        polled_at: None,
        created_at: at(i64::from(digest)),
        expires_at: at(50),
        redeemed_at: None,
        proved_amr: None,
    }
}

fn found_back_end(nouns: &Nouns, digest: u8) -> Option<Backchannel> {
    let ask = backchannel::ask_one(nouns.user, [digest; 32]);
    nouns.run_with(vec![ask], move |sql, _, user| backchannel::one(sql, user, [digest; 32]))
}

fn back_ends(nouns: &Nouns) {
    for digest in [1, 2] {
        let added = back_end(nouns, digest);
        nouns.run(move |sql, sealer, _| {
            let ping = Notification { token: secret("token"), auth_req_id: secret("request") };
            backchannel::insert(sql, sealer, &added, (digest == 1).then_some((&ping, [1; 12])))
        });
        assert_eq!(found_back_end(nouns, digest), Some(back_end(nouns, digest)));
    }
    // The confirmations are those of the nouns before.
    let awaited = |digest: u8| {
        let ask = confirmation::ask_of_request(nouns.user, [digest; 32]);
        nouns.run_with(vec![ask], move |sql, _, user| confirmation::of_request(sql, user, [digest; 32]))
    };
    assert_eq!(awaited(1).unwrap().confirmation.id, [1; 16].into());
    assert_eq!(awaited(9), None);
    let open = || nouns.run(|sql, _, user| backchannel::open(sql, user, at(49)));
    assert_eq!(open(), [[1; 16].into(), [2; 16].into()]);
    let (polled, first, second) = (back_end(nouns, 2), back_end(nouns, 2), back_end(nouns, 2));
    nouns.run(move |sql, _, _| backchannel::polled(sql, &polled, at(9), 10));
    nouns.run(|sql, _, user| backchannel::taken_up(sql, user, [2; 16].into(), "pwd otp"));
    assert!(nouns.run(move |sql, _, _| backchannel::redeem(sql, &first, at(10))));
    assert!(!nouns.run(move |sql, _, _| backchannel::redeem(sql, &second, at(11))));
    let found = found_back_end(nouns, 2).unwrap();
    assert_eq!((found.polled_at, found.poll_interval, found.redeemed_at), (Some(at(9)), 10, Some(at(10))));
    assert_eq!((found.proved_amr.as_deref(), open()), (Some("pwd otp"), vec![[1; 16].into()]));
}

fn notified_back_ends(nouns: &Nouns) {
    let notification = |id: u8| {
        let ask = backchannel::ask_notification(nouns.user, [id; 16].into());
        nouns
            .run_with(vec![ask], move |sql, sealer, user| backchannel::notification(sql, sealer, user, [id; 16].into()))
    };
    let (client, ping) = notification(1).unwrap();
    assert_eq!((client.as_str(), ping.token.expose().as_str()), ("bank", "token"));
    assert_eq!(ping.auth_req_id.expose(), "request");
    assert!(notification(2).is_none());
    assert_eq!(nouns.run(|sql, _, _| backchannel::sweep(sql, at(50))), 2);
    assert_eq!(found_back_end(nouns, 1), None);
}

fn requests(nouns: &Nouns) {
    let digest = nouns.digest(1);
    let new = || Request {
        digest,
        client: "web".to_owned(),
        request: "{}".to_owned(),
        browser: None,
        created_at: at(1),
        expires_at: at(50),
    };
    let added = new();
    nouns.run(move |sql, _, _| request::insert(sql, &added));
    let one = |now| nouns.run(move |sql, _, _| request::one(sql, digest, at(now)));
    assert_eq!((one(49), one(50)), (Some(new()), None));
    let open =
        |browser, now| nouns.run(move |sql, _, _| request::open(sql, digest, [browser; 16], at(now), at(now + 50)));
    let opened = || Some(Request { expires_at: at(60), browser: Some([1; 16]), ..new() });
    assert_eq!((open(1, 10), open(1, 20), open(2, 20)), (opened(), opened(), None));
    assert_eq!((open(1, 60), one(59)), (None, opened()));
    let take = || nouns.run(move |sql, _, _| request::take(sql, digest, at(10)));
    assert_eq!((take(), take(), one(10)), (opened(), None, None));
    assert_eq!(nouns.run(|sql, _, _| request::sweep(sql, at(60))), 1);
}

fn replays(nouns: &Nouns) {
    let digest = nouns.digest(2);
    let first = || nouns.run(move |sql, _, _| replay::first_use(sql, digest, at(50)));
    assert!(first());
    assert!(!first());
    assert_eq!(nouns.run(|sql, _, _| replay::sweep(sql, at(50))), 1);
    assert!(first());
    nouns.run(|sql, _, _| replay::sweep(sql, at(50)));
}

fn clients(nouns: &Nouns) {
    let id = nouns.name("client");
    let (name, changed, removed) = (id.clone(), id.clone(), id.clone());
    nouns.run(move |sql, _, _| client::insert(sql, &name, "{}", at(1)));
    let again = id.clone();
    let taken = nouns.attempt(vec![], move |sql, _, _| client::insert(sql, &again, "{}", at(1)));
    assert!(matches!(taken, Err(Error::Unique { .. })), "{taken:?}");
    let found = move |nouns: &Nouns| {
        let id = changed.clone();
        nouns.run(|sql, _, _| client::all(sql)).into_iter().find(|client| client.id == id).unwrap()
    };
    let (seen, later) = (found(nouns), found(nouns));
    assert!(nouns.run(move |sql, _, _| client::change(sql, &seen, "{\"a\":1}", at(2))));
    assert!(
        !nouns.run(move |sql, _, _| client::change(sql, &later, "{\"a\":2}", at(3))),
        "it does not read so any more"
    );
    assert_eq!((found(nouns).registration.as_str(), found(nouns).changed_at), ("{\"a\":1}", at(2)));
    let gone = removed.clone();
    assert!(nouns.run(move |sql, _, _| client::remove(sql, &removed)));
    assert!(!nouns.run(move |sql, _, _| client::remove(sql, &gone)));
}

/// The last one, since it ends whatever is open, of all users.
fn copies(nouns: &Nouns) {
    let open = || nouns.run(|sql, _, user| session::open(sql, user)).len();
    let end_all = || nouns.run(|sql, _, _| restored::end_all(sql, at(90)));
    assert_eq!(open(), 1);
    assert_eq!((end_all(), open(), end_all()), (1, 0, 0));
    assert_eq!(nouns.run(|sql, _, user| token::revoke_all(sql, user, at(91))), 0);
}
