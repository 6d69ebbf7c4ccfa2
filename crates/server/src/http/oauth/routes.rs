//! The OpenID Connect provider's endpoints, and what a client needs to know of it.

use super::{
    ask, authorize, backchannel,
    client::{ClientForm, ProgramForm},
    first_party, logout, metadata, par,
    sent::{Sent, SentForm},
    token, tokens, userinfo,
    userinfo::AccessToken,
};
use crate::{
    flow::oidc::statement,
    http::{
        answer::{Created, Done, Kept, Page},
        extract::{address::Query, caller::Anyone, form::PageForm},
        routes::table,
    },
};
use axum::Json;
use oidc::{claims::UserInfo, discovery::Discovery, introspect::Introspection};
use serde_json::Value;
use wire::{
    Answer,
    first_party::TokenAnswer,
    oauth::{BackchannelAccepted, Pushed},
};

table! { ROUTES, mount:
    get  "/.well-known/openid-configuration" Anyone metadata::discovery () -> Json<Discovery> => "the provider's metadata";
    get  "/.well-known/oauth-authorization-server" Anyone metadata::discovery () -> Json<Discovery>
        => "the same, where plain OAuth looks (RFC 8414)";
    get  "/oauth2/jwks"                Anyone      metadata::jwks         () -> Kept<Value> => "the public signing keys";
    get  "/oauth2/receipt-keys"        Anyone      metadata::receipt_keys () -> Kept<Value>
        => "those of the past too, for receipts";
    post "/oauth2/authorize-challenge" ProgramForm first_party::authorize_challenge () -> Json<Answer>
        => "first-party login; audited as password.* and confirmation.*";
    get  "/oauth2/authorize"           SentForm    authorize::authorize () -> Page
        => "a client's authorization request; audited as authorization_code.issued";
    post "/oauth2/authorize"           SentForm    authorize::authorize () -> Page => "the same, as a form";
    get  "/oauth2/authorize/continue"  Sent        authorize::go_on (Query) -> Page => "back to the client after the login";
    get  "/oauth2/authorize/ask"       Sent        ask::show        (Query) -> Page
        => "what a client asks to be confirmed, before any device is asked";
    post "/oauth2/authorize/ask"       PageForm    ask::answer      () -> Page
        => "offers it to the user's devices; audited as confirmation.offered";
    post "/oauth2/par"                 ClientForm  par::par         () -> Created<Pushed>
        => "takes a pushed authorization request";
    post "/oauth2/bc-authorize"        ClientForm  backchannel::ask () -> Json<BackchannelAccepted>
        => "a back end asks a user to confirm (CIBA); audited as backchannel.*";
    post "/oauth2/token"               ClientForm  token::token     () -> Json<TokenAnswer>
        => "tokens for a code or refresh token; audited as authorization_code.*, refresh_token.*";
    get  "/oauth2/userinfo"            AccessToken userinfo::userinfo () -> Json<UserInfo>
        => "who the user of an access token is";
    post "/oauth2/userinfo"            AccessToken userinfo::userinfo () -> Json<UserInfo> => "the same";
    post "/oauth2/introspect"          ClientForm  tokens::introspect () -> Json<Introspection> => "what a token is";
    post "/oauth2/statement"           ClientForm  tokens::statement () -> Json<statement::Signed>
        => "what a phone signed, for the client of the receipt";
    post "/oauth2/revoke"              ClientForm  tokens::revoke   () -> Done
        => "takes back a token; audited as grant.revoked";
    get  "/oauth2/logout"              SentForm    logout::logout   () -> Page
        => "a client asks to end the session; audited as session.ended";
    post "/oauth2/logout"              SentForm    logout::logout   () -> Page => "the same, as a form";
}
