//! Argon2id in memory that is used again.
//!
//! A hash takes 19 MiB. Taken from the heap anew for each, such blocks stay behind in every thread's arena; so each
//! hashing place keeps one. The next hash writes over all that the last one left; where none follows at once, it is wiped.

use super::{Cost, HashError};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

/// Octets of a hash.
const OUTPUT: usize = 32;

/// The memory of one hashing place; empty until it is first used.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    /// Whether something of a password is in them.
    used: bool,
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl Memory {
    /// A new hash of a password, as a PHC string.
    pub(super) fn hash(&mut self, cost: Cost, password: &[u8]) -> Result<String, HashError> {
        let argon = argon(cost)?;
        let salt: [u8; 16] = crate::app::random();
        let mut output = [0; OUTPUT];
        self.compute(&argon, (password, &salt), &mut output)?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(argon.params()).map_err(|_| HashError::Failed)?,
            salt: Some(Salt::new(&salt).map_err(|_| HashError::Failed)?),
            hash: Some(Output::new(&output).map_err(|_| HashError::Failed)?),
        };
        Ok(phc.to_string())
    }

    /// Whether a password is that of a PHC string. The cost is the string's own.
    pub(super) fn compare(&mut self, stored: &str, password: &[u8]) -> Result<bool, HashError> {
        let parsed = PasswordHash::new(stored).map_err(|_| HashError::Failed)?;
        let (Some(salt), Some(expected)) = (&parsed.salt, &parsed.hash) else { return Err(HashError::Failed) };
        let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).map_err(|_| HashError::Failed)?;
        let version =
            parsed.version.map_or(Ok(Version::default()), Version::try_from).map_err(|_| HashError::Failed)?;
        let params = Params::try_from(&parsed).map_err(|_| HashError::Failed)?;
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..expected.len()).ok_or(HashError::Failed)?;
        self.compute(&Argon2::new(algorithm, version, params), (password, salt.as_ref()), output)?;
        Ok(expected.as_bytes().ct_eq(output).into())
    }

    /// Does the work of a comparison that nothing can win: of a user whom there is not.
    pub(super) fn compare_with_nothing(&mut self, cost: Cost, password: &[u8]) -> Result<(), HashError> {
        let salt: [u8; 16] = crate::app::random();
        self.compute(&argon(cost)?, (password, &salt), &mut [0; OUTPUT])
    }

    fn compute(
        &mut self,
        argon: &Argon2<'_>,
        (password, salt): (&[u8], &[u8]),
        output: &mut [u8],
    ) -> Result<(), HashError> {
        // A stored hash of another cost may need more or less than the last one did.
        let needed = argon.params().block_count();
        if needed != self.blocks.len() {
            // What is given back, or moved, is wiped first.
            self.wipe();
            self.blocks.resize(needed, Block::new());
        }
        self.used = true;
        let done = argon.hash_password_into_with_memory(password, salt, output, &mut self.blocks);
        done.map_err(|_| HashError::Failed)
    }

    /// Wipes what the last hash left.
    pub(super) fn wipe(&mut self) {
        if std::mem::take(&mut self.used) {
            self.blocks.iter_mut().zeroize();
        }
    }

    /// Gives back what is more than hashes of this cost need.
    pub(super) fn shrink(&mut self, cost: Cost) {
        let usual = argon(cost).map_or(0, |argon| argon.params().block_count());
        if self.blocks.capacity() > usual {
            self.wipe();
            self.blocks.truncate(usual);
            self.blocks.shrink_to(usual);
        }
    }
}

/// Whether a stored hash costs at least this much.
pub(super) fn costs(stored: &str, cost: Cost) -> bool {
    let Ok(parsed) = PasswordHash::new(stored) else { return false };
    let Ok(params) = Params::try_from(&parsed) else { return false };
    params.m_cost() >= cost.memory_kib && params.t_cost() >= cost.iterations && params.p_cost() >= cost.parallelism
}

fn argon(cost: Cost) -> Result<Argon2<'static>, HashError> {
    let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, Some(OUTPUT));
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| HashError::Failed)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };

    /// The published strings of the Argon2 reference (vectors/argon2.json), one after the other in the same memory.
    #[test]
    fn published_strings_verify() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/argon2.json");
        let vectors: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (mut checked, mut memory) = (0, Memory::default());
        for vector in vectors["phc"].as_array().unwrap() {
            let (Some(text), Some(password)) = (vector["phc"].as_str(), vector["password"].as_str()) else { continue };
            let right = vector["valid"].as_bool().unwrap_or(true);
            assert_eq!(memory.compare(text, password.as_bytes()), Ok(right), "{text}");
            checked += 1;
        }
        assert!(checked > 3, "{checked} strings checked");
    }

    /// What a password leaves in the memory is wiped, whatever came of it; and a dear hash does not keep its memory.
    #[test]
    fn memory_is_wiped_when_it_is_left_and_shrinks_again() {
        let mut memory = Memory::default();
        let dear = memory.hash(Cost { memory_kib: 256, ..CHEAP }, b"correct horse").unwrap();
        let wiped = |memory: &Memory| memory.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0));
        assert!(memory.blocks.len() == 256 && !wiped(&memory));
        assert_eq!(memory.compare(&dear, b"correct horsf"), Ok(false), "in memory that another hash has used");
        assert_eq!(memory.compare(&dear, b"correct horse"), Ok(true));
        memory.wipe();
        assert!(wiped(&memory));
        memory.compare_with_nothing(CHEAP, b"correct horse").unwrap();
        assert!(memory.blocks.len() == 64 && memory.blocks.capacity() >= 256);
        memory.shrink(CHEAP);
        assert!(memory.blocks.capacity() < 256 && wiped(&memory));
        assert_eq!(memory.compare("nonsense", b"x"), Err(HashError::Failed));
    }
}
