//! What a browser calls itself, in words a person knows: `Firefox 153, Linux`.

/// Marks of browsers, the most particular first: most browsers also claim to be the later ones.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
];

/// Marks of systems, the most particular first.
const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

/// Most digits of a version: more are somebody's telephone number.
const VERSION: usize = 4;

/// The browser and system of a `User-Agent`; what is no browser's is shown as it is, shortened.
pub fn name(agent: &str) -> String {
    known(agent).unwrap_or_else(|| agent.chars().filter(|c| !c.is_control()).take(60).collect())
}

/// The browser and system of a `User-Agent` in words of ours, where it is a browser that we know.
pub fn known(agent: &str) -> Option<String> {
    let browser = BROWSERS.iter().find_map(|(mark, name)| Some((*name, version(agent, mark)?)));
    let safari = || version(agent, "Version/").filter(|_| agent.contains("Safari/")).map(|number| ("Safari", number));
    let (browser, number) = browser.or_else(safari)?;
    let system = SYSTEMS.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| format!(", {name}"));
    Some(format!("{browser} {number}{}", system.unwrap_or_default()))
}

/// The digits after a mark.
fn version<'a>(agent: &'a str, mark: &str) -> Option<&'a str> {
    let (_, rest) = agent.split_once(mark)?;
    rest.split(|c: char| !c.is_ascii_digit()).next().filter(|number| (1..=VERSION).contains(&number.len()))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn browsers_go_by_the_name_people_know() {
        let linux = "Mozilla/5.0 (X11; Linux x86_64";
        for (agent, known) in [
            (format!("{linux}; rv:153.0) Gecko/20100101 Firefox/153.0"), "Firefox 153, Linux"),
            (
                format!("{linux}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"),
                "Chrome 156, Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 \
                 Safari/537.36 Edg/156.0.0.0"
                    .to_owned(),
                "Edge 156, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/19.0 Mobile/15E148 Safari/604.1"
                    .to_owned(),
                "Safari 19, iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile \
                 Safari/537.36"
                    .to_owned(),
                "Chrome 156, Android",
            ),
        ] {
            assert_eq!(name(&agent), known);
        }
    }

    #[test]
    fn other_programs_are_shown_as_they_call_themselves() {
        assert_eq!(name("countersign-client/0.1.0"), "countersign-client/0.1.0");
        assert_eq!(name(""), "");
        assert_eq!(name("Firefox/"), "Firefox/");
        assert_eq!(name(&"x".repeat(500)).len(), 60);
        assert_eq!(name("a\u{1b}[31mb"), "a[31mb");
        for agent in ["Fraud! Call us at once", "Chrome/19005550199", "", "Chrome/x"] {
            assert_eq!(super::known(agent), None, "{agent}");
        }
        assert_eq!(super::known("Call 5550199! Chrome/156.0 Linux").as_deref(), Some("Chrome 156, Linux"));
    }
}
