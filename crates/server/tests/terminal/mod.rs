//! The native login: the real client against the real demo, typed in a terminal and by flags.

mod desk;
mod phone;
mod script;
mod support;
mod typed;
mod withdraw;
