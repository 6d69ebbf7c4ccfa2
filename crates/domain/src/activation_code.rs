//! What activates a phone: a code that is sent to a contact point, or the id that a signed-in page shows; typed once
//! (NIST SP 800-63B-4, 4.1.2.2: 40 bits where a username is given with it).

use crate::{Nonce, Secret, typed};
use otp::code_card::ALPHABET;
use subtle::ConstantTimeEq as _;

/// Characters of a code: five bits each.
pub const LENGTH: u32 = 8;

/// Characters of the id that a signed-in page shows.
pub const SESSION_ID: u32 = 10;

/// Draws a code, such as `K7QM-2XWP`.
pub fn draw(nonce: &Nonce) -> Secret<String> {
    of_length(nonce, LENGTH)
}

/// Draws the id that a signed-in page shows for the phone, such as `K7QM2-XWPA4`.
pub fn session_id(nonce: &Nonce) -> Secret<String> {
    of_length(nonce, SESSION_ID)
}

fn of_length(nonce: &Nonce, length: u32) -> Secret<String> {
    let drawn = nonce.below(1 << (5 * length));
    let character = |place: u32| {
        let index = usize::try_from((drawn >> (5 * place)) & 31).unwrap_or(0);
        ALPHABET.get(index).map(|octet| char::from(*octet))
    };
    let half = length / 2;
    let (first, second): (String, String) =
        ((0..half).filter_map(character).collect(), (half..length).filter_map(character).collect());
    Secret::new(format!("{first}-{second}"))
}

/// Whether a typed code is the one that was sent, however it is spelled.
pub fn fits(sent: &Secret<String>, code: &str) -> bool {
    let (sent, code) = (typed::plain(sent.expose()), typed::plain(code));
    sent.expose().as_bytes().ct_eq(code.expose().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn codes_are_of_the_alphabet_and_fit_as_people_type_them(octets in any::<[u8; 32]>()) {
            let code = draw(&Nonce::new(octets));
            let text = code.expose();
            prop_assert_eq!(text.len(), 9);
            let belongs = |(at, b): (usize, u8)| if at == 4 { b == b'-' } else { ALPHABET.contains(&b) };
            prop_assert!(text.bytes().enumerate().all(belongs));
            let typed = text.to_lowercase().replace('-', " ");
            prop_assert!(fits(&code, &["  ", &typed, " "].concat()));
            prop_assert!(!fits(&code, &text[..8]));
            prop_assert!(!fits(&code, ""));
        }
    }

    #[test]
    fn every_bit_of_the_nonce_that_is_used_matters() {
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..40 {
            let mut octets = [0; 32];
            octets[31 - bit / 8] = 1 << (bit % 8);
            seen.insert(draw(&Nonce::new(octets)).expose().clone());
        }
        assert_eq!(seen.len(), 40);
    }
}
