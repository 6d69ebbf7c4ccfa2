//! The console's page of what is in force: settings, device classes, clients.

use super::Frame;
use crate::config::in_force::Table;
use askama::Template;

/// What devices of a class may do.
#[derive(Debug, Clone)]
pub struct ClassLine {
    /// The stable name.
    pub name: String,
    /// The label.
    pub label: String,
    /// The methods by which it confirms.
    pub methods: String,
    /// At most per day and per five business days.
    pub limits: String,
}

/// A registered program.
#[derive(Debug, Clone)]
pub struct ClientLine {
    /// The OAuth client id.
    pub id: String,
    /// The name that users see.
    pub name: String,
    /// What it may ask for.
    pub scopes: String,
    /// How it proves itself.
    pub auth: &'static str,
    /// Whether it may show a login form of its own.
    pub first_party: bool,
}

/// What is in force.
#[derive(Debug, Clone, Template)]
#[template(path = "console/in_force.html")]
pub struct InForcePage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The settings.
    pub tables: Vec<Table>,
    /// The device classes.
    pub classes: Vec<ClassLine>,
    /// The clients.
    pub clients: Vec<ClientLine>,
}
