//! The waiting room: what everybody polls, the page of a fan, and the way into the shop.

pub mod board;
pub mod draw;
pub mod gate;
pub mod queue;
