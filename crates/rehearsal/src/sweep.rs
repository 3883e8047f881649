//! The sweep at the end: whether everything that must be true is true, asked from outside and, where the database can be
//! reached, from inside.
//!
//! What was seen ([`Seen`]) is gathered first and judged then by pure functions, so that planted violations can show that
//! each check finds what it is for.

mod check;
mod gather;
mod inside;
mod outside;

use std::sync::Arc;

use serde::Serialize;
use tokio::time::sleep;

pub use check::Check;
pub use gather::{HoldNow, OrderNow, PlaceNow, Seen, SeenHold, SeenOrder};
pub use inside::{InsideError, inside};
pub use outside::judge;

use crate::{
    browser::Browser,
    fan::Story,
    limits::{LAPSE_LOOK_EVERY, LAPSE_LOOKS},
    target::Target,
};

/// What a sweep found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Sweep {
    /// One for each thing that must be true.
    pub checks: Vec<Check>,
    /// Places on valid tickets of the fans' orders.
    pub sold: u64,
    /// Places that fans still hold.
    pub held: u64,
    /// Places that somebody else took meanwhile.
    pub others: i64,
}

impl Sweep {
    /// Whether everything that must be true is true.
    pub fn is_sound(&self) -> bool {
        self.checks.iter().all(Check::holds)
    }
}

/// Asks the shop about everything that it acknowledged, and judges the answers. `before` are the places that nobody had
/// at the start; `alone` says that nobody else bought meanwhile.
pub async fn outside(
    browser: &Arc<Browser>,
    target: &Arc<Target>,
    stories: &[Story],
    before: u64,
    alone: bool,
) -> Sweep {
    let mut judged = judge(&gather::gather(browser, target, stories, before, alone).await);
    // A hold has lapsed for its fan some seconds before its places are free: so that not all come back at once.
    for _ in 0..LAPSE_LOOKS {
        if !alone || judged.others == 0 {
            break;
        }
        sleep(LAPSE_LOOK_EVERY).await;
        judged = judge(&gather::gather(browser, target, stories, before, alone).await);
    }
    judged
}
