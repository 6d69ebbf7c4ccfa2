//! AES key wrap (RFC 3394), and with padding (RFC 5649), for keys of 128, 192 and 256 bits.

use crate::Problem;
use aws_lc_rs::cipher::{DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time;
use zeroize::Zeroizing;

const BLOCK: usize = 8;
/// The check value of RFC 3394.
const CHECK: [u8; 8] = [0xa6; 8];
/// The head of RFC 5649's; the length of the plaintext follows.
const CHECK_PADDED: [u8; 4] = [0xa6, 0x59, 0x59, 0xa6];

/// Unwraps, and says whether the check holds. What was padded is found by its own check value.
pub(crate) fn unwrap(key: UnboundCipherKey, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let key = DecryptingKey::ecb(key).map_err(|_| Problem::Wrong)?;
    if wrapped.len() < 2 * BLOCK || !wrapped.len().is_multiple_of(BLOCK) {
        return Err(Problem::Wrong);
    }
    let (check, plain) = turned_back(&key, wrapped)?;
    if plain.len() > BLOCK && constant_time::verify_slices_are_equal(&check, &CHECK).is_ok() {
        return Ok(plain);
    }
    unpadded(check, plain)
}

fn unpadded(check: [u8; 8], mut plain: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let (head, length) = check.split_at(4);
    constant_time::verify_slices_are_equal(head, &CHECK_PADDED).map_err(|_| Problem::Wrong)?;
    let length = length.try_into().map(u32::from_be_bytes).map_err(|_| Problem::Wrong)?;
    let length = usize::try_from(length).map_err(|_| Problem::Wrong)?;
    let fits = length > plain.len().saturating_sub(BLOCK) && length <= plain.len();
    let zeros = plain.get(length..).is_some_and(|padding| padding.iter().all(|octet| *octet == 0));
    if !(fits && zeros) {
        return Err(Problem::Wrong);
    }
    plain.truncate(length);
    Ok(plain)
}

/// The inverse of the wrapping (RFC 3394, 2.2.2; of a single block, RFC 5649, 4.2).
fn turned_back(key: &DecryptingKey, wrapped: &[u8]) -> Result<([u8; 8], Zeroizing<Vec<u8>>), Problem> {
    let decrypt =
        |block: &mut [u8; 16]| key.decrypt(block, DecryptionContext::None).map(|_| ()).map_err(|_| Problem::Wrong);
    let (head, rest) = wrapped.split_at(BLOCK);
    let mut check: [u8; 8] = head.try_into().map_err(|_| Problem::Wrong)?;
    let mut plain = Zeroizing::new(rest.to_vec());
    let blocks = plain.len() / BLOCK;
    let rounds = if blocks == 1 { 1 } else { 6 };
    for round in (0..rounds).rev() {
        for (nth, block) in plain.chunks_exact_mut(BLOCK).enumerate().rev() {
            if blocks > 1 {
                let step = u64::try_from(blocks * round + nth + 1).unwrap_or_default();
                check = (u64::from_be_bytes(check) ^ step).to_be_bytes();
            }
            let mut both = Zeroizing::new([0; 2 * BLOCK]);
            let (left, right) = both.split_at_mut(BLOCK);
            left.copy_from_slice(&check);
            right.copy_from_slice(block);
            decrypt(&mut both)?;
            let (left, right) = both.split_at(BLOCK);
            check.copy_from_slice(left);
            block.copy_from_slice(right);
        }
    }
    Ok((check, plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::cipher::{AES_128, AES_192, AES_256};
    use aws_lc_rs::key_wrap::{AesKek, KeyWrap as _, KeyWrapPadded as _};
    use proptest::prelude::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    /// RFC 3394, 4.1 to 4.6, and RFC 5649, 6.
    #[test]
    fn the_published_values_unwrap() {
        let data = "00112233445566778899AABBCCDDEEFF0001020304050607";
        let long = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F";
        let key = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
        let pad = "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8";
        for (key, algorithm, wrapped, plain) in [
            (&key[..32], &AES_128, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5", &data[..32]),
            (&key[..48], &AES_192, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D", &data[..32]),
            (key, &AES_256, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7", &data[..32]),
            (&key[..48], &AES_192, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2", data),
            (key, &AES_256, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1", data),
            (key, &AES_256, "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21", long),
            (
                pad,
                &AES_192,
                "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
                "c37b7e6492584340bed12207808941155068f738",
            ),
            (pad, &AES_192, "afbeb0f07dfbf5419200f2ccb50bb24f", "466f7250617369"),
        ] {
            let key = UnboundCipherKey::new(algorithm, &hex(key)).unwrap();
            assert_eq!(*unwrap(key, &hex(wrapped)).unwrap(), hex(plain), "{wrapped}");
        }
    }

    proptest! {
        #[test]
        fn what_others_wrap_unwraps_and_what_was_altered_does_not(
            kek: [u8; 32], blocks in 2_usize..6, padded in 1_usize..40, at: prop::sample::Index, flip in 1_u8..,
        ) {
            let wrapping = || AesKek::new(&aws_lc_rs::key_wrap::AES_256, &kek).unwrap();
            let opening = || UnboundCipherKey::new(&AES_256, &kek).unwrap();
            let plain = vec![7; blocks * 8];
            let mut room = vec![0; 64];
            let mut wrapped = wrapping().wrap(&plain, &mut room).unwrap().to_vec();
            prop_assert_eq!(&*unwrap(opening(), &wrapped).unwrap(), &plain);
            let plain = vec![9; padded];
            let mut room = vec![0; 64];
            let with_padding = wrapping().wrap_with_padding(&plain, &mut room).unwrap().to_vec();
            prop_assert_eq!(&*unwrap(opening(), &with_padding).unwrap(), &plain);
            let at = at.index(wrapped.len());
            wrapped[at] ^= flip;
            prop_assert_eq!(unwrap(opening(), &wrapped), Err(Problem::Wrong));
        }
    }
}
