//! Orders, tickets, money and the performance's row, held against a replayed sale.

use std::collections::BTreeSet;

use frontrow_ledger::{
    OrderId,
    sale::{Book, Order, Sale},
};
use frontrow_log::Stream;
use frontrow_store::{
    Store,
    audit::{OrderAudit, PaymentAudit},
    catalogue::SaleState,
    orders::OrderState,
    payments::PaymentState,
};
use uuid::Uuid;

use super::Report;
use crate::Result;

/// Compares everything that the tables say of one sale.
pub(super) async fn compare(
    store: &Store,
    stream: Stream,
    sale: &Sale,
    report: &mut Report,
    progress: &mut impl FnMut(&Report),
) -> Result<()> {
    let performance = Uuid::from_u128(stream.id);
    let Some(book) = sale.book() else { return Ok(()) };
    let mut found = 0_usize;
    let mut serials = BTreeSet::new();
    let mut after = None;
    loop {
        let page = store.audit_orders(performance, after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for order in &page {
            let sold = book.order(OrderId(order.id.as_u128()));
            found += usize::from(sold.is_some());
            for problem in order_problems(order, sold) {
                report.fault(stream, format!("order {}: {problem}", order.id));
            }
            for ticket in &order.tickets {
                if !serials.insert(ticket.serial) {
                    report.fault(stream, format!("ticket number {} exists twice", ticket.serial));
                }
            }
            report.orders += 1;
            report.tickets += order.tickets.len() as u64;
        }
        progress(report);
    }
    if found != book.orders_count() {
        let missing = book.orders_count() - found;
        report.fault(stream, format!("{missing} orders of the log are not in the tables"));
    }
    compare_performance(store, stream, book, report).await
}

async fn compare_performance(
    store: &Store,
    stream: Stream,
    book: &Book,
    report: &mut Report,
) -> Result<()> {
    let Some((_, shown)) = store.performance(Uuid::from_u128(stream.id)).await? else {
        report.fault(stream, "there is no performance of this sale");
        return Ok(());
    };
    let totals = book.totals();
    let left = i64::from(totals.free()) + i64::from(totals.held);
    if (shown.capacity, shown.places_left) != (i64::from(totals.capacity), left) {
        let problem = format!(
            "the tables show {} of {} places left, the log says {left} of {}",
            shown.places_left, shown.capacity, totals.capacity
        );
        report.fault(stream, problem);
    }
    if (shown.state == SaleState::Open) != book.is_open() {
        report.fault(stream, "the tables and the log disagree whether the sale is open");
    }
    Ok(())
}

fn order_problems(order: &OrderAudit, sold: Option<&Order>) -> Vec<String> {
    let mut problems = Vec::new();
    let shown_as_sold = matches!(
        order.state,
        OrderState::Paid | OrderState::PartlyCancelled | OrderState::Cancelled
    );
    match sold {
        Some(sold) if shown_as_sold => problems.extend(sold_problems(order, sold)),
        Some(_) => problems.push("is sold, but the tables do not show it".to_owned()),
        None if shown_as_sold => problems.push("is shown as sold, but the log has none".to_owned()),
        None if !order.tickets.is_empty() => {
            problems.push("has tickets, but was never sold".to_owned());
        }
        None => {}
    }
    problems.extend(money_problems(order, sold.is_some()));
    problems
}

fn sold_problems(order: &OrderAudit, sold: &Order) -> Vec<String> {
    let mut problems = Vec::new();
    if order.hold_id.as_u128() != sold.hold.0 {
        problems.push("belongs to another hold".to_owned());
    }
    if order.positions.len() != sold.positions.len() {
        problems.push(format!(
            "has {} places, the log says {}",
            order.positions.len(),
            sold.positions.len()
        ));
        return problems;
    }
    let total: i64 = sold.positions.iter().map(|position| position.price_minor).sum();
    if order.total_minor != total {
        problems.push(format!("costs {}, the log says {total}", order.total_minor));
    }
    for (shown, position) in order.positions.iter().zip(sold.positions.iter()) {
        let index = shown.index;
        if (shown.place, shown.price_minor) != (position.place, position.price_minor) {
            problems.push(format!("place {index} is another one, or at another price"));
        }
        if shown.cancelled == sold.is_valid(index) {
            problems.push(format!("place {index}: the log disagrees whether it is cancelled"));
        }
        let mut tickets = order.tickets.iter().filter(|ticket| ticket.index == index);
        match (tickets.next(), tickets.next()) {
            (Some(ticket), None) if ticket.valid == sold.is_valid(index) => {}
            (Some(_), None) => {
                problems.push(format!("the ticket of place {index} is in the wrong state"));
            }
            (None, _) => problems.push(format!("place {index} has no ticket")),
            (Some(_), Some(_)) => problems.push(format!("place {index} has two tickets")),
        }
    }
    problems
}

/// Never paid without a ticket: money whose consequence was drawn bought the order, or goes back.
fn money_problems(order: &OrderAudit, sold: bool) -> Vec<String> {
    let kept = |payment: &&PaymentAudit| {
        payment.state == PaymentState::Paid && payment.settled && payment.refunded_minor == 0
    };
    let kept = order.payments.iter().filter(kept).count();
    match (kept, sold) {
        (0, _) | (1, true) => Vec::new(),
        (_, true) => vec![format!("was paid {kept} times and nothing goes back")],
        (_, false) => vec!["is paid, was never sold, and nothing goes back".to_owned()],
    }
}
