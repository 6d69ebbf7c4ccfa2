//! Rule 11: what the suite reader takes and what it refuses, each refusal with its reason.

use otp::Algorithm;
use otp::ocra::{QuestionFormat, Suite, SuiteError};

#[track_caller]
fn refused(text: &str, reason: SuiteError) {
    assert_eq!(Suite::parse(text), Err(reason), "{text}");
}

#[test]
fn every_part_is_read() {
    let suite = Suite::parse("OCRA-1:HOTP-SHA512-10:C-QH40-PSHA256-S128-T30S").unwrap();
    assert_eq!(suite.algorithm(), Algorithm::Sha512);
    assert_eq!(suite.digits(), 10);
    assert!(suite.has_counter());
    assert_eq!((suite.question_format(), suite.question_length()), (QuestionFormat::Hexadecimal, 40));
    assert_eq!(suite.pin_algorithm(), Some(Algorithm::Sha256));
    assert_eq!(suite.session_length(), Some(128));
    assert_eq!(suite.time_step(), Some(30));
    assert_eq!(suite.step_at(59), Some(1));

    let suite = Suite::parse("OCRA-1:HOTP-SHA1-6:QN08").unwrap();
    assert_eq!((suite.algorithm(), suite.digits(), suite.has_counter()), (Algorithm::Sha1, 6, false));
    assert_eq!((suite.question_format(), suite.question_length()), (QuestionFormat::Numeric, 8));
    assert_eq!((suite.pin_algorithm(), suite.session_length(), suite.time_step()), (None, None, None));
    assert!(suite.pin_hash("1234").is_none());
    assert_eq!(suite.step_at(59), None);
}

#[test]
fn fields() {
    refused("", SuiteError::Fields);
    refused("OCRA-1", SuiteError::Fields);
    refused("OCRA-1:HOTP-SHA1-6", SuiteError::Fields);
    refused("OCRA-1:HOTP-SHA1-6:QN08:", SuiteError::Fields);
    refused("OCRA-1:HOTP-SHA1-6:QN08:OCRA-1:HOTP-SHA1-6:QN08", SuiteError::Fields);
}

#[test]
fn version() {
    for version in ["OCRA-2", "OCRA-0", "OCRA-01", "OCRA-1 ", " OCRA-1", "OCRA", "ocra-1", ""] {
        refused(&format!("{version}:HOTP-SHA1-6:QN08"), SuiteError::Version);
    }
}

#[test]
fn function_and_hash() {
    for function in ["", "HOTP", "HOTP-SHA1", "TOTP-SHA1-6", "hotp-SHA1-6", "HOTP-SHA1-6-6"] {
        refused(&format!("OCRA-1:{function}:QN08"), SuiteError::Function);
    }
    for hash in ["", "SHA", "SHA224", "SHA384", "SHA3", "MD5", "sha1", "Sha256", "SHA01"] {
        refused(&format!("OCRA-1:HOTP-{hash}-6:QN08"), SuiteError::Hash);
    }
}

#[test]
fn digits() {
    for digits in ["0", "4", "5", "6", "7", "8", "9", "10"] {
        let suite = Suite::parse(&format!("OCRA-1:HOTP-SHA1-{digits}:QN08")).unwrap();
        assert_eq!(suite.digits().to_string(), digits);
    }
    for digits in ["", "1", "2", "3", "11", "99", "00", "06", "010", "+6", " 6", "t", "266"] {
        refused(&format!("OCRA-1:HOTP-SHA1-{digits}:QN08"), SuiteError::Digits);
    }
}

#[test]
fn parts_unknown_repeated_or_out_of_order() {
    for data in
        ["", "QN08-", "-QN08", "C--QN08", "X-QN08", "QN08-X", "c-QN08", "qN08", "C1-QN08", "é", "QN08-\u{1F511}"]
    {
        refused(&format!("OCRA-1:HOTP-SHA1-6:{data}"), SuiteError::UnknownPart);
    }
    for data in
        ["C-C-QN08", "QN08-QN08", "QN08-QA08", "QN08-PSHA1-PSHA256", "QN08-S064-S064", "QN08-T1M-T1M", "C-QN08-C"]
    {
        refused(&format!("OCRA-1:HOTP-SHA1-6:{data}"), SuiteError::RepeatedPart);
    }
    for data in [
        "QN08-C",
        "PSHA1-QN08",
        "S064-QN08",
        "T1M-QN08",
        "PSHA1-C-QN08",
        "S064-C-QN08",
        "T1M-C-QN08",
        "QN08-S064-PSHA1",
        "QN08-T1M-PSHA1",
        "QN08-T1M-S064",
    ] {
        refused(&format!("OCRA-1:HOTP-SHA1-6:{data}"), SuiteError::PartOrder);
    }
}

#[test]
fn question() {
    for data in ["C", "PSHA1", "C-PSHA1-S064-T1M", "T1M"] {
        refused(&format!("OCRA-1:HOTP-SHA1-6:{data}"), SuiteError::QuestionMissing);
    }
    for question in ["Q", "QB08", "Qn08", "Q08", "QÄ08"] {
        refused(&format!("OCRA-1:HOTP-SHA1-6:{question}"), SuiteError::QuestionFormat);
    }
    for length in ["", "0", "4", "8", "00", "03", "65", "99", "008", "064", "+8", " 8", "8 ", "٠٨"] {
        refused(&format!("OCRA-1:HOTP-SHA1-6:QN{length}"), SuiteError::QuestionLength);
    }
    for length in 4..=64 {
        let suite = Suite::parse(&format!("OCRA-1:HOTP-SHA1-6:QA{length:02}")).unwrap();
        assert_eq!(suite.question_length(), length);
    }
}

#[test]
fn pin_hash() {
    for hash in ["", "SHA", "SHA384", "sha1", "MD5"] {
        refused(&format!("OCRA-1:HOTP-SHA1-6:QN08-P{hash}"), SuiteError::PinHash);
    }
}

#[test]
fn session_length() {
    for length in ["", "64", "0064", "000", "032", "063", "065", "100", "384", "513", "1024", "+64"] {
        refused(&format!("OCRA-1:HOTP-SHA1-6:QN08-S{length}"), SuiteError::SessionLength);
    }
    for length in ["064", "128", "256", "512"] {
        let suite = Suite::parse(&format!("OCRA-1:HOTP-SHA1-6:QN08-S{length}")).unwrap();
        assert_eq!(suite.session_length(), length.parse().ok());
    }
}

#[test]
fn time_step() {
    for step in ["", "1", "30", "1D", "1s", "1m", "1h", "1é"] {
        refused(&format!("OCRA-1:HOTP-SHA1-6:QN08-T{step}"), SuiteError::TimeUnit);
    }
    for step in ["0S", "60S", "0M", "60M", "0H", "49H", "99H", "S", "01M", "001S", "100S", "+1M", "-1M", "1H30M"] {
        let reason = if step.contains('-') { SuiteError::TimeUnit } else { SuiteError::TimeStep };
        refused(&format!("OCRA-1:HOTP-SHA1-6:QN08-T{step}"), reason);
    }
    for (unit, most, seconds) in [('S', 59, 1), ('M', 59, 60), ('H', 48, 3600)] {
        for count in 1..=most {
            let suite = Suite::parse(&format!("OCRA-1:HOTP-SHA1-6:QN08-T{count}{unit}")).unwrap();
            assert_eq!(suite.time_step(), Some(count * seconds));
        }
    }
}

#[test]
fn without_pin_changes_nothing_else() {
    for (with, without) in [
        ("OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1-S064-T1M", "OCRA-1:HOTP-SHA1-6:C-QN08-S064-T1M"),
        ("OCRA-1:HOTP-SHA512-6:QA08-PSHA512", "OCRA-1:HOTP-SHA512-6:QA08"),
        ("OCRA-1:HOTP-SHA256-6:QH08", "OCRA-1:HOTP-SHA256-6:QH08"),
    ] {
        assert_eq!(Suite::parse(with).unwrap().without_pin(), Suite::parse(without).unwrap());
    }
}
