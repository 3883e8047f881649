//! What the worker does that no buyer asks for.

use std::time::Duration;

use frontrow_ledger::{CategoryId, Time, sale::Want};
use frontrow_payments::test_provider::account::Behaviour;
use frontrow_shop::limits::KEPT_MS;
use frontrow_store::Store;
use frontrow_tickets::barcode::{self, Flags};

use crate::world::{ADULT, CHILD, FLOOR, MINUTE, SALE, World};

pub async fn what_nobody_needs_any_more_is_thrown_away(mut world: World) {
    world.options.idle = Duration::ZERO;
    world.restart();
    buy(&world).await;
    // The cart of who never came back.
    world.hold_seats(&[2]).await;
    world.settle_down().await;
    assert_eq!((world.mails().await.len(), world.shop.sales_loaded()), (1, 1));

    let (before, keep) = (world.shop.now(), KEPT_MS - 30 * MINUTE);
    world.shop.keep_house().await;
    assert_eq!(world.shop.sales_loaded(), 0, "its memory is free");
    world.clock.pass_ms(keep);
    world.shop.keep_house().await;
    assert_eq!(world.mails().await.len(), 1, "everything is kept for its time");
    let store = world.shop.store().clone();
    world.clock.pass_ms(60 * MINUTE);
    world.shop.keep_house().await;
    assert_eq!(world.mails().await, [""; 0]);
    assert_eq!(rows_before(&store, before).await, [0, 0, 0], "nothing was left to purge");
    world.all_is_well().await;
}

/// Jobs, carts and messages from before a moment, which are gone afterwards.
async fn rows_before(store: &Store, before: Time) -> [u64; 3] {
    [
        store.purge_jobs(before).await.unwrap(),
        store.purge_carts(before).await.unwrap(),
        store.purge_payment_events(before).await.unwrap(),
    ]
}

/// A mail is sent at least once: whoever dies between the mail and the note that it was sent has it sent again. Two
/// worlds in which the same happens, but at another time, stand for the two sendings.
pub async fn a_mail_that_is_sent_again_has_the_same_name(world: World) {
    let later = World::sqlite().await;
    let mut names = Vec::new();
    for (world, pass_ms) in [(&world, 0), (&later, 2 * MINUTE)] {
        buy(world).await;
        world.clock.pass_ms(pass_ms);
        world.settle_down().await;
        let mails = world.mails_with(|mail| {
            format!("{} {}", mail.message_id().unwrap(), mail.date().unwrap().to_rfc3339())
        });
        let mails = mails.await;
        names.push(mails[0].split_once(' ').map(|(id, at)| (id.to_owned(), at.to_owned())));
    }
    let [Some((first, at)), Some((second, later_at))] = &names[..] else { panic!("{names:?}") };
    assert_ne!(at, later_at);
    assert_eq!(first, second, "whoever reads mail sees one");
}

async fn buy(world: &World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    world.expect_tickets(&token, 1).await;
}

pub async fn a_barcode_tells_the_gate_what_to_look_at(world: World) {
    // Children sit in the stalls for nothing; a note says who is one.
    let file = SALE.replace(
        "name = { cs = \"Dítě\", en = \"Child\" }",
        "name = { cs = \"Dítě\", en = \"Child\" }\nnote = \"Up to ten years\"",
    );
    world.import(&file).await.unwrap();
    let wants = vec![
        Want::Best { category: CategoryId(2), ticket_types: vec![ADULT], may_split: false },
        Want::Area { area: FLOOR, ticket_types: vec![ADULT, CHILD] },
    ];
    let held = world.hold(world.shop.new_cart(), wants).await.unwrap();
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    let view = world.order(&token).await;
    let keys = world.shop.keys().verifying();
    let flags = view.details.tickets.iter().map(|ticket| {
        let position = &view.details.positions[usize::from(ticket.index)];
        let barcode = world.shop.barcode(&view.facts, position, ticket);
        barcode::verify(barcode.as_str(), &keys).unwrap().flags
    });
    let reduced = Flags::STANDING.with(Flags::REDUCED);
    let expected = [Flags::WHEELCHAIR, Flags::COMPANION, Flags::STANDING, reduced];
    assert_eq!(flags.collect::<Vec<_>>(), expected);
}
