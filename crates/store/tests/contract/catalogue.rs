//! Organisations, venues, plans, events, performances.

use frontrow_store::{
    Error, Texts,
    catalogue::{ContentHash, Organisation, SaleState, Venue},
    page::PageRequest,
};

use crate::world::{NOW, World};

pub async fn an_import_can_be_run_again(world: World) {
    let store = &world.store;
    let mut venue = world.venue(world.venue, "theatre", "Praha");
    "Divadlo".clone_into(&mut venue.name);
    let mut event = world.event(world.event, "hamlet", "Hamlet");
    event.title = Texts { cs: "Hamlet, princ dánský".to_owned(), en: "Hamlet".to_owned() };
    let mut performance = world.performance(world.performance, world.event, NOW.plus_ms(2_000));
    performance.doors_at = Some(NOW.plus_ms(1_500));
    for _ in 0..2 {
        store.put_organisation(&world.organisation()).await.unwrap();
        store.put_venue(&venue).await.unwrap();
        store.put_event(&event).await.unwrap();
        store.put_performance(&performance).await.unwrap();
    }
    assert_eq!(store.venue_by_slug("theatre").await.unwrap(), Some(venue));
    assert_eq!(store.event_by_slug("hamlet").await.unwrap(), Some(event));
    let (found, _) = store.performance(world.performance).await.unwrap().unwrap();
    assert_eq!(found, performance);
    assert_eq!(store.organisations().await.unwrap(), [world.organisation()]);
}

pub async fn a_slug_is_taken_once(world: World) {
    let event = world.event(world.id(), "hamlet", "Another Hamlet");
    let result = world.store.put_event(&event).await;
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    let venue = world.venue(world.id(), "theatre", "Brno");
    let result = world.store.put_venue(&venue).await;
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    assert_eq!(world.store.event(event.id).await.unwrap(), None);
}

pub async fn a_venue_is_changed_by_its_organisation_alone(world: World) {
    let other = Organisation { id: world.id(), name: "Others".to_owned(), ..world.organisation() };
    world.store.put_organisation(&other).await.unwrap();
    let known = world.venue(world.venue, "theatre", "Praha");
    let theirs =
        Venue { organisation_id: Some(other.id), city: "Brno".to_owned(), ..known.clone() };
    for thief in [&theirs, &Venue { organisation_id: None, ..theirs.clone() }] {
        let result = world.store.put_venue(thief).await;
        assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
        assert_eq!(world.store.venue(world.venue).await.unwrap().as_ref(), Some(&known));
    }
    // Nobody's, as a replica of the version before writes it: whoever describes it first has it.
    let nobodys =
        Venue { id: world.id(), slug: "barn".to_owned(), organisation_id: None, ..known.clone() };
    world.store.put_venue(&nobodys).await.unwrap();
    let claimed = Venue { organisation_id: Some(other.id), ..nobodys };
    world.store.put_venue(&claimed).await.unwrap();
    let late = Venue { organisation_id: Some(world.organisation), ..claimed.clone() };
    assert!(world.store.put_venue(&late).await.is_err());
    assert_eq!(world.store.venue(claimed.id).await.unwrap(), Some(claimed));
}

pub async fn a_page_shows_everything_around_a_performance(world: World) {
    let details = world.store.performance_details(world.performance).await.unwrap().unwrap();
    assert_eq!(details.event.slug, "hamlet");
    assert_eq!(details.venue.zone, "Europe/Prague");
    assert_eq!(details.sale.state, SaleState::Undefined);
    assert_eq!(details.performance.offer["categories"][0], "stalls");
    assert_eq!(details.plan.geometry, ContentHash::of(b"drawing"));
    let bytes = world.store.geometry(details.plan.geometry).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(&b"drawing"[..]));
    assert_eq!(world.store.geometry(ContentHash::of(b"other")).await.unwrap(), None);
    let by_name = world.store.seating_plan_by_name(world.venue, "Main hall").await.unwrap();
    assert_eq!(by_name, Some(details.plan));
    assert_eq!(world.store.performance_details(world.id()).await.unwrap(), None);
}

pub async fn lists_go_on_where_the_last_page_ended(world: World) {
    // Some start at the same moment: then the id decides.
    for index in 0..10 {
        let starts_at = NOW.plus_ms(2_000 + index / 3);
        let performance = world.performance(world.id(), world.event, starts_at);
        world.store.put_performance(&performance).await.unwrap();
    }
    let all =
        world.store.performances_of_event(world.event, NOW, PageRequest::default()).await.unwrap();
    assert_eq!((all.items.len(), all.next), (11, None));
    let mut seen = Vec::new();
    let mut page = PageRequest { after: None, limit: Some(4) };
    loop {
        let found = world.store.performances_of_event(world.event, NOW, page).await.unwrap();
        seen.extend(found.items);
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, all.items);
    let later = NOW.plus_ms(2_003);
    let rest = world.store.performances_of_event(world.event, later, page).await.unwrap();
    assert_eq!(rest.items.len(), 1);
    let every = world.store.performances(PageRequest::default()).await.unwrap();
    assert_eq!(every.items.len(), 11);
    let events = world.store.events(world.organisation, PageRequest::default()).await.unwrap();
    assert_eq!(events.items.len(), 1);
}
