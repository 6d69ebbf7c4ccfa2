//! Where a person is reached: the one reading of mail addresses and of telephone numbers, wherever one comes in.

use idna::AsciiDenyList;
use std::fmt;

/// Most characters of a mail address (RFC 5321, 4.5.3.1.3).
const LONGEST_MAIL: usize = 254;
/// Most characters before the @ (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// Most characters of one label of a domain (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;
/// Digits of an international number: country code and the rest (E.164, 6). Fewer than seven are no subscriber's.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What is no mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail address is NAME@DOMAIN, such as anna@bank.example")]
pub struct MailError;

/// What is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number is + and the country code first, such as +1 202 555 0143")]
pub struct PhoneError;

/// A mail address that every mail server takes: printable ASCII, an international domain in its ASCII form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MailAddress(String);

impl MailAddress {
    /// Reads an address as it was typed. The domain may be of any script (RFC 5890); the name before it may not, since
    /// few servers take that (RFC 6531).
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(MailError)?;
        let domain = idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::STD3).map_err(|_| MailError)?;
        let address = format!("{local}@{domain}");
        let fits = local_fits(local) && domain_fits(&domain) && address.len() <= LONGEST_MAIL;
        if fits { Ok(Self(address)) } else { Err(MailError) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 5322, 3.2.3: a dot-atom. Quoted names are not taken: nobody has one, and they hide control characters.
fn local_fits(local: &str) -> bool {
    let of_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= LONGEST_LOCAL && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(of_atom))
}

fn domain_fits(domain: &str) -> bool {
    let label_fits = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let digits = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    // A last label of digits would be an IP address.
    domain.contains('.') && domain.split('.').all(label_fits) && !domain.rsplit('.').next().is_none_or(digits)
}

/// A telephone number in the one form that gateways take: + and digits (E.164).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as it was typed, with what people put between digits.
    ///
    /// # Errors
    /// When it is none, or does not begin with + and a country code.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let rest = text.trim().strip_prefix('+').ok_or(PhoneError)?;
        let between = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2011}' | '\u{2013}');
        let digits: String = rest.chars().filter(|c| !between(*c)).collect();
        let fits = digits.bytes().all(|b| b.is_ascii_digit()) && DIGITS.contains(&digits.len());
        if fits && !digits.starts_with('0') { Ok(Self(format!("+{digits}"))) } else { Err(PhoneError) }
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Where a person is reached is nobody's business in a log.
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mail_addresses() {
        for (typed, read) in [
            ("anna@bank.example", "anna@bank.example"),
            (" anna.b+login@mail.bank.example ", "anna.b+login@mail.bank.example"),
            ("login@банк.example", "login@xn--80ab2al.example"),
            ("o'hara@BANK.example", "o'hara@bank.example"),
        ] {
            assert_eq!(MailAddress::parse(typed).map(|a| a.to_string()), Ok(read.to_owned()), "{typed}");
        }
        for bad in [
            "",
            "no-at-sign",
            "@bank.example",
            "anna@",
            "anna@bank",
            "anna@bank..example",
            "anna@.example",
            "a b@bank.example",
            "anna@-bank.example",
            "anna@bank-.example",
            "анна@bank.example",
            "a@b@bank.example",
            "anna@[10.0.0.1]",
            "anna@10.0.0.1",
            ".anna@bank.example",
            "anna.@bank.example",
            "\"a\"@bank.example",
            "anna@bank.example\r\nBcc: x@y.z",
            "anna@bank_1.example",
            "Anna <anna@bank.example>",
        ] {
            assert_eq!(MailAddress::parse(bad), Err(MailError), "{bad}");
        }
        assert!(MailAddress::parse(&format!("{}@bank.example", "a".repeat(65))).is_err());
    }

    #[test]
    fn telephone_numbers() {
        for (typed, read) in [
            ("+1 202 555 0143", "+12025550143"),
            ("+49 (0)30/123456", "+49030123456"),
            ("+7-912-345-67-89", "+79123456789"),
            ("+998901234567", "+998901234567"),
        ] {
            assert_eq!(PhoneNumber::parse(typed).map(|n| n.to_string()), Ok(read.to_owned()), "{typed}");
        }
        for bad in [
            "",
            "call me",
            "2025550143",
            "0012025550143",
            "+",
            "+12",
            "+1 202 555 O143",
            "+0123456789",
            "++12025550143",
            "+1234567890123456",
            "+1202555\u{660}143",
            "+1 202 555 0143 ext 5",
            "+1,2025550143",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(PhoneError), "{bad}");
        }
    }

    proptest! {
        /// Nothing typed falls over, and what was read once reads as itself.
        #[test]
        fn what_was_read_reads_again(text in "\\PC{0,40}|[a-zé.+@ -]{0,30}|\\+[0-9 ()-]{0,20}") {
            if let Ok(address) = MailAddress::parse(&text) {
                prop_assert_eq!(MailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert!(address.as_str().bytes().all(|b| b.is_ascii_graphic()));
            }
            if let Ok(number) = PhoneNumber::parse(&text) {
                prop_assert_eq!(PhoneNumber::parse(number.as_str()), Ok(number.clone()));
            }
        }
    }
}
