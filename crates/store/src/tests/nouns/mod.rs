//! Every public function of every noun, on every database, as a transaction of its own and decided first: the answers
//! are the same. A function that nobody calls here fails the last test.

mod contacts;
mod depot;
mod desk;
mod device;
mod leaving;
mod login;
mod money;
mod phone;
mod provider;
mod server;

use std::path::Path;

use domain::id::UserId;
use domain::user::Username;
use domain::{Secret, Timestamp};

use super::{Fixture, MIGRATIONS, for_each_driver};
use crate::seal::{FreshKey, KeyRing, Sealer};
use crate::user::User;
use crate::{Ask, Error, Sql, Store, UnitSpec, user};

/// A store, and one of the ways to run units in it.
struct Nouns {
    store: Store,
    sealer: Sealer,
    /// Whether units decide first.
    guarded: bool,
    /// A user of this way alone.
    user: UserId,
    runtime: tokio::runtime::Runtime,
}

impl Nouns {
    /// Runs a unit that goes well.
    fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Sql, &Sealer, UserId) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.run_with(vec![], work)
    }

    /// The same, with reads that are asked for.
    fn run_with<T: Send + 'static>(
        &self,
        asks: Vec<Ask>,
        work: impl Fn(&mut dyn Sql, &Sealer, UserId) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.attempt(asks, work).unwrap()
    }

    fn attempt<T: Send + 'static>(
        &self,
        asks: Vec<Ask>,
        work: impl Fn(&mut dyn Sql, &Sealer, UserId) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (sealer, user) = (self.sealer.clone(), self.user);
        let spec = if self.guarded { UnitSpec::about(user, asks) } else { UnitSpec::default() };
        self.runtime.block_on(self.store.unit(spec, move |sql| work(sql, &sealer, user)))
    }

    /// Text that differs from way to way, for what belongs to nobody.
    fn name(&self, text: &str) -> String {
        format!("{text}{}", self.user.octets()[0])
    }

    /// The same as octets.
    fn digest(&self, number: u8) -> [u8; 32] {
        let mut digest = [number; 32];
        digest[0] = self.user.octets()[0];
        digest
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn open(fixture: &Fixture, guarded: bool) -> Nouns {
    let store = fixture.open_with(MIGRATIONS);
    let ring = KeyRing::new(&[[7; 32].into()]).unwrap();
    let sealer = store.write_blocking(move |sql| {
        let fresh = FreshKey::new([9; 32].into(), [9; 12]);
        Sealer::load_or_create(sql, &ring, &fresh, 0)
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let user = [if guarded { 2 } else { 1 }; 16].into();
    let nouns = Nouns { store, sealer: sealer.unwrap(), guarded, user, runtime };
    let new = sample(&nouns);
    nouns.store.write_blocking(move |sql| user::insert(sql, &new)).unwrap();
    nouns
}

fn sample(nouns: &Nouns) -> User {
    User {
        id: nouns.user,
        username: Username::parse(&nouns.name("user")).unwrap(),
        password_phc: "$phc$".to_owned(),
        password_locked_at: None,
        locale: "en".to_owned(),
        default_device: None,
        unanswered_pushes: 0,
        untold_answers: 0,
        unhurried_at: None,
        created_at: at(1),
    }
}

#[test]
fn every_noun_answers_alike_on_both_databases_and_both_ways() {
    for_each_driver(|fixture| {
        for guarded in [false, true] {
            let nouns = open(fixture, guarded);
            contacts::all(&nouns);
            depot::all(&nouns);
            device::all(&nouns);
            login::all(&nouns);
            money::all(&nouns);
            phone::all(&nouns);
            provider::all(&nouns);
            server::all(&nouns);
            // Of the devices that the others have left.
            money::holdings(&nouns);
            // Last: it leaves a device behind.
            desk::all(&nouns);
            leaving::all(&nouns);
        }
    });
}

/// The functions of a noun file that take part in units, or ask for them.
fn functions(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split("\npub fn ").skip(1) {
        let signature = part.split_once(" {\n").map_or(part, |(signature, _)| signature);
        let name = signature.split('(').next().unwrap().to_owned();
        if signature.contains("sql: &mut dyn Sql") || signature.ends_with("-> Ask") {
            names.push(name);
        }
    }
    names
}

#[test]
fn no_function_of_a_noun_is_left_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let tests = ["contacts", "depot", "desk", "device", "leaving", "login", "money", "phone", "provider", "server"]
        .map(|part| std::fs::read_to_string(root.join(format!("tests/nouns/{part}.rs"))).unwrap())
        .concat();
    let mut found = 0;
    let mut missing = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.push(root.join("seal/mod.rs"));
    for file in files.iter().filter(|path| path.is_file()) {
        let stem = if file.ends_with("seal/mod.rs") { "seal" } else { file.file_stem().unwrap().to_str().unwrap() };
        for name in functions(&std::fs::read_to_string(file).unwrap()) {
            found += 1;
            if !tests.contains(&format!("{stem}::{name}(")) {
                missing.push(format!("{stem}::{name}"));
            }
        }
    }
    assert!(found > 150, "looked in the wrong place: {found}");
    assert!(missing.is_empty(), "called by no test of src/tests/nouns: {missing:?}");
}
