use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody does, with a number that picks what it is done to.
#[derive(Debug, Clone, Copy)]
enum Act {
    Add,
    Replace(usize),
    Remove(usize),
    Undo(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Add),
        3 => any::<usize>().prop_map(Act::Replace),
        2 => any::<usize>().prop_map(Act::Remove),
        2 => any::<usize>().prop_map(Act::Undo),
    ]
}

/// A user's contact points, and beside them the plain model: which were there before each change, and since when each is.
struct Side {
    points: Vec<Point>,
    changes: Vec<Change>,
    before: BTreeMap<ConfirmationId, BTreeSet<ContactId>>,
    next: u8,
    now: Timestamp,
}

impl Side {
    fn new() -> Self {
        let first = Point { id: [1; 16].into(), joined_at: None, left_at: None };
        let (changes, before) = (Vec::new(), BTreeMap::new());
        Self { points: vec![first], changes, before, next: 2, now: Timestamp::from_unix_seconds(1_800_000_000) }
    }

    fn in_force(&self) -> BTreeSet<ContactId> {
        self.points.iter().filter(|point| point.in_force()).map(|point| point.id).collect()
    }

    fn pick(&self, nth: usize) -> ContactId {
        let all: Vec<_> = self.in_force().into_iter().collect();
        all[nth % all.len()]
    }

    fn change(&mut self, wish: Wish, adds: bool) {
        if check(&self.points, wish).is_err() {
            return;
        }
        let id = ConfirmationId::from([self.next; 16]);
        let added = adds.then(|| ContactId::from([self.next; 16]));
        self.next += 1;
        self.before.insert(id, self.in_force());
        for point in self.points.iter_mut().filter(|point| Some(point.id) == wish.old()) {
            point.left_at = Some(self.now);
        }
        self.points.extend(added.map(|id| Point { id, joined_at: Some(self.now), left_at: None }));
        self.changes.push(Change { id, at: self.now, added, ended: wish.old(), undone: false });
    }

    fn undo(&mut self, nth: usize) {
        let Some(which) = self.changes.get(nth % self.changes.len().max(1)).copied() else { return };
        let undoing = undo(&self.changes, which.id, self.now);
        assert_eq!(undoing.is_some(), which.can_be_undone(self.now));
        let Some(Undoing { changes, gone, back }) = undoing else { return };
        for point in &mut self.points {
            if gone.contains(&point.id) {
                point.left_at = Some(self.now);
            } else if back.contains(&point.id) {
                point.left_at = None;
            }
        }
        for change in self.changes.iter_mut().filter(|change| changes.contains(&change.id)) {
            change.undone = true;
        }
        assert_eq!(self.in_force(), self.before[&which.id], "as before the change");
    }
}

proptest! {
    /// However changes, undoing and time fall together: there is always a contact point; what can be undone is as if it had
    /// never been; what came by a change is no way back before nobody can undo it; and whoever had a contact point that
    /// stood is told, and can undo, for three days after it was taken away.
    #[test]
    fn a_change_lets_nobody_in_before_it_stands(
        acts in prop::collection::vec((0_u64..100_000, act()), 1..60),
    ) {
        let mut side = Side::new();
        for (gap, act) in acts {
            side.now = side.now.plus(Duration::from_secs(gap));
            match act {
                Act::Add => side.change(Wish::Add, true),
                Act::Replace(nth) => side.change(Wish::Replace(side.pick(nth)), true),
                Act::Remove(nth) => side.change(Wish::Remove(side.pick(nth)), false),
                Act::Undo(nth) => side.undo(nth),
            }
            let now = side.now;
            prop_assert!((1..=MOST).contains(&side.in_force().len()));
            for point in &side.points {
                let came = side.changes.iter().find(|change| change.added == Some(point.id));
                if point.is_way_back(now) {
                    prop_assert!(point.in_force() && came.is_none_or(|came| !came.can_be_undone(now)));
                }
                if came.is_some_and(|came| came.can_be_undone(now)) {
                    prop_assert!(!point.may_undo(now), "what may be somebody else's undoes nothing");
                }
            }
            let taken = side.changes.iter().filter(|change| change.can_be_undone(now)).filter_map(|change| change.ended);
            for old in taken {
                let point = side.points.iter().find(|point| point.id == old).unwrap();
                let stood = point.joined_at.is_none_or(|at| point.left_at.unwrap_or(now) >= at.plus(UNDONE_WITHIN));
                prop_assert_eq!(point.may_undo(now), stood);
                prop_assert!(!stood || point.is_told(now));
            }
        }
    }
}

#[test]
fn three_days_and_no_second_less() {
    let at = Timestamp::from_unix_seconds(1_800_000_000);
    let point = Point { id: [1; 16].into(), joined_at: Some(at), left_at: None };
    let change = Change { id: [1; 16].into(), at, added: Some(point.id), ended: None, undone: false };
    let last = at.plus(UNDONE_WITHIN).minus(Duration::from_micros(1));
    assert!(change.can_be_undone(last) && !point.is_way_back(last));
    let then = at.plus(UNDONE_WITHIN);
    assert!(!change.can_be_undone(then) && point.is_way_back(then));
}

#[test]
fn the_last_one_stays_and_there_is_an_end_to_them() {
    let point = |n: u8| Point { id: [n; 16].into(), joined_at: None, left_at: None };
    let one = [point(1)];
    assert_eq!(check(&one, Wish::Remove([1; 16].into())), Err(NotChanged::Last));
    assert_eq!(check(&one, Wish::Remove([2; 16].into())), Err(NotChanged::Unknown));
    assert_eq!(check(&one, Wish::Replace([1; 16].into())), Ok(()));
    let all: Vec<_> = (1..=6).map(point).collect();
    assert_eq!(check(&all, Wish::Add), Err(NotChanged::TooMany));
    assert_eq!(check(&all, Wish::Replace([1; 16].into())), Ok(()));
}
