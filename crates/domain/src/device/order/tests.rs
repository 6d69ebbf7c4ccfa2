use super::*;
use crate::{
    device::{
        Catalogue,
        activation::{Activated, Other, consequences},
        own_proof::is_on_it,
    },
    id::DeviceId,
};
use operation::Currency;
use proptest::prelude::*;
use std::collections::BTreeMap;

const PERIOD: Duration = Duration::from_secs(14 * 86_400);

fn dollars(whole: i64) -> Money {
    Money::from_minor(whole * 100, Currency::USD)
}

fn terms() -> Terms {
    Terms { equity_from: dollars(500_000), with_phone: true }
}

#[test]
fn the_rule_is_told_by_what_is_missing() {
    let catalogue = Catalogue::default();
    let class = |name: &str| catalogue.class(name).unwrap();
    let rich = Customer { highest: Some(dollars(500_000)), has_phone: true, awaits_one: false };
    let poor = Customer { highest: Some(Money::from_minor(49_999_999, Currency::USD)), ..rich };
    let ask = |name, old: Option<(&str, DeviceState)>, customer| {
        let old = old.map(|(name, state)| Old { class: class(name), state });
        may_order(class(name), old, &terms(), &customer)
    };
    let missing = |highest| Err(NotOrdered::Equity { required: dollars(500_000), highest });
    let active = DeviceState::Active;
    assert_eq!(ask("dsc-plus", None, rich), Ok(()));
    assert_eq!(ask("dsc-plus", None, poor), missing(poor.highest));
    assert_eq!(ask("dsc-plus", None, Customer { highest: None, ..rich }), missing(None));
    assert_eq!(ask("dsc-plus", None, Customer { has_phone: false, ..rich }), Err(NotOrdered::Phone));
    assert_eq!(ask("dsc-plus", None, Customer { awaits_one: true, ..rich }), Err(NotOrdered::AwaitsOne));
    let bare = Customer { highest: None, has_phone: false, awaits_one: false };
    for unlimited in ["gold", "platinum", "dsc-plus"] {
        assert_eq!(ask("dsc-plus", Some((unlimited, active)), bare), Ok(()), "{unlimited}");
        assert_eq!(ask("dsc-plus", Some((unlimited, DeviceState::Suspended)), bare), Ok(()), "{unlimited}");
        assert_eq!(ask("dsc-plus", Some((unlimited, DeviceState::Revoked)), rich), Err(NotOrdered::Old));
    }
    for weaker in ["dsc", "security-code-card"] {
        assert_eq!(ask("dsc-plus", Some((weaker, active)), bare), missing(None), "{weaker}");
        assert_eq!(ask("dsc-plus", Some((weaker, active)), rich), Ok(()), "{weaker}");
    }
    for other in ["phone", "sms", "temporary-code", "passkey"] {
        let found = catalogue.class(other).map(|_| ask("dsc-plus", Some((other, active)), rich));
        assert!(matches!(found, None | Some(Err(NotOrdered::Old))), "{other}");
    }
    for class in catalogue.classes().iter().filter(|class| class.name != "dsc-plus") {
        assert_eq!(ask(&class.name, None, rich), Err(NotOrdered::Class), "{}", class.name);
    }
}

/// Every (state, event) pair: the new state's name, or `-` where the two do not fit.
#[test]
fn every_pair() {
    use OrderEvent as E;
    let at = Timestamp::from_unix_seconds(1);
    let events = [E::Confirmed, E::Mailed, E::Activated, E::LostInPost, E::Cancelled, E::Returned];
    for (state, row) in [
        (OrderState::Proposed, "asked - - - - -"),
        (OrderState::Asked, "- shipped - - cancelled -"),
        (OrderState::Shipped { at }, "- - active lost_in_post - returned"),
        (OrderState::Active, "- - - - - returned"),
        (OrderState::LostInPost, "- - - - - returned"),
        (OrderState::Cancelled, "- - - - - -"),
        (OrderState::Returned, "- - - - - -"),
    ] {
        let found: Vec<_> = events.iter().map(|e| state.after(*e, at).map_or("-", OrderState::name)).collect();
        assert_eq!(found.join(" "), row, "{}", state.name());
        assert_eq!(OrderState::parse(state.name(), Some(at)), Some(state));
    }
}

/// What may be done, to whichever device or order is there.
#[derive(Debug, Clone, Copy)]
enum Command {
    Order { class: usize, replaces: Option<usize> },
    Ship(usize),
    Activate { order: usize, serial_right: bool },
    LosePost(usize),
    Cancel(usize),
    Return(usize),
    Suspend(usize),
    Reactivate(usize),
    Lose(usize),
    Phone,
    Pass { days: u64 },
}

fn command() -> impl Strategy<Value = Command> {
    use Command as C;
    prop_oneof![
        4 => (0_usize..10, prop::option::of(0_usize..6)).prop_map(|(class, replaces)| C::Order { class, replaces }),
        4 => (0_usize..4).prop_map(C::Ship),
        3 => (0_usize..4, any::<bool>()).prop_map(|(order, serial_right)| C::Activate { order, serial_right }),
        1 => (0_usize..4).prop_map(C::LosePost),
        1 => (0_usize..4).prop_map(C::Cancel),
        1 => (0_usize..4).prop_map(C::Return),
        2 => (0_usize..6).prop_map(C::Suspend),
        2 => (0_usize..6).prop_map(C::Reactivate),
        1 => (0_usize..6).prop_map(C::Lose),
        1 => Just(C::Phone),
        3 => (0_u64..9).prop_map(|days| C::Pass { days }),
    ]
}

#[derive(Debug, Clone)]
struct Ordered {
    device: DeviceId,
    class: String,
    replaces: Option<DeviceId>,
    state: OrderState,
}

struct World {
    catalogue: Catalogue,
    devices: BTreeMap<DeviceId, (String, DeviceState)>,
    orders: Vec<Ordered>,
    now: Timestamp,
    next: u8,
}

impl World {
    fn new() -> Self {
        let devices = ["phone", "gold", "dsc", "sms"].into_iter().zip(1_u8..);
        Self {
            catalogue: Catalogue::default(),
            devices: devices.map(|(c, n)| (DeviceId::from([n; 16]), (c.to_owned(), DeviceState::Active))).collect(),
            orders: Vec::new(),
            now: Timestamp::from_unix_seconds(1_800_000_000),
            next: 100,
        }
    }

    fn nth(&self, n: usize) -> Option<DeviceId> {
        self.devices.keys().nth(n).copied()
    }

    fn pass(&mut self, id: DeviceId, event: DeviceEvent) -> bool {
        let Some((_, state)) = self.devices.get_mut(&id) else { return false };
        state.after(event, self.now).map(|next| *state = next).is_ok()
    }

    /// What is activated takes the place of what it replaces, in one step.
    fn activated(&mut self, id: DeviceId, replaces: Option<DeviceId>) {
        let class = self.devices[&id].0.clone();
        let others: Vec<_> = self.devices.iter().map(|(id, (class, state))| (*id, class.clone(), *state)).collect();
        let catalogue = self.catalogue.clone();
        let others: Vec<_> = others
            .iter()
            .map(|(id, class, state)| Other {
                id: *id,
                state: *state,
                class: catalogue.class(class),
                standalone: false,
            })
            .collect();
        for (other, event) in consequences(
            &Activated { id, class: catalogue.class(&class).unwrap(), replaces, standalone: false },
            &others,
        ) {
            assert!(self.pass(other, event), "an activation has a consequence that cannot be");
        }
    }

    fn order(&mut self, at: usize, event: OrderEvent) -> Option<Ordered> {
        let order = self.orders.get_mut(at)?;
        order.state = order.state.after(event, self.now)?;
        Some(order.clone())
    }

    fn run(&mut self, command: Command) {
        match command {
            Command::Order { class, replaces } => {
                let class = self.catalogue.classes()[class % self.catalogue.classes().len()].clone();
                let replaces = replaces.and_then(|n| self.nth(n));
                let old = replaces.and_then(|id| {
                    let (class, state) = &self.devices[&id];
                    Some(Old { class: self.catalogue.class(class)?, state: *state })
                });
                let awaits_one = self.orders.iter().any(|order| order.state.is_open());
                let customer = Customer { highest: Some(dollars(600_000)), has_phone: true, awaits_one };
                if may_order(&class, old, &terms(), &customer).is_ok() {
                    let device = DeviceId::from([self.next; 16]);
                    self.next += 1;
                    self.orders.push(Ordered { device, class: class.name, replaces, state: OrderState::Asked });
                }
            }
            Command::Ship(n) => {
                if let Some(order) = self.order(n, OrderEvent::Mailed) {
                    self.devices.insert(order.device, (order.class, DeviceState::Shipped { at: self.now }));
                }
            }
            Command::Activate { order, serial_right } => {
                let typed = if serial_right { "sn-1" } else { "sn-2" };
                if is_on_it("SN-1", typed)
                    && let Some(order) = self.order(order, OrderEvent::Activated)
                {
                    self.start(&order);
                }
            }
            Command::LosePost(n) => self.end(n, OrderEvent::LostInPost),
            Command::Cancel(n) => self.end(n, OrderEvent::Cancelled),
            Command::Return(n) => self.end(n, OrderEvent::Returned),
            Command::Suspend(n) => self.by_hand(n, DeviceEvent::Suspended),
            Command::Reactivate(n) => self.by_hand(n, DeviceEvent::Reactivated),
            Command::Lose(n) => self.by_hand(n, DeviceEvent::ReportedLost),
            Command::Phone => {
                let id = DeviceId::from([self.next; 16]);
                self.next += 1;
                self.devices.insert(id, ("phone".to_owned(), DeviceState::Active));
                self.activated(id, None);
            }
            Command::Pass { days } => {
                self.now = self.now.plus(Duration::from_secs(days * 86_400));
                for n in 0..self.orders.len() {
                    if self.orders[n].state.is_due(PERIOD, self.now)
                        && let Some(order) = self.order(n, OrderEvent::Activated)
                    {
                        self.start(&order);
                    }
                }
            }
        }
    }

    fn start(&mut self, order: &Ordered) {
        assert!(self.pass(order.device, DeviceEvent::Activated), "a shipped device could not be activated");
        self.activated(order.device, order.replaces);
    }

    fn end(&mut self, n: usize, event: OrderEvent) {
        if let Some(order) = self.order(n, event)
            && let Some((_, state)) = self.devices.get(&order.device).cloned()
            && let Some(event) = of_device(event, state)
        {
            assert!(self.pass(order.device, event), "{event:?} of a device that is {state}");
        }
    }

    fn by_hand(&mut self, n: usize, event: DeviceEvent) {
        // What was not activated is ended through its order.
        let Some(id) = self.nth(n).filter(|id| !matches!(self.devices[id].1, DeviceState::Shipped { .. })) else {
            return;
        };
        self.pass(id, event);
    }
}

proptest! {
    /// Whatever is done in whatever order: activating one device leaves the others as they were, but for the one that it
    /// replaces and for interim ones; no ended device comes back; a replacement leaves neither none nor two; one device
    /// is on its way at most; and no device of a legacy class is ever issued.
    #[test]
    fn devices_live_as_they_should(commands in prop::collection::vec(command(), 1..40)) {
        let mut world = World::new();
        for command in commands {
            let before = world.devices.clone();
            world.run(command);
            let orders = &world.orders;
            for (id, (class, state)) in &before {
                let (_, now) = &world.devices[id];
                if state.ended() { prop_assert_eq!(state, now, "{:?} changed what had ended", command); }
                let by_itself = matches!(command, Command::Activate { .. } | Command::Pass { .. } | Command::Phone);
                if by_itself && state != now {
                    let own = orders.iter().any(|order| order.device == *id && *now == DeviceState::Active);
                    let replaced = orders.iter().any(|order| {
                        order.replaces == Some(*id) && *now == DeviceState::Replaced { by: order.device }
                    });
                    let interim = class == "sms" && *now == DeviceState::Expired;
                    let phone = class == "phone" && matches!(command, Command::Phone);
                    prop_assert!(own || replaced || interim || phone, "{:?}: {} {} became {}", command, class, state, now);
                }
            }
            for order in orders.iter().filter(|order| order.replaces.is_some()) {
                let old = &world.devices[&order.replaces.unwrap()].1;
                let new = world.devices.get(&order.device).map(|(_, state)| *state);
                let usable = |state: DeviceState| matches!(state, DeviceState::Active | DeviceState::Suspended);
                let in_use = matches!(new, Some(state) if usable(state));
                prop_assert!(!(in_use && usable(*old)), "two after {:?}", command);
                let replaced = *old == DeviceState::Replaced { by: order.device };
                prop_assert!(!replaced || matches!(order.state, OrderState::Active | OrderState::Returned),
                    "none after {:?}", command);
            }
            prop_assert!(orders.iter().filter(|order| order.state.is_open()).count() <= 1);
            let issued = orders.iter().all(|order| order.class == "dsc-plus");
            prop_assert!(issued, "a device that is not issued was ordered: {:?}", command);
        }
    }
}
