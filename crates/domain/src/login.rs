//! Logging in: the password comes first, and what it decides.

use crate::{
    Policy, Timestamp,
    audit::Kind,
    device::{Method, Verification},
    effect::{Effect, count_user_failure},
    lockout::UserFailures,
};
use std::time::Duration;

/// What is known of the named user when the password has been compared.
pub struct PasswordFacts<'a> {
    /// The user's failures in the budget of this try; none when there is no such user.
    pub failures: Option<&'a UserFailures>,
    /// Whether the password was right. For an unknown user it was compared with a decoy and is wrong.
    pub right: bool,
    /// Whether the password itself is locked ("it wasn't me").
    pub password_locked: bool,
}

/// What the password step decides. All refusals are one: unknown user, wrong password and locked user must
/// not be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// The second factor starts.
    Accepted,
    /// Refused; these orders are carried out.
    Refused(Vec<Effect>),
}

/// Judges the password step. During a lock nothing is evaluated, nothing counts and the lock does not grow.
pub fn judge_password(facts: &PasswordFacts<'_>, policy: &Policy, now: Timestamp) -> PasswordVerdict {
    let refused = Effect::audit(Kind::PasswordRefused);
    let Some(failures) = facts.failures else { return PasswordVerdict::Refused(vec![refused]) };
    if facts.password_locked || failures.locked(&policy.user_lock, now).is_some() {
        return PasswordVerdict::Refused(vec![refused]);
    }
    if facts.right {
        return PasswordVerdict::Accepted;
    }
    let mut effects = count_user_failure(failures, &policy.user_lock, now);
    effects.push(refused);
    PasswordVerdict::Refused(effects)
}

/// The password, among the methods of a login (RFC 8176).
const PASSWORD: &str = "pwd";

/// A code that was sent, among the methods of a login.
const SENT_CODE: &str = "sms";

/// Whether a login by `amr` (separated by spaces) rested on a code that was sent, and on no device.
pub fn by_sent_code(amr: &str) -> bool {
    amr.split(' ').any(|method| method == SENT_CODE)
}

/// How old the login of a session may be at most for a device to be added in it: whoever adds one just proved to be the
/// user (NIST SP 800-63B-4, 4.1.2.1).
pub const MAY_ADD_A_DEVICE: Duration = Duration::from_secs(20 * 60);

/// Whether a device may be added in a session that a login by `amr` (separated by spaces) began then. What a phone opened
/// by itself, without the password, adds none: whoever found it would make its replacement their own.
pub fn may_add_a_device(amr: &str, logged_in_at: Timestamp, now: Timestamp) -> bool {
    amr.split(' ').any(|method| method == PASSWORD) && now.since(logged_in_at) <= MAY_ADD_A_DEVICE
}

/// The `acr` of a login by password and a second factor. It is not the phishing-resistant level: a code that is
/// typed can be typed into the wrong page (NIST SP 800-63B-4, 3.2.5).
pub const ACR_TWO_FACTORS: &str = "urn:countersign:acr:two-factors";

/// The `acr` of a device alone, where nothing known took part.
pub const ACR_ONE_FACTOR: &str = "urn:countersign:acr:one-factor";

/// What a user proved, in the words of RFC 8176: the password where one was given, and what the device proved. `mfa`
/// stands only where two kinds took part: something known (password or PIN) beside something held.
pub fn amr(password: bool, method: Method, verification: Verification) -> Vec<&'static str> {
    let mut used = if password { vec![PASSWORD] } else { Vec::new() };
    used.extend(match method {
        Method::ChallengeResponse | Method::TimeCode | Method::CodeCard | Method::StaticCode => vec!["otp"],
        Method::SentCode => vec!["otp", "sms"],
        Method::Seamless => vec!["swk"],
        // A key that may be copied is held by no hardware.
        Method::Webauthn if verification == Verification::SyncedPlatform => vec!["swk"],
        Method::Webauthn => vec!["hwk"],
    });
    match verification {
        Verification::Nothing => {}
        Verification::Pin => used.push("pin"),
        // The platform does not say which of its ways it was.
        Verification::Platform | Verification::SyncedPlatform => used.push("user"),
    }
    if password || verification != Verification::Nothing {
        used.push("mfa");
    }
    used
}

/// What a session proved, and what a confirmation in it adds: each word once, separated by spaces.
pub fn together(session: &str, used: &[&str]) -> String {
    let mut all: Vec<&str> = session.split(' ').collect();
    all.extend(used.iter().filter(|word| !session.split(' ').any(|known| known == **word)));
    all.join(" ")
}

/// The `acr` of what was used.
pub fn acr(amr: &[&str]) -> &'static str {
    if amr.contains(&"mfa") { ACR_TWO_FACTORS } else { ACR_ONE_FACTOR }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Notice;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    fn judge(failures: Option<&UserFailures>, right: bool, password_locked: bool) -> PasswordVerdict {
        judge_password(&PasswordFacts { failures, right, password_locked }, &Policy::default(), NOW)
    }

    fn failed(times: usize) -> UserFailures {
        (0..times).fold(UserFailures::default(), |f, _| f.one_more(&Policy::default().user_lock, NOW))
    }

    #[test]
    fn only_a_right_password_of_an_unlocked_user_is_accepted() {
        assert_eq!(judge(Some(&failed(9)), true, false), PasswordVerdict::Accepted);
        let plain = PasswordVerdict::Refused(vec![Effect::audit(Kind::PasswordRefused)]);
        assert_eq!(judge(None, true, false), plain, "unknown user");
        assert_eq!(judge(Some(&failed(10)), true, false), plain, "locked user, not counted");
        assert_eq!(judge(Some(&failed(10)), false, false), plain, "locked user, not counted");
        assert_eq!(judge(Some(&failed(0)), true, true), plain, "locked password");
    }

    #[test]
    fn the_ninth_failure_warns_and_the_tenth_locks() {
        let told = |times| match judge(Some(&failed(times)), false, false) {
            PasswordVerdict::Refused(effects) => effects.into_iter().find_map(|e| match e {
                Effect::Tell(notice) => Some(notice),
                _ => None,
            }),
            PasswordVerdict::Accepted => panic!("a wrong password was accepted"),
        };
        assert_eq!(told(7), None);
        assert_eq!(told(8), Some(Notice::LastAttempt));
        assert_eq!(told(9), Some(Notice::UserLocked(NOW.plus(Policy::default().user_lock.within))));
    }

    #[test]
    fn every_method_says_what_it_proved_and_no_more() {
        use Verification::{Nothing, Pin, Platform, SyncedPlatform};
        for (method, verification, wanted) in [
            (Method::Seamless, Pin, &["pwd", "swk", "pin", "mfa"][..]),
            (Method::Seamless, Platform, &["pwd", "swk", "user", "mfa"]),
            (Method::Seamless, Nothing, &["pwd", "swk", "mfa"]),
            (Method::ChallengeResponse, Pin, &["pwd", "otp", "pin", "mfa"]),
            (Method::ChallengeResponse, Platform, &["pwd", "otp", "user", "mfa"]),
            (Method::ChallengeResponse, Nothing, &["pwd", "otp", "mfa"]),
            (Method::TimeCode, Pin, &["pwd", "otp", "pin", "mfa"]),
            (Method::TimeCode, Nothing, &["pwd", "otp", "mfa"]),
            (Method::CodeCard, Nothing, &["pwd", "otp", "mfa"]),
            (Method::StaticCode, Nothing, &["pwd", "otp", "mfa"]),
            (Method::SentCode, Nothing, &["pwd", "otp", "sms", "mfa"]),
            (Method::Webauthn, Platform, &["pwd", "hwk", "user", "mfa"]),
            (Method::Webauthn, SyncedPlatform, &["pwd", "swk", "user", "mfa"]),
        ] {
            assert_eq!(amr(true, method, verification), wanted, "{method:?}");
            assert_eq!(acr(wanted), ACR_TWO_FACTORS);
        }
        let alone = amr(false, Method::Webauthn, Platform);
        assert_eq!((&alone[..], acr(&alone)), (&["hwk", "user", "mfa"][..], ACR_TWO_FACTORS), "no password is asked");
        let (card, with_pin) = (amr(false, Method::CodeCard, Nothing), amr(false, Method::ChallengeResponse, Pin));
        assert_eq!((&card[..], acr(&card)), (&["otp"][..], ACR_ONE_FACTOR), "only something held");
        assert_eq!((&with_pin[..], acr(&with_pin)), (&["otp", "pin", "mfa"][..], ACR_TWO_FACTORS));
    }

    #[test]
    fn only_a_sent_code_proves_no_device() {
        let methods = [Method::SentCode, Method::ChallengeResponse, Method::Seamless, Method::Webauthn];
        let by_code = methods.map(|method| by_sent_code(&amr(true, method, Verification::Nothing).join(" ")));
        assert_eq!(by_code, [true, false, false, false]);
    }

    #[test]
    fn a_device_is_added_only_soon_after_a_login() {
        let after = |seconds| may_add_a_device("pwd otp mfa", NOW, NOW.plus(Duration::from_secs(seconds)));
        assert!(after(0) && after(20 * 60));
        assert!(!after(20 * 60 + 1));
        assert!(!may_add_a_device("swk pin mfa", NOW, NOW), "a phone does not add its own replacement");
    }
}
