//! Random octets as an argument: whoever calls the core draws them, once per step.

/// 32 random octets. Different uses read different octets, so one nonce serves one step.
#[derive(Clone, Copy)]
pub struct Nonce([u8; 32]);

impl Nonce {
    /// The first sixteen octets in hexadecimal: a token that nobody guesses.
    pub fn hex(&self) -> String {
        self.0.iter().take(16).map(|octet| format!("{octet:02x}")).collect()
    }

    /// Wraps octets from a cryptographic generator.
    pub fn new(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// Ten octets for an id (RFC 9562, 5.7 needs 74 bits).
    pub(crate) fn id_octets(&self) -> [u8; 10] {
        let mut octets = [0; 10];
        octets.copy_from_slice(self.0.split_at(10).0);
        octets
    }

    /// A number below `bound`, from 128 bits: the bias is below `bound` / 2^128.
    pub fn below(&self, bound: u64) -> u64 {
        let mut wide = [0; 16];
        wide.copy_from_slice(self.0.split_at(16).1);
        u64::try_from(u128::from_be_bytes(wide) % u128::from(bound.max(1))).unwrap_or(0)
    }
}
