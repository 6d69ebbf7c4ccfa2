//! The terminal's login without a terminal: what keys and answers change, and how every screen looks.

mod answers;
mod keys;
mod looks;
mod support;
