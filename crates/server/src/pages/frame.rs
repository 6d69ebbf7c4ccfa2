//! What every page carries: language, form token, who is signed in.

use super::{about::About, assets};
use askama::filters::Safe;
use i18n::{Arg, Lang};

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language of the page.
    pub lang: Lang,
    /// The token that forms of this page send back as `csrf`.
    pub csrf: String,
    /// The username of the signed-in user.
    pub signed_in: Option<String>,
    /// Where to come back to when the language is switched.
    pub path_and_query: String,
    /// Whether this is the demo, which every page then says.
    pub demo: bool,
    /// Whether the built scripts are there.
    pub scripts: bool,
    /// What the page asks the user to confirm, where that is not a login.
    pub about: Option<About>,
    /// The handle of the authorization request that the page's login is for; empty where no program asked.
    pub request: String,
    /// The name of the program that the login is for, where that is not this page.
    pub asker: Option<String>,
    /// Telephone numbers of the secure-login desk.
    pub desk: Vec<DeskLine>,
    /// The institution's name.
    pub product: String,
    /// The address of its colours, where they are its own.
    pub style: Option<String>,
    /// The address of its logo.
    pub logo: String,
}

/// A telephone number of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskLine {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// As it is written.
    pub phone: String,
}

impl DeskLine {
    /// What a telephone dials (RFC 3966).
    pub(crate) fn dialled(&self) -> String {
        self.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

/// Where a login begins for an authorization request; an empty handle is none.
pub(crate) fn start(request: &str) -> String {
    if request.is_empty() { "/login".to_owned() } else { format!("/login?request={request}") }
}

impl Frame {
    /// A frame around text that is read by nobody as a page.
    pub(super) fn bare(lang: Lang) -> Self {
        let text = String::new;
        Self {
            lang,
            csrf: text(),
            signed_in: None,
            path_and_query: text(),
            demo: false,
            scripts: false,
            about: None,
            request: text(),
            asker: None,
            desk: Vec::new(),
            product: text(),
            style: None,
            logo: text(),
        }
    }

    /// Where a login begins again, for the same program.
    pub(crate) fn start(&self) -> String {
        start(&self.request)
    }

    /// A message.
    pub(crate) fn t(&self, key: &str) -> String {
        self.lang.t(key)
    }

    /// A message with the number `n`.
    pub(crate) fn n(&self, key: &str, n: impl Into<Count>) -> String {
        self.lang.t_with(key, &[("n", Arg::Int(n.into().0))])
    }

    /// A message with one text argument.
    pub(crate) fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.lang.t_with(key, &[(name, value.into())])
    }

    /// A message in which words between backticks are shown as keys of a device, and words between `<b>` and `</b>` in
    /// bold, as a screen names them: the only markup messages may have.
    pub(crate) fn rich(&self, key: &str) -> Safe<String> {
        let mut html = String::new();
        for (index, piece) in self.lang.t(key).split('`').enumerate() {
            let piece = escape(piece);
            if index % 2 == 1 {
                html.extend(["<kbd>", &piece, "</kbd>"]);
            } else {
                html.push_str(&piece);
            }
        }
        Safe(html.replace("&lt;b&gt;", "<b>").replace("&lt;/b&gt;", "</b>"))
    }

    /// What a device of a class is called in the reader's language, where its label does not say that already: programs
    /// choose by the label, and it is printed on the device.
    pub(crate) fn device_name(&self, class: &str, label: &str) -> Option<String> {
        class_name(self.lang, class).filter(|name| !label.contains(name.as_str()))
    }

    /// The address of an asset; it changes when the content does, so that browsers may keep it for good.
    pub(crate) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
}

/// What a device of a class is called; none of a class that the institution made.
pub(super) fn class_name(lang: Lang, class: &str) -> Option<String> {
    let key = match class {
        "phone" => "class-name-phone",
        "dsc-plus" => "class-name-dsc-plus",
        "dsc" => "class-name-dsc",
        "security-code-card" => "class-name-security-code-card",
        "gold" => "class-name-gold",
        "platinum" => "class-name-platinum",
        class if class.starts_with("passkey") => "class-name-passkey",
        "sms" => "class-name-sms",
        "online-code-card" => "class-name-online-code-card",
        "temporary-code" => "class-name-temporary-code",
        _ => return None,
    };
    Some(lang.t(key))
}

/// A number in a message; the largest is shown where it does not fit.
pub(crate) struct Count(i64);

macro_rules! counts {
    ($($number:ty),+) => {$(
        impl From<$number> for Count {
            fn from(number: $number) -> Self {
                Self(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
        impl From<&$number> for Count {
            fn from(number: &$number) -> Self {
                (*number).into()
            }
        }
    )+};
}

counts!(u8, u16, u32, u64, usize);

fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}
