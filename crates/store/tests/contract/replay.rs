//! Projecting everything again, and reading everything.

use std::sync::Arc;

use frontrow_ledger::sale::Record;
use frontrow_log::Position;
use frontrow_store::{
    audit::OrderAudit,
    catalogue::PerformanceOnSale,
    limits,
    orders::{OrderDetails, OrderState},
    payments::{NewPayment, PaymentState},
    projection::{JOB_ORDER_CANCELLED, JOB_ORDER_CONFIRMED, Projected},
    refunds::NewRefund,
};
use uuid::Uuid;

use crate::{
    projection::{Entries, cancelled, confirmed, entries, stream, terms},
    world::{NOW, World},
};

/// Projects everything, in as many transactions as it takes.
async fn project_all(world: &World, entries: &Entries) -> usize {
    let (mut at, mut transactions) = (Position::START, 0);
    while let Some(rest) = entries.get(usize::try_from(at.0).unwrap()..)
        && !rest.is_empty()
    {
        transactions += 1;
        match world.store.project(stream(world.performance), at, rest).await.unwrap() {
            Projected::Done(to) => at = to,
            projected => panic!("{projected:?}"),
        }
    }
    transactions
}

async fn dump(world: &World, orders: &[Uuid]) -> (Vec<OrderDetails>, PerformanceOnSale) {
    let mut dump = Vec::new();
    for order in orders {
        dump.push(world.store.order_details(*order).await.unwrap().unwrap());
    }
    let (_, sale) = world.store.performance(world.performance).await.unwrap().unwrap();
    (dump, sale)
}

async fn mails(world: &World) -> usize {
    let later = NOW.plus_ms(10_000_000);
    let kinds = [JOB_ORDER_CONFIRMED, JOB_ORDER_CANCELLED];
    let jobs = world.store.claim_jobs(&kinds, later, later, 100).await.unwrap();
    for job in &jobs {
        assert_eq!(world.store.complete_jobs(&[job], NOW).await.unwrap(), 1);
    }
    world.store.purge_jobs(later).await.unwrap();
    jobs.len()
}

pub async fn projecting_again_writes_the_same_rows(world: World) {
    let new: Vec<_> = (0..20).map(|_| world.new_order()).collect();
    for order in &new[1..] {
        world.store.create_order(order.clone()).await.unwrap();
    }
    assert!(world.store.fail_order(new[19].id).await.unwrap());
    let mut records = vec![vec![Record::Defined(Arc::new(terms())), Record::Opened]];
    // The first order is lost from the tables, and the last one is never sold.
    records.push(new[..12].iter().map(confirmed).collect());
    records.push(new[12..19].iter().map(confirmed).collect());
    records.push(vec![cancelled(&new[3], &[0]), cancelled(&new[4], &[0, 1])]);
    records.push(vec![cancelled(&new[3], &[1])]);
    // So many that one transaction does not take them all.
    records.push(vec![Record::Opened; limits::PROJECT_RECORDS_MAX]);
    records.push(vec![Record::Closed]);
    let all = entries(records);
    let ids: Vec<_> = new.iter().map(|order| order.id).collect();
    assert_eq!(project_all(&world, &all).await, 2);
    assert_eq!(mails(&world).await, 19 + 3);
    let before = dump(&world, &ids).await;
    assert_eq!(before.0[3].order.state, OrderState::Cancelled);

    // Something went wrong with the tables: the log knows nothing of this.
    let stream = stream(world.performance);
    world.store.reset_projection(stream).await.unwrap();
    assert_eq!(world.store.checkpoint(stream).await.unwrap(), Position::START);
    let cleared = dump(&world, &ids).await;
    assert!(cleared.0.iter().all(|order| order.tickets.is_empty()));
    let (failed, sold) = cleared.0.split_last().unwrap();
    assert!(sold.iter().all(|order| order.order.state == OrderState::Pending));
    assert_eq!(failed.order.state, OrderState::Failed, "the log never said anything of it");
    assert_eq!(cleared.1.capacity, 0);

    assert_eq!(project_all(&world, &all).await, 2);
    assert_eq!(dump(&world, &ids).await, before);
    assert_eq!(mails(&world).await, 0, "nobody gets a second mail");

    // What comes after is new, and mailed.
    let mut more = all;
    let (_, entry) = entries(vec![vec![confirmed(&new[19])]]).remove(0);
    more.push((Position(8), entry));
    let done = world.store.project(stream, Position(7), &more[7..]).await.unwrap();
    assert_eq!(done, Projected::Done(Position(8)));
    assert_eq!(mails(&world).await, 1);
}

pub async fn an_auditor_reads_every_order_with_its_money(world: World) {
    let new: Vec<_> = (0..limits::AUDIT_PAGE_MAX + 3).map(|_| world.new_order()).collect();
    for order in &new[1..] {
        world.store.create_order(order.clone()).await.unwrap();
    }
    // All in one entry, and more rows than one statement inserts.
    let mut records: Vec<_> = new.iter().map(confirmed).collect();
    records.push(cancelled(&new[1], &[1]));
    project_all(&world, &entries(vec![records])).await;
    let payment = NewPayment {
        id: world.id(),
        order_id: new[1].id,
        provider: "bank".to_owned(),
        amount_minor: 50_000,
        currency: "CZK".to_owned(),
        expires_at: NOW.plus_ms(1_000),
        next_check_at: NOW,
        created_at: NOW,
    };
    world.store.create_payment(payment.clone()).await.unwrap();
    for _ in 0..2 {
        let refund = NewRefund {
            id: world.id(),
            payment_id: payment.id,
            amount_minor: 20_000,
            reason: "cancelled".to_owned(),
            jobs: Vec::new(),
            created_at: NOW,
        };
        world.store.create_refund(refund.clone()).await.unwrap();
        if payment.id.as_u128() + 1 == refund.id.as_u128() {
            world.store.refund_failed(refund.id, NOW).await.unwrap();
        }
    }
    let (mut read, mut after): (Vec<OrderAudit>, _) = (Vec::new(), None);
    loop {
        let page = world.store.audit_orders(world.performance, after).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        read.extend(page);
    }
    assert_eq!(
        read.iter().map(|order| order.id).collect::<Vec<_>>(),
        new.iter().map(|order| order.id).collect::<Vec<_>>()
    );
    assert!(read.iter().all(|order| order.positions.len() == 2 && order.tickets.len() == 2));
    let audited = &read[1];
    assert_eq!(audited.state, OrderState::PartlyCancelled);
    assert_eq!(audited.positions.iter().map(|p| p.cancelled).collect::<Vec<_>>(), [false, true]);
    assert_eq!(audited.tickets.iter().map(|t| t.valid).collect::<Vec<_>>(), [true, false]);
    let [audited] = audited.payments[..] else { panic!("one payment") };
    assert_eq!((audited.id, audited.state), (payment.id, PaymentState::Opening));
    assert_eq!((audited.amount_minor, audited.refunded_minor), (50_000, 20_000));
}
