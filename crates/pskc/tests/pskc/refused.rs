//! What is refused, each with its reason and its place.

use super::{figure, hex, key, password, read};
use pskc::{Error, Problem, Reader, Secret, Unlock};

const FIGURE_6: &str = "12345678901234567890123456789012";

fn problem(text: &str, unlock: Unlock) -> Problem {
    read(text, unlock).expect_err(text).problem
}

/// A figure with a part of its text replaced.
fn changed(number: u8, from: &str, to: &str) -> String {
    let text = figure(number);
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

#[test]
fn each_misdeed_has_its_reason() {
    let unknown = |name: &str| Problem::Unknown(name.to_owned());
    let plain = |from: &str, to: &str| problem(&changed(3, from, to), Unlock::Nothing);
    assert_eq!(
        plain("<SerialNo>987654321</SerialNo>", "<SerialNo>1</SerialNo><SerialNo>2</SerialNo>"),
        Problem::Twice("SerialNo".to_owned())
    );
    assert_eq!(plain("<SerialNo>987654321</SerialNo>", "<Serial>1</Serial>"), unknown("Serial"));
    assert_eq!(plain("Version=\"1.0\"", "Version=\"2.0\""), Problem::Version("2.0".to_owned()));
    assert_eq!(plain("Version=\"1.0\"", ""), Problem::Missing("Version"));
    assert_eq!(plain("Length=\"8\"", "Length=\"eight\""), Problem::NotA("a number that fits here"));
    assert_eq!(
        plain("Encoding=\"DECIMAL\"", "Encoding=\"ROMAN\""),
        Problem::NotA("an encoding of RFC 6030, such as DECIMAL")
    );
    assert_eq!(
        plain("<PlainValue>0</PlainValue>", "<PlainValue>-1</PlainValue>"),
        Problem::NotA("a number that fits here")
    );
    assert_eq!(
        plain("<PlainValue>0</PlainValue>", "<PlainValue>0</PlainValue><ValueMAC>AAAA</ValueMAC>"),
        unknown("ValueMAC")
    );
    assert_eq!(plain("<PlainValue>0</PlainValue>", ""), Problem::Missing("PlainValue or EncryptedValue"));
    assert_eq!(plain("MTIzNDU2", "M!IzNDU2"), Problem::NotA("base64"));
    assert_eq!(plain("</KeyContainer>", "</KeyContainer><more/>"), Problem::Cut);
    assert_eq!(plain("</KeyContainer>", ""), Problem::Cut);
    assert_eq!(plain("</KeyPackage>", "</KeyPackage>text"), unknown("text between elements"));
    let hidden = Problem::NotA("text without control characters");
    assert_eq!(plain("<SerialNo>987654321<", "<SerialNo>98&#13;76<"), hidden);
    assert_eq!(plain("<SerialNo>987654321<", "<SerialNo>98&#127;76<"), hidden);
    assert_eq!(plain("Id=\"12345678\"", "Id=\"1234&#10;5678\""), hidden);
    assert_eq!(problem("", Unlock::Nothing), Problem::NotPskc);
    assert_eq!(problem("serial,secret\n1,2\n", Unlock::Nothing), Problem::NotXml);
    assert_eq!(problem("<KeyContainer Version=\"1.0\"/>", Unlock::Nothing), Problem::NotPskc);
    assert_eq!(problem("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", Unlock::Nothing), Problem::NotUtf8);
    let octets = [figure(3).as_bytes(), b"\xff"].concat();
    let not_text = Reader::new(&octets[..], Unlock::Nothing).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    assert_eq!(not_text.unwrap_err().problem, Problem::NotXml);
}

/// What a policy says and we do not understand might forbid the key (RFC 6030, 5).
#[test]
fn a_policy_is_understood_in_full_or_the_key_is_refused() {
    let policy = |from: &str, to: &str| problem(&changed(5, from, to), Unlock::Nothing);
    let unknown = |name: &str| Problem::Unknown(name.to_owned());
    assert_eq!(policy("<KeyUsage>OTP</KeyUsage>", "<Extensions/>"), unknown("Extensions"));
    assert_eq!(policy("<KeyUsage>OTP</KeyUsage>", "<MoonPhase xmlns='urn:x'/>"), unknown("MoonPhase"));
    assert_eq!(
        policy("PINUsageMode=\"Local\"", "PINUsageMode=\"Guess\""),
        Problem::NotA("a use of a PIN of RFC 6030, such as Local")
    );
    assert_eq!(policy("PINUsageMode=\"Local\"", "PINShape=\"Round\""), unknown("PINShape"));
    // Elsewhere what others added may be left out.
    let added = changed(
        5,
        "<KeyPackage>\n        <DeviceInfo>\n            <Manufacturer>Manufacturer</Manufacturer>\n            <SerialNo>987654321</SerialNo>\n        </DeviceInfo>\n        <CryptoModuleInfo>\n            <Id>CM_ID_001</Id>\n        </CryptoModuleInfo>\n        <Key Id=\"12345678\"",
        "<KeyPackage><Extensions/>\n        <Key Id=\"12345678\"",
    );
    assert_eq!(read(&added, Unlock::Nothing).unwrap().len(), 2);
}

#[test]
fn document_types_and_entities_are_refused() {
    let bomb = (1..10).fold("<!ENTITY a0 \"ha\">".to_owned(), |all, nth| {
        let before = format!("&a{};", nth - 1).repeat(10);
        format!("{all}<!ENTITY a{nth} \"{before}\">")
    });
    for text in [
        format!("<!DOCTYPE KeyContainer [{bomb}]>{}", figure(3).replace("MTIzNDU2", "&a9;")),
        format!("<!DOCTYPE KeyContainer [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}", figure(3)),
        "<!DOCTYPE KeyContainer SYSTEM \"http://example.org/x.dtd\"><KeyContainer/>".to_owned(),
        changed(3, "MTIzNDU2", "&secret;"),
        changed(3, "Id=\"12345678\"", "Id=\"&secret;\""),
    ] {
        let text = text.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "");
        assert_eq!(problem(&text, Unlock::Nothing), Problem::Entities);
    }
    let own = changed(3, "<SerialNo>987654321</SerialNo>", "<SerialNo>&lt;&#65;&amp;</SerialNo>");
    assert_eq!(read(&own, Unlock::Nothing).unwrap()[0].device.serial.as_deref(), Some("<A&"));
}

/// An endless element: it is given up long before its end.
struct Endless(u64);

impl std::io::Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        out.fill(b'7');
        self.0 += out.len() as u64;
        assert!(self.0 < 16 << 20, "it reads on and on");
        Ok(out.len())
    }
}

#[test]
fn an_element_is_bounded_in_size_and_depth() {
    let head =
        "<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><KeyPackage><DeviceInfo><SerialNo>";
    for head in
        [head.to_owned(), head.replace("<SerialNo>", "<SerialNo a='"), format!("{head}<"), format!("{head}<!--")]
    {
        let endless = std::io::BufReader::new(std::io::Read::chain(head.as_bytes(), Endless(0)));
        let refused = Reader::new(endless, Unlock::Nothing).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        assert_eq!(refused.unwrap_err().problem, Problem::TooLarge, "{head}");
    }
    let deep = format!("{head}{}", "<a>".repeat(30));
    assert_eq!(problem(&deep, Unlock::Nothing), Problem::TooLarge);
}

#[test]
fn a_password_that_takes_for_ever_is_refused_before_any_work() {
    // Each of the first three would take an hour and more.
    for times in ["1000000000", "4294967296", "18446744073709551615", "5000001", "999", "1", "0"] {
        let text = changed(7, ">1000<", &format!(">{times}<"));
        assert_eq!(problem(&text, password("qwerty")), Problem::Iterations(times.parse().unwrap()));
        assert_eq!(problem(&text, Unlock::Nothing), Problem::Iterations(times.parse().unwrap()));
    }
    let length = changed(7, "<KeyLength>16</KeyLength>", "<KeyLength>1000000000</KeyLength>");
    assert_eq!(problem(&length, password("qwerty")), Problem::NotA("the length of an AES key in octets"));
}

/// The octets of each value that the MAC is about, or that it consists of.
const VALUES: [&str; 3] = [
    "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX",
    "AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv",
    "Su+NvtQfmvfJzF6bmQiJqoLRExc=",
];

#[test]
fn one_bit_of_iv_ciphertext_mac_or_mac_key_is_enough() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    assert!(read(&figure(6), key(FIGURE_6)).is_ok());
    for value in VALUES {
        let octets = STANDARD.decode(value).unwrap();
        for bit in 0..octets.len() * 8 {
            let mut other = octets.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            let text = changed(6, value, &STANDARD.encode(&other));
            assert_eq!(problem(&text, key(FIGURE_6)), Problem::Wrong, "bit {bit} of {value}");
        }
        let shorter = changed(6, value, &STANDARD.encode(&octets[..octets.len() - 1]));
        assert_eq!(problem(&shorter, key(FIGURE_6)), Problem::Wrong);
    }
}

#[test]
fn what_cannot_be_opened_says_what_would() {
    let mac = "<ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=\n                    </ValueMAC>";
    assert_eq!(problem(&changed(6, mac, ""), key(FIGURE_6)), Problem::NoMac);
    let text = figure(6);
    let (start, end) = (text.find("<MACMethod").unwrap(), text.find("</MACMethod>").unwrap());
    let without = format!("{}{}", &text[..start], &text[end + "</MACMethod>".len()..]);
    assert_eq!(problem(&without, key(FIGURE_6)), Problem::NoMac);
    assert_eq!(problem(&figure(6), key(&"00".repeat(16))), Problem::Wrong);
    assert_eq!(
        problem(&figure(6), key(&"00".repeat(32))),
        Problem::KeyLength { algorithm: "aes128-cbc".to_owned(), needed: 16, found: 32 }
    );
    assert_eq!(problem(&figure(7), password("qwertz")), Problem::Wrong);
    assert_eq!(problem(&figure(7), key(FIGURE_6)), Problem::OtherKey("a password"));
    assert_eq!(problem(&figure(6), password("qwerty")), Problem::OtherKey("a pre-shared key"));
    let rsa = problem(&figure(8), key(FIGURE_6));
    assert!(rsa.to_string().starts_with("encryption by rsa_1_5 is not supported: ask for"), "{rsa}");
    let other = figure(6).replace("aes128-cbc", "tripledes-cbc");
    assert_eq!(problem(&other, key(FIGURE_6)), Problem::Unsupported("encryption by tripledes-cbc".to_owned()));
}

#[test]
fn an_error_says_where_it_is() {
    let wrong = |from: &str, to: &str| read(&changed(10, from, to), Unlock::Nothing).unwrap_err();
    let Error { line, path, problem } = wrong("<SerialNo>123456</SerialNo>", "<SerialNo>1<b/></SerialNo>");
    let place = figure(10).lines().position(|line| line.contains("<SerialNo>123456</SerialNo>")).unwrap() as u64 + 1;
    assert_eq!((line, path.join("/").as_str()), (place, "KeyContainer/KeyPackage/DeviceInfo/SerialNo"));
    assert_eq!(
        Error { line, path, problem }.to_string(),
        format!(
            "line {place}, KeyContainer/KeyPackage/DeviceInfo/SerialNo: b is not understood here, and a key without it \
             might be another key"
        )
    );
    let secret = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";
    let mac = read(&changed(6, VALUES[1], secret), key(FIGURE_6)).unwrap_err();
    assert_eq!(mac.path.join("/"), "KeyContainer/KeyPackage/Key/Data/Secret");
    assert!(!mac.to_string().contains("MTIz"));
}

/// After a refusal nothing more is read, not even what would be right.
#[test]
fn a_reader_ends_with_its_first_error() {
    let text = changed(10, "<SerialNo>654321</SerialNo>", "<SerialNo/><SerialNo/>");
    let found: Vec<_> = Reader::new(text.as_bytes(), Unlock::Nothing).unwrap().collect();
    assert_eq!((found.len(), found[0].is_err()), (1, true));
    let secret = Secret::new(hex("00"));
    assert_eq!(format!("{secret:?}"), "Secret(…)");
}
