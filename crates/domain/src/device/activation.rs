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
}

/// What happens to the others when `activated`, a device of `class`, becomes active: a user has one active phone key,
/// so the older one is replaced, and interim devices end when a permanent one becomes active. `replaces` is the device in
/// whose place it was ordered.
pub fn consequences(
    activated: DeviceId,
    replaces: Option<DeviceId>,
    class: &Class,
    others: &[Other<'_>],
) -> Vec<(DeviceId, DeviceEvent)> {
    let held =
        others.iter().filter(|o| o.id != activated && matches!(o.state, DeviceState::Active | DeviceState::Suspended));
    held.filter_map(|other| {
        let approves = |class: &Class| class.methods.contains(&Method::Seamless);
        if replaces == Some(other.id) {
            return Some((other.id, DeviceEvent::Replaced(activated)));
        }
        let other_class = other.class?;
        match () {
            () if approves(class) && approves(other_class) => Some((other.id, DeviceEvent::Replaced(activated))),
            () if !class.interim && other_class.interim => Some((other.id, DeviceEvent::RanOut)),
            () => None,
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Catalogue;

    #[test]
    fn a_new_phone_replaces_the_old_one_and_ends_interim_devices_only() {
        let catalogue = Catalogue::default();
        let new = DeviceId::from([9; 16]);
        let other =
            |n: u8, class: &str, state| Other { id: DeviceId::from([n; 16]), state, class: catalogue.class(class) };
        let others = [
            other(1, "phone", DeviceState::Active),
            other(2, "phone", DeviceState::Revoked),
            other(3, "dsc-plus", DeviceState::Active),
            other(4, "sms", DeviceState::Active),
            other(5, "passkey-bound", DeviceState::Active),
            other(6, "phone", DeviceState::Suspended),
            other(7, "no-such-class", DeviceState::Active),
        ];
        let after = |class: &str| consequences(new, None, catalogue.class(class).unwrap(), &others);
        let id = |n: u8| DeviceId::from([n; 16]);
        assert_eq!(
            after("phone"),
            [(id(1), DeviceEvent::Replaced(new)), (id(4), DeviceEvent::RanOut), (id(6), DeviceEvent::Replaced(new))]
        );
        assert_eq!(after("dsc-plus"), [(id(4), DeviceEvent::RanOut)]);
        assert_eq!(after("sms"), [], "an interim device ends nothing");
        let class = catalogue.class("dsc-plus").unwrap();
        let in_place = |old: u8| consequences(new, Some(id(old)), class, &others);
        assert_eq!(in_place(3), [(id(3), DeviceEvent::Replaced(new)), (id(4), DeviceEvent::RanOut)]);
        assert_eq!(in_place(2), [(id(4), DeviceEvent::RanOut)], "what has ended stays as it is");
    }
}
