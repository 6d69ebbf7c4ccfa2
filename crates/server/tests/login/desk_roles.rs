//! Who may do what at the desk: every action of the console and of the API, with every role, and the table of it.

use super::{desk::agent, desk_api::Program, pages::Browser, support::Server};
use countersign::http::{
    extract::caller::Who,
    routes::{self, Route},
};
use domain::desk::{Right, Role, Roles};
use std::fmt::Write as _;

const SOME_ID: &str = "01930000-0000-7000-8000-000000000000";

/// Every action of the desk, with what it takes.
fn actions() -> impl Iterator<Item = (&'static Route, Right)> {
    routes::all().filter_map(|route| match route.who {
        Who::Agent(right) | Who::Desk(right) => Some((route, right)),
        _ => None,
    })
}

/// Whether the role is refused, on a page and by the API alike.
async fn refused(browser: &Browser<'_>, program: &Program<'_>, route: &Route) -> bool {
    if let Who::Desk(_) = route.who {
        let path = route.path.trim_start_matches("/api/v1").replace("{id}", SOME_ID);
        let body = route.takes.map(|_| serde_json::json!({}));
        let (status, problem) = program.call(route.method.to_uppercase().parse().unwrap(), &path, body.as_ref()).await;
        return status == 403 && problem["type"] == "/problems/role-needed" && problem["reason"] == "role";
    }
    let answer = if route.method == "get" {
        browser.get(&format!("{}?id={SOME_ID}", route.path)).await
    } else {
        let page = browser.get("/console").await;
        let fields = [("user", SOME_ID), ("device", SOME_ID), ("id", SOME_ID), ("act", "temporary_access")];
        browser.post(route.path, &page, &fields).await
    };
    answer.status == 403 && answer.has("Your role does not allow this")
}

#[tokio::test]
async fn each_role_reaches_what_the_table_says_and_nothing_else() {
    let server = Server::start().await;
    for (name, role) in [("ann", Role::Agent), ("sue", Role::Supervisor), ("dep", Role::Depot), ("aud", Role::Auditor)]
    {
        let mut card = agent(&server, name, name, role.name()).await;
        let browser = Browser::new(&server);
        browser.log_in(name, &mut card).await;
        let program = Program::of(&server, name, &mut card).await;
        let (mut pages, mut calls) = (0, 0);
        for (route, right) in actions() {
            *(if matches!(route.who, Who::Desk(_)) { &mut calls } else { &mut pages }) += 1;
            let refused = refused(&browser, &program, route).await;
            let may = Roles::of([role]).may(right);
            assert_eq!(refused, !may, "{name} {} {}", route.method, route.path);
            assert!(!right.changes() || role != Role::Auditor || refused, "an auditor changes something");
        }
        assert!(pages >= 18 && calls >= 13, "the tables name them: {pages} {calls}");
    }
}

/// The table in `docs/desk.md`, between its marks.
fn table() -> String {
    let mut table = "| what | does |".to_owned();
    let roles = Role::ALL;
    for role in roles {
        let _ = write!(table, " {} |", role.name());
    }
    table.push_str("\n|---|---|---|---|---|---|\n");
    for (route, right) in actions() {
        let does = route.does.split("; audited").next().unwrap();
        let _ = write!(table, "| `{} {}` | {does} |", route.method.to_uppercase(), route.path);
        for role in roles {
            table.push_str(if role.rights().contains(&right) { " yes |" } else { " – |" });
        }
        table.push('\n');
    }
    table
}

#[test]
fn the_table_in_the_handbook_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/desk.md");
    let (begin, end) = ("<!-- the table of roles, made from the routes -->\n", "<!-- its end -->");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(begin).expect("the mark of the table");
    let (_, after) = rest.split_once(end).expect("the mark of its end");
    let made = format!("{before}{begin}{}{end}{after}", table());
    #[expect(clippy::disallowed_methods, reason = "a test that writes on demand has no configuration")]
    if std::env::var_os("COUNTERSIGN_WRITE_DOCUMENT").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(kept == made, "docs/desk.md is stale: run this test with COUNTERSIGN_WRITE_DOCUMENT=1");
}
