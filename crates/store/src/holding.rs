//! What a user holds, with all that limits it: devices, their own limits, the wishes for transfers. One statement, for
//! those who ask about limits and nothing else.

use crate::{
    Error, Sql,
    device::{self, Device},
    own_limit,
    sql::{params, statements},
    transfer_rule::{self, TransferRule},
};
use domain::{
    id::{DeviceId, UserId},
    money::own::OwnLimits,
};

/// What a user holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    /// What the user wishes for transfers.
    pub rule: TransferRule,
    /// Every device the user ever had, oldest first.
    pub devices: Vec<Device>,
    /// The user's own limits, of the devices that have any.
    pub own: Vec<(DeviceId, OwnLimits)>,
}

/// The columns of a device come first, as [`device::read`] takes them.
const OWN: usize = device::COLUMNS;
const RULE: usize = OWN + own_limit::COLUMNS;

statements! {
    OF_USER = "SELECT d.user_id, d.id, d.class, d.label, d.serial, d.state, d.algorithm, d.moving, d.failures,
        d.failed_at, d.created_at, d.activated_at, d.last_used_at, d.signing_key, d.platform, d.credential, d.full_until,
        d.expires_at, d.in_doubt_until, d.standalone,
        o.device_id, o.per_day, o.per_five_days, o.rise_per_day, o.rise_per_five_days, o.rise_at,
        r.lock_wait, r.lock_cards, r.lock_opens_at, r.two_above, r.two_rise, r.two_rise_at, r.usual_wait, r.usual_cards
        FROM users u
        LEFT JOIN transfer_rules r ON r.user_id = u.user_id
        LEFT JOIN devices d ON d.user_id = u.user_id
        LEFT JOIN own_limits o ON o.user_id = d.user_id AND o.device_id = d.id
        WHERE u.user_id = $1 ORDER BY d.id";
}

/// What a user holds; nothing of a user who is not known. For units that only read: one that decides asks each noun, so
/// that it sees what it wrote itself.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<Holdings, Error> {
    let mut held = Holdings::default();
    for row in sql.rows(OF_USER, &params![user.octets()])? {
        held.rule = transfer_rule::read(&row, RULE)?;
        // A user without a device has one row all the same, for the rule.
        if row.opt_bytes(1)?.is_none() {
            continue;
        }
        held.devices.push(device::read(&row)?);
        if row.opt_bytes(OWN)?.is_some() {
            held.own.push(own_limit::read(&row, OWN)?);
        }
    }
    Ok(held)
}
