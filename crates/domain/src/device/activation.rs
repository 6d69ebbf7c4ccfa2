//! What the activation of one device does to the user's others: nothing, but for the few cases named here.

use super::{DeviceState, Method, catalogue::Class, lifecycle::DeviceEvent};
use crate::id::DeviceId;

/// Another device of the user, as far as an activation may touch it.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a> {
    /// Its id.
    pub id: DeviceId,
    /// The state in its life, see [`DeviceState`].
    pub state: DeviceState,
    /// Its class; none when the catalogue no longer has it.
    pub class: Option<&'a Class>,
    /// Whether it is a phone with the standalone app.
    pub standalone: bool,
}

/// The device that becomes active.
#[derive(Debug, Clone, Copy)]
pub struct Activated<'a> {
    /// Its id.
    pub id: DeviceId,
    /// Its class.
    pub class: &'a Class,
    /// The device in whose place it was ordered.
    pub replaces: Option<DeviceId>,
    /// Whether it is a phone with the standalone app.
    pub standalone: bool,
}

/// What happens to the others when a device becomes active: a user has one active phone key, so the older one is replaced
/// (or has migrated, where it was the standalone app's and the app took over), and interim devices end when a permanent one
/// becomes active.
pub fn consequences(activated: &Activated<'_>, others: &[Other<'_>]) -> Vec<(DeviceId, DeviceEvent)> {
    let Activated { id, class, replaces, standalone } = *activated;
    let held = others.iter().filter(|o| o.id != id && matches!(o.state, DeviceState::Active | DeviceState::Suspended));
    held.filter_map(|other| {
        let approves = |class: &Class| class.methods.contains(&Method::Seamless);
        if replaces == Some(other.id) {
            return Some((other.id, DeviceEvent::Replaced(id)));
        }
        let other_class = other.class?;
        let both_phones = approves(class) && approves(other_class);
        match () {
            () if both_phones && other.standalone && !standalone => Some((other.id, DeviceEvent::Migrated(id))),
            () if both_phones => Some((other.id, DeviceEvent::Replaced(id))),
            () if !class.interim && other_class.interim => Some((other.id, DeviceEvent::RanOut)),
            () => None,
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Nonce, Timestamp, device::Catalogue};
    use proptest::prelude::*;

    fn id(n: u8) -> DeviceId {
        DeviceId::from([n; 16])
    }

    #[test]
    fn a_new_phone_replaces_the_old_one_and_ends_interim_devices_only() {
        let catalogue = Catalogue::default();
        let new = id(9);
        let other =
            |n: u8, class: &str, state| Other { id: id(n), state, class: catalogue.class(class), standalone: n == 6 };
        let others = [
            other(1, "phone", DeviceState::Active),
            other(2, "phone", DeviceState::Revoked),
            other(3, "dsc-plus", DeviceState::Active),
            other(4, "sms", DeviceState::Active),
            other(5, "passkey-bound", DeviceState::Active),
            other(6, "phone", DeviceState::Suspended),
            other(7, "no-such-class", DeviceState::Active),
        ];
        let of = |class: &str, replaces, standalone| {
            let class = catalogue.class(class).unwrap();
            consequences(&Activated { id: new, class, replaces, standalone }, &others)
        };
        let (replaced, ran_out) = (DeviceEvent::Replaced(new), DeviceEvent::RanOut);
        let migrated = DeviceEvent::Migrated(new);
        assert_eq!(of("phone", None, false), [(id(1), replaced), (id(4), ran_out), (id(6), migrated)]);
        assert_eq!(of("phone", None, true), [(id(1), replaced), (id(4), ran_out), (id(6), replaced)]);
        assert_eq!(of("dsc-plus", None, false), [(id(4), ran_out)]);
        assert_eq!(of("sms", None, false), [], "an interim device ends nothing");
        assert_eq!(of("dsc-plus", Some(id(3)), false), [(id(3), replaced), (id(4), ran_out)]);
        assert_eq!(of("dsc-plus", Some(id(2)), false), [(id(4), ran_out)], "what has ended stays as it is");
    }

    /// A life-cycle command, to one of a user's devices.
    #[derive(Debug, Clone, Copy)]
    enum Command {
        /// A device is set up.
        Add(usize),
        /// It is activated, in the place of another one where that is named.
        Activate(usize, Option<usize>),
        /// Anything else happens to it.
        Pass(usize, usize),
    }

    fn command() -> impl Strategy<Value = Command> {
        prop_oneof![
            2 => (0..40_usize).prop_map(Command::Add),
            4 => (0..12_usize, prop::option::of(0..12_usize)).prop_map(|(n, old)| Command::Activate(n, old)),
            3 => (0..12_usize, 0..6_usize).prop_map(|(n, event)| Command::Pass(n, event)),
        ]
    }

    struct Held<'a> {
        class: &'a Class,
        state: DeviceState,
        standalone: bool,
    }

    /// Carries a command out as the server does: the state machine first, then what an activation does to the others.
    fn carry_out(held: &mut Vec<Held<'_>>, command: Command, now: Timestamp) {
        let of = |n: usize| id(u8::try_from(n).unwrap());
        match command {
            Command::Add(_) => {}
            Command::Pass(n, event) => {
                let Some(device) = held.get_mut(n) else { return };
                let other = DeviceId::new(now, &Nonce::new([1; 32]));
                let events = [
                    DeviceEvent::Suspended,
                    DeviceEvent::ReportedLost,
                    DeviceEvent::Revoked,
                    DeviceEvent::RanOut,
                    DeviceEvent::Replaced(other),
                    DeviceEvent::Migrated(other),
                ];
                device.state = device.state.after(events[event], now).unwrap_or(device.state);
            }
            Command::Activate(n, old) => {
                let Some(device) = held.get_mut(n) else { return };
                // What was set aside comes back by itself: nothing that it would end is active beside it.
                if let Ok(state) = device.state.after(DeviceEvent::Reactivated, now) {
                    device.state = state;
                    return;
                }
                let Ok(state) = device.state.after(DeviceEvent::Activated, now) else { return };
                device.state = state;
                let (class, standalone) = (device.class, device.standalone);
                let activated = Activated { id: of(n), class, replaces: old.map(of), standalone };
                let other = |(n, one): (usize, &Held<'_>)| (of(n), one.state, one.standalone);
                let states: Vec<_> = held.iter().enumerate().map(other).collect();
                let classes: Vec<_> = held.iter().map(|one| one.class).collect();
                let others: Vec<_> = states
                    .iter()
                    .zip(&classes)
                    .map(|((id, state, standalone), class)| Other {
                        id: *id,
                        state: *state,
                        class: Some(class),
                        standalone: *standalone,
                    })
                    .collect();
                for (ended, event) in consequences(&activated, &others) {
                    let n = others.iter().position(|other| other.id == ended).unwrap();
                    held[n].state = held[n].state.after(event, now).unwrap();
                }
            }
        }
    }

    proptest! {
        /// Whatever happens to a user's devices in whatever order: one phone at most is active, an activation ends no device
        /// of another class but interim ones and the one it was ordered in place of, and what has ended stays ended.
        #[test]
        fn never_two_active_phones(commands in prop::collection::vec(command(), 1..40)) {
            let catalogue = Catalogue::default();
            let classes = catalogue.classes();
            let now = Timestamp::from_unix_seconds(1);
            let phone = |class: &Class| class.methods.contains(&Method::Seamless);
            let mut held: Vec<Held<'_>> = Vec::new();
            for command in commands {
                if let Command::Add(n) = command && held.len() < 12 {
                    // Every other one is a phone.
                    let class = if n % 2 == 0 { catalogue.class("phone").unwrap() } else { &classes[n % classes.len()] };
                    held.push(Held { class, state: DeviceState::Pending, standalone: n % 4 == 0 });
                }
                let before: Vec<_> = held.iter().map(|one| one.state).collect();
                carry_out(&mut held, command, now);
                let active = |one: &&Held<'_>| one.state == DeviceState::Active && phone(one.class);
                prop_assert!(held.iter().filter(active).count() <= 1);
                for (n, (one, was)) in held.iter().zip(before).enumerate() {
                    prop_assert!(!was.ended() || one.state == was, "an end changed");
                    let Command::Activate(activated, old) = command else { continue };
                    if n != activated && one.state != was {
                        let of = held[activated].class;
                        let in_place = old == Some(n);
                        prop_assert!(in_place || one.class.interim || (phone(of) && phone(one.class)));
                    }
                }
            }
        }
    }
}
