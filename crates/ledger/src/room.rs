//! The room ledger: who waits for a sale, in which order, and whose turn it is.
//!
//! [`Room`] is the state and [`Line`] what readers look into; [`Command`] asks, [`Record`] is what
//! was decided, [`Refusal`] is why not. [`Terms`] say when the room opens and how its order is
//! found: by the [`draw`] for those who came before the start, as they came for all others. How fast
//! turns come is decided by [`admission`]. What a fan carries is a [`Receipt`] and then a [`Pass`],
//! which are checked without asking anybody; what all fans poll is one [`Status`].

pub mod admission;
mod apply;
mod audit;
mod command;
mod decide;
pub mod draw;
mod line;
mod list;
mod pass;
mod places;
mod receipt;
mod record;
mod refusal;
mod seal;
mod selling;
mod snapshot;
mod state;
mod status;
mod terms;
mod view;
mod visitors;

pub use command::{Command, Offer, Steering};
pub use line::Line;
pub use pass::{DeviceDigest, Pass};
pub use receipt::Receipt;
pub use record::{Drawn, Record};
pub use refusal::Refusal;
pub use seal::{BadSeal, KeyId, SealKeys};
pub use state::Room;
pub use status::{BadStatus, Polls, Status};
pub use terms::{Beacon, DrawTerms, Mode, PassTimes, Terms};
pub use view::{Headcount, Phase, Turn};
