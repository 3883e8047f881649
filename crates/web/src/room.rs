//! The waiting room: what everybody polls, the page of a fan, and the way into the shop.

pub mod board;
pub mod control;
pub mod draw;
pub mod gate;
pub mod login;
pub mod mail;
pub mod queue;
