//! The files in which makers hand over keys of hardware.

use super::Verdict;
use pskc::{Error, Package, Protection, Reader, Secret, Unlock, Writer};

/// A PSKC file (RFC 6030), read without a key, with the key of the RFC's figure 6 and with the password of figure 7. What
/// was understood reads the same when it was written again.
pub(crate) fn pskc(data: &[u8]) -> Verdict {
    let key = Secret::new([0x12, 0x34, 0x56, 0x78, 0x90].into_iter().cycle().take(16).collect());
    let password = Secret::new(b"qwerty".to_vec());
    let found = [Unlock::Nothing, Unlock::Key(key), Unlock::Password(password)].map(|unlock| read(data, unlock));
    for packages in found.iter().flatten() {
        let mut writer = Writer::new(Vec::new(), &Protection::Nothing, |octets: &mut [u8]| octets.fill(7));
        let wrote = writer.as_mut().is_ok_and(|writer| packages.iter().all(|package| writer.package(package).is_ok()));
        // What was not opened is not written.
        if let (true, Ok(text)) = (wrote, writer.and_then(Writer::finish)) {
            let again = read(&text, Unlock::Nothing).map(without_lines);
            assert_eq!(again, Ok(without_lines(packages.clone())));
        }
    }
    Verdict::of(found.iter().any(Result::is_ok))
}

fn read(data: &[u8], unlock: Unlock) -> Result<Vec<Package>, Error> {
    let mut reader = Reader::new(data, unlock)?;
    let found: Vec<_> = reader.by_ref().collect();
    assert!(found.iter().rev().skip(1).all(Result::is_ok), "nothing comes behind an error");
    found.into_iter().collect()
}

fn without_lines(mut packages: Vec<Package>) -> Vec<Package> {
    for package in &mut packages {
        package.line = 0;
        package.keys.iter_mut().for_each(|key| key.line = 0);
    }
    packages
}
