//! Answers that are held open, so that a page or an app hears of a change. Each is a connection and a task: a handle and a
//! user have a few, whose oldest ends for a newer one; an address has more, and is refused above that, since a newcomer
//! must not end what others behind the same address wait for.

use domain::id::UserId;
use futures_util::{Stream, StreamExt as _};
use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Held open with one handle: a page in a few tabs.
const OF_HANDLE: usize = 3;
/// Held open for one user: pages, phones and programs.
const OF_USER: usize = 12;

/// Whose an open answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holder {
    /// The attempt, session or device.
    pub handle: [u8; 32],
    /// The user.
    pub user: UserId,
    /// Where it goes to; none where addresses are not counted.
    pub address: Option<IpAddr>,
}

impl Holder {
    /// By what names the handle. An address is a customer's: of IPv6 the /64 counts.
    pub fn new(handle: &[u8], user: UserId, address: Option<IpAddr>) -> Self {
        let mut name = [0; 32];
        name.iter_mut().zip(handle).for_each(|(to, from)| *to = *from);
        let network = |address: IpAddr| match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::from((v6.to_bits() >> 64 << 64).to_be_bytes()),
            v4 => v4,
        };
        Self { handle: name, user, address: address.map(network) }
    }
}

/// The address holds as many open answers as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// All open answers of this node.
#[derive(Debug)]
pub struct Streams {
    of_address: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    answers: HashMap<u64, (Holder, Arc<Notify>)>,
    by_handle: HashMap<[u8; 32], VecDeque<u64>>,
    by_user: HashMap<UserId, VecDeque<u64>>,
    by_address: HashMap<IpAddr, VecDeque<u64>>,
}

impl Streams {
    /// With so many for an address.
    pub fn new(of_address: u32) -> Arc<Self> {
        let of_address = usize::try_from(of_address).unwrap_or(usize::MAX);
        Arc::new(Self { of_address, open: Mutex::default() })
    }

    /// A place for one more. The oldest of the same handle or user ends where they have too many.
    pub fn enter(self: &Arc<Self>, holder: Holder) -> Result<Place, TooMany> {
        let mut open = self.open();
        if holder.address.is_some_and(|address| held(&open.by_address, &address) >= self.of_address) {
            return Err(TooMany);
        }
        while held(&open.by_handle, &holder.handle) >= OF_HANDLE {
            let oldest = open.by_handle.get(&holder.handle).and_then(|all| all.front().copied());
            open.end(oldest);
        }
        while held(&open.by_user, &holder.user) >= OF_USER {
            let oldest = open.by_user.get(&holder.user).and_then(|all| all.front().copied());
            open.end(oldest);
        }
        let (id, over) = (open.next, Arc::new(Notify::new()));
        open.next = open.next.wrapping_add(1);
        open.by_handle.entry(holder.handle).or_default().push_back(id);
        open.by_user.entry(holder.user).or_default().push_back(id);
        if let Some(address) = holder.address {
            open.by_address.entry(address).or_default().push_back(id);
        }
        open.answers.insert(id, (holder, Arc::clone(&over)));
        Ok(Place { streams: Arc::clone(self), id, over })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.open().answers.len()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn held<K: Eq + Hash>(all: &HashMap<K, VecDeque<u64>>, key: &K) -> usize {
    all.get(key).map_or(0, VecDeque::len)
}

impl Open {
    fn end(&mut self, id: Option<u64>) {
        if let Some(over) = id.and_then(|id| self.forget(id)) {
            over.notify_one();
        }
    }

    fn forget(&mut self, id: u64) -> Option<Arc<Notify>> {
        let (holder, over) = self.answers.remove(&id)?;
        leave(&mut self.by_handle, holder.handle, id);
        leave(&mut self.by_user, holder.user, id);
        if let Some(address) = holder.address {
            leave(&mut self.by_address, address, id);
        }
        Some(over)
    }
}

fn leave<K: Eq + Hash>(all: &mut HashMap<K, VecDeque<u64>>, key: K, id: u64) {
    if let Some(held) = all.get_mut(&key) {
        held.retain(|other| *other != id);
        if held.is_empty() {
            all.remove(&key);
        }
    }
}

/// A place of an open answer; free again when it is dropped.
#[derive(Debug)]
pub struct Place {
    streams: Arc<Streams>,
    id: u64,
    over: Arc<Notify>,
}

impl Place {
    /// The stream, until a newer one takes its place.
    pub fn hold<S: Stream>(self, stream: S) -> impl Stream<Item = S::Item> {
        let over = Arc::clone(&self.over);
        let over = async move { over.notified().await };
        stream.take_until(over).map(move |item| {
            let _held_for_as_long_as_the_stream = &self;
            item
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.open().forget(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt as _, stream};
    use proptest::prelude::*;

    fn holder(handle: u8, user: u8, address: u8) -> Holder {
        Holder::new(&[handle], UserId::from([user; 16]), Some(IpAddr::from([192, 0, 2, address])))
    }

    #[test]
    fn the_oldest_of_a_handle_ends_and_its_place_is_free() {
        let streams = Streams::new(100);
        let mut held: Vec<_> = (0..1020).map(|_| streams.enter(holder(1, 1, 1)).unwrap()).collect();
        assert_eq!(streams.count(), OF_HANDLE);
        let newest = held.split_off(1020 - OF_HANDLE);
        let ends = |place: Place| Box::pin(place.hold(stream::pending::<()>())).next().now_or_never().is_some();
        assert!(held.into_iter().all(ends), "each older one has ended");
        assert_eq!(streams.count(), OF_HANDLE);
        assert!(!newest.into_iter().any(ends), "the newest go on");
        assert_eq!(streams.count(), 0);
    }

    #[test]
    fn a_customer_is_one_address_or_one_64() {
        let of = |text: &str| Holder::new(&[1], UserId::from([1; 16]), Some(text.parse().unwrap())).address;
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    }

    #[test]
    fn an_address_is_refused_and_what_it_holds_goes_on() {
        let streams = Streams::new(4);
        let mut held: Vec<_> = (0..4).map(|user| streams.enter(holder(user, user, 1)).unwrap()).collect();
        assert_eq!(streams.enter(holder(9, 9, 1)).err(), Some(TooMany));
        assert!(streams.enter(holder(9, 9, 2)).is_ok(), "another address");
        held.pop();
        assert!(streams.enter(holder(9, 9, 1)).is_ok(), "one has left");
    }

    proptest! {
        /// Whoever comes and goes, nobody holds more than a share, and nothing is left when all have gone.
        #[test]
        fn nobody_holds_more_than_a_share(acts in proptest::collection::vec((0u8..6, 0u8..3, 0u8..3, any::<bool>()), 0..200)) {
            let streams = Streams::new(20);
            let mut held = Vec::new();
            for (handle, user, address, leaves) in acts {
                if leaves {
                    held.pop();
                } else {
                    held.extend(streams.enter(holder(handle, user, address)));
                }
                let open = streams.open();
                prop_assert!(open.by_handle.values().all(|all| all.len() <= OF_HANDLE));
                prop_assert!(open.by_user.values().all(|all| all.len() <= OF_USER));
                prop_assert!(open.by_address.values().all(|all| all.len() <= 20));
            }
            drop(held);
            let open = streams.open();
            prop_assert!(open.answers.is_empty() && open.by_handle.is_empty() && open.by_user.is_empty() && open.by_address.is_empty());
        }
    }
}
