//! Bringing sales into the shop, again, and differently.

use std::sync::Arc;

use frontrow_ledger::{ChannelId, sale::Selling};
use frontrow_shop::{
    Error,
    catalogue::Outcome,
    limits::FACTS_MS_MAX,
    sale_file::SaleFile,
    spec::{AllocationSpec, BlockSpec, PriceSpec},
};
use futures::future::join_all;
use serde_json::json;

use crate::world::{SALE, World, seats_wanted};

pub async fn importing_twice_changes_nothing(world: World) {
    let revision = world.shop.snapshot(world.performance).await.unwrap().position;
    let imported = world.import(SALE).await.unwrap();
    assert_eq!(imported.slug, "first-night");
    let expected = [("one".to_owned(), world.performance, Outcome::Unchanged)];
    assert_eq!(imported.performances, expected);
    // Not even what the organiser has changed since.
    world.shop.close_sale(world.performance, world.command()).await.unwrap();
    world.import(SALE).await.unwrap();
    let view = world.shop.performance(world.performance, ChannelId::WEB).await.unwrap();
    assert_eq!(view.sale.selling, Selling::Closed);
    assert_eq!(view.facts.details.event.title.cs, "Premiéra");
    let now = world.shop.snapshot(world.performance).await.unwrap().position;
    assert_eq!(now.0, revision.0 + 1, "only the organiser's own change");
}

pub async fn an_announcement_is_read_once_for_all_who_want_it(world: World) {
    let old = world.shop.facts(world.performance).await.unwrap();
    world.clock.pass_ms(FACTS_MS_MAX + 1);
    let all = join_all((0..50).map(|_| world.shop.facts(world.performance))).await;
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert!(!Arc::ptr_eq(&old, &all[0]));
    assert!(all.iter().all(|facts| Arc::ptr_eq(facts, &all[0])));
}

pub async fn a_changed_file_changes_what_can_be_changed(world: World) {
    let file = SALE
        .replace("adult = 500", "adult = 550")
        .replace("per_buyer = 6", "per_buyer = 4")
        .replace("capacity = 10", "capacity = 12")
        .replace("limit = 4", "limit = 5")
        .replace("title = { cs = \"Premiéra\"", "title = { cs = \"Repríza\"")
        .replace("starts = \"2027-06-12T20:00\"", "starts = \"2027-06-12T19:30\"")
        + r#"
[[blocks]]
key = "press"
kind = "promoter"
seats = ["B-3"]

[[windows]]
opens = "2027-02-01T10:00"

[[allocations]]
key = "floor"
limit = 9
categories = ["Floor"]
"#;
    let imported = world.import(&file).await.unwrap();
    assert_eq!(imported.performances[0].2, Outcome::Changed);
    world.settle_down().await;
    let view = world.shop.performance(world.performance, ChannelId::WEB).await.unwrap();
    assert_eq!(view.sale.categories[0].types[0].price_minor, 55_000);
    assert_eq!(view.sale.categories[0].seats_left, 6);
    assert_eq!(view.sale.limits.per_buyer, Some(4));
    assert_eq!(view.sale.areas[0].left, 12);
    assert_eq!(view.sale.categories[1].types[0].left, 9);
    assert!(matches!(view.sale.selling, Selling::From(_)));
    assert_eq!(view.facts.details.event.title.cs, "Repríza");
    assert_eq!(world.import(&file).await.unwrap().performances[0].2, Outcome::Unchanged);
    world.all_is_well().await;
}

pub async fn what_cannot_be_changed_is_named_and_nothing_is(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let file = SALE
        .replace("CZK", "EUR")
        .replace("for = \"companion\"", "for = \"everyone\"")
        .replace("minutes = 15\n", "minutes = 20\n")
        .replace("key = \"child\"", "key = \"kid\"")
        .replace("child = 0", "kid = 0")
        .replace("ticket_types = [\"child\"]", "ticket_types = [\"kid\"]")
        .replace("key = \"children\"", "key = \"kids\"")
        .replace("seats = [\"B-4\"]", "seats = [\"B-3\"]")
        .replace("adult = 500", "adult = 999");
    let Error::Faults(faults) = world.import(&file).await.unwrap_err() else { panic!("faults") };
    let at: Vec<&str> = faults.list().iter().map(|fault| fault.at.as_str()).collect();
    let expected =
        ["/currency", "/hold", "/categories", "/ticket_types", "/allocations", "/blocks/0"];
    assert_eq!(at, expected, "{faults}");
    let view = world.shop.performance(world.performance, ChannelId::WEB).await.unwrap();
    assert_eq!(view.sale.categories[0].types[0].price_minor, 50_000);
    let file = SALE.replace("capacity = 10", "capacity = 1");
    let cart = world.shop.new_cart();
    world.hold(cart, vec![crate::world::floor_wanted(2)]).await.unwrap();
    let Error::Faults(faults) = world.import(&file).await.unwrap_err() else { panic!("faults") };
    assert_eq!(faults.list()[0].at, "/areas/0/capacity");
    let past = SALE
        .replace("2027-06-12T20:00", "2020-06-12T20:00")
        .replace("key = \"one\"", "key = \"two\"");
    let Error::Faults(faults) = world.import(&past).await.unwrap_err() else { panic!("faults") };
    assert_eq!(faults.list()[0].at, "/performances/0/starts");
    drop(held);
}

pub async fn every_sample_opens(world: World) {
    for (file, plan, performances) in [
        (
            include_str!("../../../../samples/field.toml"),
            include_str!("../../../../samples/field.json"),
            2,
        ),
        (
            include_str!("../../../../samples/club.toml"),
            include_str!("../../../../samples/club.json"),
            1,
        ),
        (
            include_str!("../../../../samples/theatre.toml"),
            include_str!("../../../../samples/theatre.json"),
            9,
        ),
        (
            include_str!("../../../../samples/arena.toml"),
            include_str!("../../../../samples/arena.json"),
            1,
        ),
    ] {
        let file = SaleFile::parse(file.as_bytes()).unwrap();
        let imported = world.shop.import(&file, plan.as_bytes()).await.unwrap();
        assert_eq!(imported.performances.len(), performances);
        for (number, (key, id, outcome)) in imported.performances.into_iter().enumerate() {
            assert_eq!(outcome, Outcome::Created);
            let view = world.shop.performance(id, ChannelId::WEB).await.unwrap();
            let later = key == "saturday";
            assert_eq!(matches!(view.sale.selling, Selling::From(_)), later, "{key}");
            assert!(later || view.sale.selling == Selling::Now, "{key}");
            if number == 0 {
                let hash = &view.facts.offer.geometry;
                let hash = frontrow_store::catalogue::ContentHash::parse(hash).unwrap();
                assert!(world.shop.store().geometry(hash).await.unwrap().is_some());
            }
        }
    }
    let report = world.shop.verify(|_| {}).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.faults);
}

pub async fn an_organiser_changes_one_sale(world: World) {
    let (shop, id) = (&world.shop, world.performance);
    let view = shop.performance(id, ChannelId::WEB).await.unwrap();
    let prices = json!({"prices": {"Stalls": {"adult": 600}, "Floor": {"adult": "300.50"}}});
    let prices = PriceSpec::read_all(&prices, view.sale.currency).unwrap();
    shop.reprice(id, &prices, world.command()).await.unwrap();
    let allocation = json!({"key": "house", "limit": 1, "categories": ["Stalls"]});
    let allocation = AllocationSpec::read(&allocation).unwrap();
    shop.set_allocation(id, &allocation, world.command()).await.unwrap();
    let block = json!({"key": "press", "kind": "promoter", "rows": [{"zone": "Stalls", "row": "A"}],
        "areas": [{"key": "Floor", "places": 2}]});
    let block = BlockSpec::read(&block).unwrap();
    let block = shop.block(id, &block, world.command()).await.unwrap();
    let view = shop.performance(id, ChannelId::WEB).await.unwrap();
    let stalls = &view.sale.categories[0];
    assert_eq!((stalls.types.len(), stalls.types[0].price_minor), (1, 60_000));
    assert_eq!((stalls.seats_left, stalls.types[0].left, view.sale.areas[0].left), (3, 1, 8));
    assert_eq!(view.facts.offer.allocations.len(), 2);
    assert!(world.hold(shop.new_cart(), vec![seats_wanted(&[0])]).await.is_err());
    shop.unblock(id, block, None, world.command()).await.unwrap();
    world.hold(shop.new_cart(), vec![seats_wanted(&[0])]).await.unwrap();
    let unknown = json!({"prices": {"Gods": {"adult": 1, "dog": 1}}});
    let unknown = PriceSpec::read_all(&unknown, view.sale.currency).unwrap();
    let error = shop.reprice(id, &unknown, world.command()).await.unwrap_err();
    let Error::Faults(faults) = error else { panic!("faults") };
    assert_eq!(faults.total(), 3);
}
