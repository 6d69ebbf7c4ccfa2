//! The seeded random walk that the market maker quotes around: the same seed gives the same prices.

use crate::money::Cents;

/// The price after one more tick. `home` is where the walk is drawn back to, so that no price runs away.
pub fn step(seed: u64, symbol: &str, tick: u64, (price, home): (Cents, Cents)) -> Cents {
    let span = (price.count() / 500).max(1);
    let noise = i64::try_from(mixed(seed, symbol, tick) >> 33).unwrap_or(0);
    let move_by = noise.rem_euclid(2 * span + 1) - span;
    let pull = (home.count() - price.count()) / 200;
    let next = price.count() + move_by + pull;
    Cents::new(next.clamp((home.count() / 2).max(1), (home.count() * 2).max(1)))
}

/// SplitMix64 over all three: no secret, only noise.
fn mixed(seed: u64, symbol: &str, tick: u64) -> u64 {
    let named = symbol.bytes().fold(seed, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3));
    let mut z = named.wrapping_add(tick.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(seed: u64, symbol: &str) -> Vec<i64> {
        let home = Cents::new(10_000);
        let mut price = home;
        let mut prices = Vec::new();
        for tick in 0..5000 {
            price = step(seed, symbol, tick, (price, home));
            prices.push(price.count());
        }
        prices
    }

    #[test]
    fn a_seed_gives_one_walk_for_each_symbol_and_it_stays_near() {
        let one = walk(1, "HLX");
        assert_eq!(one, walk(1, "HLX"));
        assert_ne!(one, walk(2, "HLX"));
        assert_ne!(one, walk(1, "KITE"));
        assert!(one.iter().all(|price| (5_000..=20_000).contains(price)));
        let (low, high) = (one.iter().min().unwrap(), one.iter().max().unwrap());
        assert!(high - low > 100, "it moves: {low} to {high}");
    }
}
