//! Orders as the shop writes them.

use frontrow_store::{
    Error,
    orders::{Contact, Created, OrderFilter, OrderScope, OrderState},
    page::PageRequest,
};

use crate::world::{NOW, World, at_once};

pub async fn an_order_is_written_once_for_each_key(world: World) {
    let mut new = world.new_order();
    new.idempotency_hash = Some([9; 32]);
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let mut attempt = new.clone();
            attempt.id = world.id();
            attempt.codes = vec![format!("CODE{}", attempt.id.as_u128())];
            attempt
        })
        .collect();
    let results = at_once(8, |index| {
        let (store, attempt) = (world.store.clone(), attempts[index].clone());
        async move { store.create_order(attempt).await.unwrap() }
    })
    .await;
    let written = results.iter().filter(|result| matches!(result, Created::New { .. })).count();
    assert_eq!(written, 1);
    let order = results[0].clone().into_order();
    assert!(results.into_iter().all(|result| result.into_order() == order));
    // The same id again, without the key.
    let again = world.store.create_order(attempts[0].clone()).await.unwrap();
    assert_eq!(again, Created::Existing(order.clone()));
    let details = world.store.order_details(order.id).await.unwrap().unwrap();
    assert_eq!(details.order, order);
    assert_eq!((order.total_minor, order.state), (50_000, OrderState::Pending));
    assert_eq!(details.positions.len(), 2);
    assert_eq!(details.positions[1].place, new.positions[1].place);
    assert_eq!(details.tickets, []);
    assert_eq!(world.store.order_by_code(&order.code).await.unwrap(), Some(order));
    assert_eq!(world.store.order_by_code("NOSUCH").await.unwrap(), None);
}

pub async fn a_taken_code_is_passed_over(world: World) {
    let mut first = world.new_order();
    first.codes = vec!["SAME".to_owned()];
    world.store.create_order(first).await.unwrap();
    let mut second = world.new_order();
    second.codes = vec!["SAME".to_owned(), "SAME".to_owned(), "OTHER".to_owned()];
    let order = world.store.create_order(second).await.unwrap().into_order();
    assert_eq!(order.code, "OTHER");
    let mut third = world.new_order();
    third.codes = vec!["SAME".to_owned(), "OTHER".to_owned()];
    let result = world.store.create_order(third.clone()).await;
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    assert_eq!(world.store.order(third.id).await.unwrap(), None);
    let mut homeless = world.new_order();
    homeless.performance_id = world.id();
    let result = world.store.create_order(homeless).await;
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
}

pub async fn lists_do_not_shift_when_orders_arrive(world: World) {
    let write = async |ms| {
        let mut new = world.new_order();
        new.created_at = NOW.plus_ms(ms);
        world.store.create_order(new).await.unwrap().into_order()
    };
    let mut expected = Vec::new();
    for index in 0..7 {
        expected.push(write(index / 2).await.id);
    }
    expected.reverse();
    let filter = OrderFilter { scope: OrderScope::Performance(world.performance), state: None };
    let mut page = PageRequest { after: None, limit: Some(3) };
    let mut seen = Vec::new();
    loop {
        let found = world.store.orders(filter, page).await.unwrap();
        seen.extend(found.items.iter().map(|order| order.id));
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
        write(100).await;
    }
    assert_eq!(seen, expected);
    let hold = world.store.order(expected[0]).await.unwrap().unwrap().hold_id;
    for (scope, count) in [
        (OrderScope::Organisation(world.organisation), 9),
        (OrderScope::Organisation(world.id()), 0),
        (OrderScope::Hold(hold), 1),
    ] {
        let filter = OrderFilter { scope, state: Some(OrderState::Pending) };
        let found = world.store.orders(filter, PageRequest::default()).await.unwrap();
        assert_eq!(found.items.len(), count, "{scope:?}");
    }
    let paid = OrderFilter { state: Some(OrderState::Paid), ..filter };
    let found = world.store.orders(paid, PageRequest::default()).await.unwrap();
    assert_eq!(found.items, []);
}

pub async fn contact_data_can_be_erased(world: World) {
    let new = world.new_order();
    let before = world.store.create_order(new).await.unwrap().into_order();
    assert_eq!(before.contact.email, "jana@example.org");
    assert!(!format!("{before:?}").contains("jana"));
    assert!(world.store.erase_contact(before.id, NOW).await.unwrap());
    let after = world.store.order_details(before.id).await.unwrap().unwrap();
    assert_eq!(after.order.contact, Contact::default());
    assert_eq!(after.order.erased_at, Some(NOW));
    assert!(after.positions.iter().all(|position| position.attendee_name.is_empty()));
    assert_eq!(after.order.total_minor, before.total_minor);
    assert!(!world.store.erase_contact(world.id(), NOW).await.unwrap());
}

pub async fn only_a_pending_order_fails(world: World) {
    let order = world.store.create_order(world.new_order()).await.unwrap().into_order();
    assert!(world.store.fail_order(order.id).await.unwrap());
    assert!(!world.store.fail_order(order.id).await.unwrap());
    let state = world.store.order(order.id).await.unwrap().unwrap().state;
    assert_eq!(state, OrderState::Failed);
}
