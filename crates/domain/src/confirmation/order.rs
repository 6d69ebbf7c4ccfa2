//! The order in which a user's open requests are listed, wherever they are.

use super::What;

/// Money before everything else, since it is what a hurried look must not miss; what is equal keeps its place.
pub fn money_first<T>(requests: &mut [T], what: impl Fn(&T) -> &What) {
    requests.sort_by_key(|request| what(request).amount().is_none());
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::operation::{Amount, CardPreauthorisation, Text};
    use proptest::prelude::*;

    fn what(money: bool) -> What {
        if !money {
            return What::Login;
        }
        let amount = Amount::parse("10.00", "USD").unwrap();
        What::CardPreauthorisation(CardPreauthorisation { amount, card_id: Text::fenced("c"), minutes: 15 })
    }

    proptest! {
        #[test]
        fn money_comes_first_and_the_rest_keeps_its_order(moves in proptest::collection::vec(any::<bool>(), 0..12)) {
            let mut listed: Vec<_> = moves.iter().enumerate().map(|(n, money)| (n, what(*money))).collect();
            money_first(&mut listed, |(_, what)| what);
            let order: Vec<_> = listed.iter().map(|(n, _)| *n).collect();
            let places = |money| moves.iter().enumerate().filter(move |(_, is)| **is == money).map(|(n, _)| n);
            let wanted: Vec<_> = places(true).chain(places(false)).collect();
            prop_assert_eq!(order, wanted);
        }
    }
}
