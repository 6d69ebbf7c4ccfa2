//! Writes a key file of many tokens, as makers hand them over, for measurements: `tokens COUNT PASSWORD > FILE`.
//! `tokens read PASSWORD < FILE` reads one and says how many it holds.

use pskc::{
    Algorithm, Device, Encoding, Key, Package, Protection, Reader, ResponseFormat, Secret, Unlock, Value, Writer,
};
use std::{
    error::Error,
    io::{self, BufWriter, Write as _},
    num::NonZeroU32,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(count), Some(password)) = (arguments.next(), arguments.next()) else {
        return Err("tokens COUNT PASSWORD > FILE, or tokens read PASSWORD < FILE".into());
    };
    let password = Secret::new(password.into_bytes());
    if count == "read" {
        let packages = Reader::new(io::stdin().lock(), Unlock::Password(password))?;
        let count = packages.map(|package| package.map(|package| package.keys.len())).sum::<Result<usize, _>>()?;
        return Ok(writeln!(io::stdout(), "{count}")?);
    }
    let iterations = NonZeroU32::new(100_000).ok_or("no iterations")?;
    let protection = Protection::Password { password, iterations };
    let random = |octets: &mut [u8]| {
        let _ = aws_lc_rs::rand::fill(octets);
    };
    let mut writer = Writer::new(BufWriter::new(io::stdout().lock()), &protection, random)?;
    for nth in 0..count.parse::<u32>()? {
        let mut secret = vec![0; 32];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| "no random octets")?;
        let serial = Some(format!("{:09}", 100_000_000 + nth));
        let response = Some(ResponseFormat { encoding: Encoding::Decimal, length: 8, check_digits: false });
        let key = Key {
            issuer: Some("Example".to_owned()),
            suite: Some("OCRA-1:HOTP-SHA256-8:C-QN06".to_owned()),
            response,
            secret: Value::Open(Secret::new(secret)),
            counter: Some(0),
            ..Key::new(format!("K{nth}"), Algorithm::Ocra)
        };
        let device = Device { manufacturer: Some("Example".to_owned()), serial, ..Device::default() };
        writer.package(&Package { device, keys: vec![key], ..Package::default() })?;
    }
    writer.finish()?;
    Ok(())
}
