//! The controller of the waiting room against crowds: what it promises under every demand curve of
//! the drill, whoever comes, however long they stay, whatever is measured of the shop.
#![expect(clippy::unwrap_used, reason = "tests")]

mod anything;
mod ceilings;
mod crowd;
mod filled;
mod told;
mod world;
