//! Programs of Debian that tests need: installed when we are root and they are missing, named plainly otherwise.

use crate::run::{Command, Failed};
use std::path::Path;

/// A program and the package it comes in.
#[derive(Debug, Clone, Copy)]
pub struct Needed {
    /// A file that is there when the package is.
    pub file: &'static str,
    /// The package.
    pub package: &'static str,
}

const fn needed(file: &'static str, package: &'static str) -> Needed {
    Needed { file, package }
}

/// What the tests need.
pub const FOR_TESTS: &[Needed] = &[
    needed("/usr/bin/chromium", "chromium"),
    needed("/usr/bin/chromium-headless-shell", "chromium-headless-shell"),
    needed("/usr/bin/firefox-esr", "firefox-esr"),
    // Its notifications are tapped on a desktop of the test's.
    needed("/usr/bin/dbus-daemon", "dbus"),
    needed("/usr/share/doc/libnotify4/copyright", "libnotify4"),
    needed("/usr/bin/tmux", "tmux"),
    needed("/usr/bin/curl", "curl"),
    needed("/usr/share/postgresql-common/pg_wrapper", "postgresql"),
    needed("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu"),
    // Reads printed cards back.
    needed("/usr/bin/pdftotext", "poppler-utils"),
    needed("/usr/bin/node", "nodejs"),
    needed("/usr/bin/npm", "npm"),
    needed("/usr/bin/openssl", "openssl"),
    needed("/usr/bin/python3", "python3"),
    needed("/var/lib/dpkg/info/python3-venv.list", "python3-venv"),
    // Started by a test of its own, with settings of its own.
    needed("/usr/sbin/nginx", "nginx"),
    // Not the package apache2, which would start a server of the system's.
    needed("/usr/sbin/apache2", "apache2-bin"),
    needed("/usr/lib/apache2/modules/mod_auth_openidc.so", "libapache2-mod-auth-openidc"),
];

/// Makes sure that what is needed is there.
pub fn need(all: &[Needed]) -> Result<(), Failed> {
    let missing: Vec<_> = all.iter().filter(|needed| !is_there(needed)).map(|needed| needed.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let words = missing.join(" ");
    if !is_root() {
        return Err(Failed(format!("these Debian packages are missing: {words}\n  apt-get install {words}")));
    }
    println!("== installing from Debian: {words}");
    let apt =
        |arguments: &[&str]| Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments).run();
    apt(&["update", "-q"])?;
    // Debian's own cluster is of no use to the tests, which start one each.
    let options = ["install", "-q", "-y", "--no-install-recommends"];
    apt(&[options.as_slice(), &missing].concat())
}

fn is_there(needed: &Needed) -> bool {
    let program = Path::new(needed.file);
    // Node may come from elsewhere than Debian.
    program.exists() || program.file_name().and_then(|name| name.to_str()).is_some_and(crate::run::exists)
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
