//! `countersign backup` and `countersign restore`.

use super::{
    output::Failure,
    serve::{only_server, read},
    user::Common,
};
use crate::{app::Clock, boot, config::File, work::Stop};
use domain::audit::{Detail, Kind};
use serde_json::json;
use std::{
    fs, io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::{Error, seal::KeyRing};

/// Where a copy goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The file to write, readable by its owner only. It must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// Where a copy comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// A file that `countersign backup` wrote.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// What PostgreSQL has programs of its own for.
const POSTGRES: &str = "a PostgreSQL database is copied by pg_dump and restored by pg_restore; see docs/operations.md";

pub(crate) fn backup(backup: &Backup) -> Result<(), Failure> {
    let file = read(&backup.common.config)?;
    let database = boot::sqlite_path(&file).ok_or_else(|| Failure(POSTGRES.to_owned()))?;
    if !database.exists() {
        return Err(Failure(format!("{}: there is no database", database.display())));
    }
    boot::open_store(&file)?.copy_to(&backup.out)?;
    let text =
        format!("{} holds a copy. It is of use only with the sealing key: keep that elsewhere.", backup.out.display());
    backup.common.output.print(&json!({ "file": backup.out.display().to_string() }), &text)
}

/// Puts a copy where the configuration says, if nothing is there, and ends what must not come alive again.
pub(crate) fn restore(restore: &Restore) -> Result<(), Failure> {
    let file = read(&restore.common.config)?;
    let ring = boot::key_ring(&file)?;
    let database = boot::sqlite_path(&file).ok_or_else(|| Failure(POSTGRES.to_owned()))?;
    let _alone = only_server(&file)?;
    for there in ["", "-wal", "-shm"].map(|end| with(&database, end)) {
        if there.exists() {
            return Err(Failure(format!("{} is there: move it away first", there.display())));
        }
    }
    copy(&restore.from, &database)?;
    let ended = open_copy(&file, &ring).inspect_err(|_| {
        // What does not open is no database of ours: leave the place as it was.
        for made in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(with(&database, made));
        }
    })?;
    let text = format!(
        "{} is restored. {ended} sessions ended: everybody logs in again. See docs/operations.md about counters.",
        database.display()
    );
    restore.common.output.print(&json!({ "database": database.display().to_string(), "sessions_ended": ended }), &text)
}

fn open_copy(file: &File, ring: &KeyRing) -> Result<u64, Failure> {
    let store = boot::open_store(file)?;
    if store.is_empty()? {
        return Err(Failure("the copy holds no database of Countersign".to_owned()));
    }
    store.pending(store::MIGRATIONS)?;
    boot::check_key(&store, ring)?;
    store.migrate(store::MIGRATIONS, Clock::default().now().micros())?;
    drop(store);
    let app = Arc::new(boot::boot(file, Clock::default())?);
    let ended = app.work_blocking(app.operator(), |work| {
        let ended = store::restored::end_all(work.sql, work.now)?;
        work.record(Kind::DatabaseRestored, Detail::none())?;
        Ok::<_, Stop<Error>>(ended)
    });
    Ok(ended?)
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// A copy that only its owner can read, on the disk before anything is done with it.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let named = |path: &Path, error: io::Error| Failure(format!("{}: {error}", path.display()));
    let mut source = fs::File::open(from).map_err(|error| named(from, error))?;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let mut target = made.map_err(|error| named(to, error))?;
    io::copy(&mut source, &mut target).and_then(|_| target.sync_all()).map_err(|error| named(to, error))
}
