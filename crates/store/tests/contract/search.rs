//! Finding what is on.

use frontrow_ledger::Time;
use frontrow_store::{
    page::PageRequest,
    search::{EventHit, SearchQuery},
};
use uuid::Uuid;

use crate::{
    projection::define,
    world::{NOW, World},
};

fn query(text: &str) -> SearchQuery {
    SearchQuery {
        text: text.to_owned(),
        city: None,
        genre: None,
        from: NOW,
        until: None,
        page: PageRequest::default(),
    }
}

async fn slugs(world: &World, query: &SearchQuery) -> Vec<String> {
    let found = world.store.search(query).await.unwrap();
    found.items.into_iter().map(|hit| hit.event.slug).collect()
}

/// An event with performances at these moments after [`NOW`].
async fn on(world: &World, slug: &str, title: &str, venue: Uuid, starts: &[i64]) {
    let event = world.event(world.id(), slug, title);
    world.store.put_event(&event).await.unwrap();
    for start in starts {
        let mut performance = world.performance(world.id(), event.id, NOW.plus_ms(*start));
        performance.venue_id = venue;
        world.store.put_performance(&performance).await.unwrap();
        define(world, performance.id).await;
    }
}

pub async fn words_are_found_without_diacritics(world: World) {
    let brno = world.venue(world.id(), "klub", "Brno-Řečkovice");
    world.store.put_venue(&brno).await.unwrap();
    on(&world, "kun", "Příliš žluťoučký kůň", world.venue, &[10]).await;
    on(&world, "percent", "100 % živě", brno.id, &[20]).await;
    assert_eq!(slugs(&world, &query("zlutoucky")).await, ["kun"]);
    assert_eq!(slugs(&world, &query("KŮŇ příliš")).await, ["kun"]);
    assert_eq!(slugs(&world, &query("ŽLUŤ")).await, ["kun"]);
    assert_eq!(slugs(&world, &query("zive reckovice")).await, ["percent"]);
    assert_eq!(slugs(&world, &query("kun brno")).await, [""; 0]);
    // Nothing that is typed is a pattern.
    assert_eq!(slugs(&world, &query("%")).await, ["kun", "percent"]);
    assert_eq!(slugs(&world, &query("%žIVĚ_")).await, ["percent"]);
    assert_eq!(slugs(&world, &query("'; --")).await, ["kun", "percent"]);
}

pub async fn what_is_on_is_found_by_city_genre_and_date(world: World) {
    let brno = world.venue(world.id(), "klub", "Brno");
    world.store.put_venue(&brno).await.unwrap();
    on(&world, "nightly", "Nightly", world.venue, &[-5, 10, 30, 20]).await;
    on(&world, "once", "Once", brno.id, &[15]).await;
    let mut past = query("");
    past.from = NOW.plus_ms(31);
    assert_eq!(slugs(&world, &past).await, [""; 0]);
    let found = world.store.search(&query("")).await.unwrap().items;
    let summary = |hit: &EventHit| {
        let at = |time: Time| time.ms_since(NOW);
        (hit.event.slug.clone(), at(hit.first_starts_at), at(hit.last_starts_at), hit.performances)
    };
    assert_eq!(
        found.iter().map(summary).collect::<Vec<_>>(),
        [("nightly".to_owned(), 10, 30, 3), ("once".to_owned(), 15, 15, 1)]
    );
    assert_eq!((found[0].places_left, found[0].price_from), (3 * 14, Some(10_000)));
    assert_eq!((found[0].open, found[0].on_sale_from), (true, Some(Time(500))));
    assert_eq!((&*found[1].venue.city, &*found[1].currency), ("Brno", "CZK"));
    let in_brno = SearchQuery { city: Some("Brno".to_owned()), ..query("") };
    assert_eq!(slugs(&world, &in_brno).await, ["once"]);
    let opera = SearchQuery { genre: Some("opera".to_owned()), ..query("") };
    assert_eq!(slugs(&world, &opera).await, [""; 0]);
    let soon = SearchQuery { until: Some(NOW.plus_ms(15)), ..query("") };
    assert_eq!(slugs(&world, &soon).await, ["nightly"]);
    // The event of the world itself was announced, but its sale is not defined.
    assert_eq!(slugs(&world, &query("hamlet")).await, [""; 0]);
}

pub async fn pages_do_not_shift_when_events_arrive(world: World) {
    for index in 0..7 {
        on(&world, &format!("e{index}"), "Title", world.venue, &[100 + index / 2]).await;
    }
    let mut query = query("");
    query.page.limit = Some(3);
    let first = world.store.search(&query).await.unwrap();
    on(&world, "early", "Title", world.venue, &[1]).await;
    on(&world, "late", "Title", world.venue, &[999]).await;
    query.page.after = first.next;
    let second = world.store.search(&query).await.unwrap();
    query.page.after = second.next;
    let third = world.store.search(&query).await.unwrap();
    assert_eq!(third.next, None);
    let seen: Vec<_> = [first, second, third]
        .into_iter()
        .flat_map(|page| page.items)
        .map(|hit| hit.event.slug)
        .collect();
    assert_eq!(seen, ["e0", "e1", "e2", "e3", "e4", "e5", "e6", "late"]);
}

pub async fn facets_count_events(world: World) {
    let brno = world.venue(world.id(), "klub", "Brno");
    world.store.put_venue(&brno).await.unwrap();
    on(&world, "nightly", "Nightly", world.venue, &[10, 20, 30]).await;
    on(&world, "once", "Once", brno.id, &[15]).await;
    on(&world, "twice", "Twice", brno.id, &[15, 17]).await;
    on(&world, "past", "Past", brno.id, &[-15]).await;
    let facets = world.store.facets(NOW).await.unwrap();
    assert_eq!(facets.cities, [("Brno".to_owned(), 2), ("Praha".to_owned(), 1)]);
    assert_eq!(facets.genres, [("play".to_owned(), 3)]);
}
