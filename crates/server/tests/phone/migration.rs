//! Migration from the standalone app: its key signs, ends, and the new one begins in the same unit.

use super::{
    phones::{PIN, activate, begin, known, notices, phone, slug, unix_now},
    recovery::{begin_with, fate, room},
    support::{PASSWORD, Server},
};
use countersign_client::phone::{Activation, Begun, Chosen, PhoneError, Shelf, SigningKey, respond};
use wire::{
    phone::{ConfirmActivation, StartActivation},
    phone_file::PhoneFile,
};

/// A standalone app, activated in a version of its own.
async fn standalone(server: &Server, version: &str) -> Shelf {
    let session = Some(super::phones::invitation(server, "alice").await.0);
    let begun = begin_with(server, &StartActivation { session, ..StartActivation::default() }).await.unwrap();
    let chosen = Chosen { pin: PIN, standalone: Some(version), ..Chosen::default() };
    Shelf::memory(begun.complete_as(&chosen).await.unwrap().0)
}

async fn migration(server: &Server, old: &Shelf) -> Result<Begun, String> {
    let known = known(server).await;
    let activation = Activation::new(&known, unix_now).unwrap();
    match activation.begin_migration(known, old).await {
        Ok(begun) => Ok(begun),
        refused => Err(slug(refused)),
    }
}

#[tokio::test]
async fn the_standalone_app_hands_over_in_one_unit() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let old = standalone(&server, "3.1").await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(step["next"]["step"], "respond", "it only answers challenges: {step}");
    assert!(begin(&server, "alice").await.started().standalone, "the server knows where the key lives");

    let begun = migration(&server, &old).await.unwrap();
    assert_eq!(slug(begun.complete(None, PIN, None).await), "not-awaited", "nothing was signed yet");
    assert_eq!(slug(begun.hand_over(&old, "739186").await), "wrong-response", "another PIN than the old app's");
    begun.hand_over(&old, PIN).await.unwrap();
    let (state, activated) = begun.complete(None, "482913", None).await.unwrap();
    assert_eq!((activated.ended.len(), activated.ended[0].state.as_str()), (1, "migrated"));
    let new = phone(&server, state).await;
    assert!(new.pending().await.unwrap().is_empty());
    assert_eq!(room(&server).await.0.as_deref(), Some("200000.00 USD"), "no doubt: the old key vouched");
    let ended = phone(&server, old.read().unwrap()).await;
    let told = fate(&ended).await;
    assert_eq!((told.state.as_str(), told.successor.is_some()), ("migrated", true));
    assert_eq!(slug(ended.pending().await), "unauthorized", "its key is refused");
    assert_eq!(migration(&server, &old).await.err().as_deref(), Some("unknown-activation"));
    assert!(notices(&server).await.contains(&"notice-phone-moved".to_owned()));
}

#[tokio::test]
async fn a_standalone_app_below_the_floor_is_updated_first() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let old = standalone(&server, "2.9").await;
    assert_eq!(migration(&server, &old).await.err().as_deref(), Some("update-first"));
    let updated = |state: &mut wire::phone_file::PhoneFile| {
        state.standalone = Some("3.0".to_owned());
        Ok(())
    };
    old.change(updated).unwrap();
    let begun = migration(&server, &old).await.unwrap();
    begun.hand_over(&old, PIN).await.unwrap();
    assert!(begun.complete(None, PIN, None).await.is_ok());
}

/// By hand, later: ordinary activation in the app, vouched for by the standalone one, which ends the same way.
#[tokio::test]
async fn by_hand_the_standalone_app_vouches_with_its_pin() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let old = standalone(&server, "2.9").await;
    let begun = begin(&server, "alice").await;
    let Some(wire::Next::Respond { challenge, .. }) = begun.started().next.clone() else {
        panic!("{:?}", begun.started())
    };
    let response = Some(respond(&old, &challenge, PIN).unwrap().as_str().to_owned());
    assert!(begun.confirm(&ConfirmActivation { response, ..ConfirmActivation::default() }).await.unwrap().confirmed);
    let (_, activated) = begun.complete(None, PIN, None).await.unwrap();
    assert_eq!(activated.ended[0].state, "migrated");
    assert_eq!(room(&server).await.0.as_deref(), Some("200000.00 USD"));
}

/// Everything that is signed is checked, and guesses of the PIN end the migration and count on the device.
#[tokio::test]
async fn what_the_standalone_app_signs_is_for_this_phone_and_this_migration_only() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let old = standalone(&server, "3.1").await;
    let (first, second) = (migration(&server, &old).await.unwrap(), migration(&server, &old).await.unwrap());
    assert_eq!(slug(first.hand_over(&old, PIN).await), "unknown-activation", "the later one took its place");
    let stranger = Shelf::memory(PhoneFile { signing_key: other_key(), ..old.read().unwrap() });
    assert_eq!(slug(second.hand_over(&stranger, PIN).await), "bad-request", "another key");
    let newer = Shelf::memory(PhoneFile { standalone: Some("2.9".to_owned()), ..old.read().unwrap() });
    assert_eq!(slug(second.hand_over(&newer, PIN).await), "update-first", "the version that is signed");
    for left in [2, 1, 0] {
        let refused = second.hand_over(&old, "739186").await.unwrap_err();
        assert!(matches!(&refused, PhoneError::Refused(problem) if problem.attempts_left == Some(left)), "{refused:?}");
    }
    assert_eq!(slug(second.hand_over(&old, PIN).await), "unknown-activation");
    let elsewhere = PhoneFile { device_id: "00000000-0000-7000-8000-000000000000".to_owned(), ..old.read().unwrap() };
    assert_eq!(migration(&server, &Shelf::memory(elsewhere)).await.err().as_deref(), Some("unknown-activation"));
    let nobody = PhoneFile { username: "nobody".to_owned(), ..old.read().unwrap() };
    assert_eq!(migration(&server, &Shelf::memory(nobody)).await.err().as_deref(), Some("unknown-activation"));
    let ordinary = activate(&server, "alice").await;
    let claimed = PhoneFile { standalone: Some("3.1".to_owned()), ..ordinary.shelf().read().unwrap() };
    let refused = migration(&server, &Shelf::memory(claimed)).await;
    assert_eq!(refused.err().as_deref(), Some("unknown-activation"), "only the standalone app's key is handed over");
}

fn other_key() -> wire::card_file::KeyBytes {
    wire::card_file::KeyBytes::new(SigningKey::generate().unwrap().1.to_vec())
}
