//! The `claims` parameter (OpenID Connect Core, 5.5): which levels and which users must answer, and which identity claims
//! are wished for.

use crate::{OAuthError, claims::IDENTITY, scope};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a request asks for by `claims`; members that nobody here knows are not minded (5.5).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wishes {
    #[serde(default)]
    id_token: Option<BTreeMap<String, Option<Wanted>>>,
    #[serde(default)]
    userinfo: Option<BTreeMap<String, Option<Wanted>>>,
}

/// One claim (5.5.1). Its values may be of any type, and are texts where they mean something here.
#[derive(Debug, Clone, Deserialize)]
struct Wanted {
    #[serde(default)]
    essential: bool,
    #[serde(default)]
    value: Option<Value>,
    #[serde(default)]
    values: Option<Vec<Value>>,
}

impl Wanted {
    fn texts(&self) -> Option<Vec<String>> {
        let values = self.values.clone().or_else(|| self.value.clone().map(|value| vec![value]))?;
        Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}

impl Wishes {
    pub(crate) fn parse(text: &str) -> Result<Self, OAuthError> {
        serde_json::from_str(text).map_err(|_| OAuthError::Malformed("claims"))
    }

    fn of_id_token(&self, name: &str) -> Option<&Wanted> {
        self.id_token.as_ref()?.get(name)?.as_ref()
    }

    /// The levels of which one must be met (5.5.1.1); what is not essential is a wish.
    pub(crate) fn essential_acr(&self) -> Option<Vec<String>> {
        self.of_id_token("acr").filter(|wanted| wanted.essential)?.texts()
    }

    /// The users of whom one must answer: a positive answer about anybody else is forbidden, essential or not (5.5.1).
    pub(crate) fn subjects(&self) -> Option<Vec<String>> {
        let of_userinfo = self.userinfo.as_ref().and_then(|claims| claims.get("sub")?.as_ref()?.texts());
        match (self.of_id_token("sub").and_then(Wanted::texts), of_userinfo) {
            (Some(one), Some(other)) => Some(one.into_iter().filter(|subject| other.contains(subject)).collect()),
            (one, other) => one.or(other),
        }
    }

    /// The scope with that of each identity claim that is asked for, as far as the client may ask for it.
    pub(crate) fn widen(&self, mut scope: String, allowed: &[&str]) -> String {
        let asked =
            |name: &str| [&self.id_token, &self.userinfo].into_iter().flatten().any(|claims| claims.contains_key(name));
        for (claim, token) in IDENTITY {
            if asked(claim) && allowed.contains(token) && !scope::has(&scope, token) {
                scope.push(' ');
                scope.push_str(token);
            }
        }
        scope
    }
}
