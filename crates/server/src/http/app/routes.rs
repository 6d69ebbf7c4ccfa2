//! The phone app's files, and what its own page calls beside the phone's API.

use super::OwnCall;
use crate::{
    flow::Origin,
    http::{
        answer::{File, IfAny, Page, WithCookie},
        app,
        extract::{address::Segment, body::JsonBody, caller::Anyone, page::Visit},
        routes::table,
    },
};
use axum::{Json, http::HeaderMap, response::NoContent};
use wire::help::HelpText;
use wire::phone_app::{Config, OpenSession, Session};

table! { ROUTES, mount:
    get  "/app"             Visit   app::entrance () -> Page => "to the phone app";
    get  "/app/"            Visit   app::index    (HeaderMap) -> File => "the phone app";
    get  "/app/{*path}"     Visit   app::file     (HeaderMap, Segment) -> File => "its files";
    get  "/legacy-app"      Visit   app::standalone_entrance () -> Page => "to the standalone app";
    get  "/legacy-app/"     Visit   app::standalone (HeaderMap) -> File => "the standalone app, which the phone app replaces";
    get  "/legacy-app/{*path}" Visit app::standalone_file (HeaderMap, Segment) -> File => "its files";
    get  "/app/config.json" Anyone  app::config   () -> Json<Config> => "what it may know before anybody is known";
    get  "/app/help/{language}" Anyone app::help (Segment) -> Json<HelpText> => "the help pages, for it to keep";
    get  "/app/session"     OwnCall app::session  () -> IfAny<Session> => "whose its session is";
    post "/app/session"     OwnCall app::open     (Origin, JsonBody<OpenSession>) -> WithCookie<Json<Session>>
        => "opens its session for a code; audited as session.started";
    post "/app/session/end" OwnCall app::end      () -> WithCookie<NoContent>
        => "ends its session; audited as session.ended";
}
