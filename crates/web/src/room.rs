//! The waiting room: the page of a fan, and the way into the shop.

pub mod control;
pub mod door;
pub mod draw;
pub mod gate;
pub mod login;
pub mod mail;
pub mod queue;
