//! `kill -9` of the real binary while fans hold and pay, again and again: whatever was acknowledged is still there,
//! whoever paid has a ticket, and the audit finds nothing.
#![expect(clippy::unwrap_used, reason = "tests")]

mod fan;
mod process;

use std::{sync::Arc, time::Duration};

use fan::{Fan, Paid};
use process::Process;

const FANS: usize = 8;
const KILLS: usize = 4;
/// Between two kills: long enough for some purchases, short enough to hit them everywhere.
const LIFE: Duration = Duration::from_millis(1_300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_shop_forgets_nothing_and_owes_nobody() {
    let mut process = Process::start().await;
    let shop = Arc::new(process.shop.clone());
    let performance = fan::performance(&shop).await;
    let fans: Vec<_> = (0..FANS)
        .map(|number| {
            let fan = Fan::new(Arc::clone(&shop), performance.clone(), number);
            tokio::spawn(fan.buy_until_told_to_stop())
        })
        .collect();
    for _ in 0..KILLS {
        tokio::time::sleep(LIFE).await;
        process.kill_and_restart().await;
    }
    tokio::time::sleep(LIFE).await;
    shop.stop_buying();
    let mut paid: Vec<Paid> = Vec::new();
    for fan in fans {
        paid.extend(fan.await.unwrap());
    }
    assert!(paid.len() >= KILLS, "only {} purchases in all that time", paid.len());

    for order in &paid {
        order.ends_with_its_tickets(&shop).await;
    }
    process.stop_in_order();
    process.verify();
}
