//! Every refusal: that it comes, its stable code, and which comes first when several apply.

use std::sync::Arc;

use frontrow_ledger::{
    CommandId, Place, Request, Time,
    limits::{MESSAGE_BYTES_MAX, OFFER_CATEGORIES_MAX},
    room::{
        Beacon, Command, DrawTerms, Mode, Offer, Phase, Record, Refusal, Steering, Terms,
        draw::FanDigest,
    },
};

use crate::fixtures::{MINUTE, OPENS, SALE, SEED, STARTS, World, device, gauges, terms};

fn tick_of(world: &World) -> Command {
    Command::Tick { gauges: Some(gauges(world.now())), offer: None }
}

fn enter_as(place: Place, fan: FanDigest) -> Command {
    Command::Enter { place, fan, device: device(place.0) }
}

fn define(terms: Terms) -> Command {
    Command::Define(Arc::new(terms))
}

/// A world in which one fan is in the shop, one has left it, one has their turn and one waits.
fn busy() -> (World, [Place; 4]) {
    let mut world = World::drawn(2_000);
    world.call(3);
    let [inside, left, called] = [0, 1, 2].map(|position| world.place_at(position));
    let waits = world.place_at(1_999);
    world.enter(inside).unwrap();
    world.enter(left).unwrap();
    world.ask(Command::Leave { place: left }).unwrap();
    (world, [inside, left, called, waits])
}

#[test]
fn nothing_happens_before_the_room_is_defined() {
    let nobody = FanDigest([0; 16]);
    for command in [
        Command::Join,
        Command::Draw { seed: None, beacon: None, root: [0; 32] },
        Command::Tick { gauges: None, offer: None },
        enter_as(Place(0), nobody),
        Command::Extend { place: Place(0) },
        Command::Leave { place: Place(0) },
        Command::Pause,
        Command::Resume,
        Command::End,
        Command::Say(None),
        Command::Steer(Steering { rate_per_minute: 1, target: 1, cap: 1 }),
    ] {
        assert_eq!(World::default().ask(command), Err(Refusal::NotDefined));
    }
}

#[test]
fn one_id_for_two_commands_is_noticed_before_anything_else() {
    let (mut world, [inside, ..]) = busy();
    let extend = Command::Extend { place: inside };
    let request = Request { id: CommandId(77), fingerprint: 1, command: extend };
    let first = world.submit(&request).unwrap();
    assert_eq!(world.submit(&request), Ok(first));
    let other = Request { id: CommandId(77), fingerprint: 2, command: Command::Pause };
    assert_eq!(world.submit(&other), Err(Refusal::CommandReused));
}

#[test]
fn impossible_terms_are_refused_with_the_first_fault() {
    let bad = [
        ("/opens", Terms { opens: STARTS.plus_ms(1), ..terms() }),
        ("/ends", Terms { ends: Some(STARTS), ..terms() }),
        (
            "/draw/fallback_after_ms",
            Terms {
                draw: terms().draw.map(|draw| DrawTerms { fallback_after_ms: -1, ..draw }),
                ..terms()
            },
        ),
        (
            "/draw/beacon/name",
            Terms {
                draw: terms().draw.map(|draw| DrawTerms {
                    beacon: Some(Beacon { name: String::new(), round: 1 }),
                    ..draw
                }),
                ..terms()
            },
        ),
        ("/pass/valid_ms", {
            let mut terms = terms();
            terms.pass.valid_ms = 0;
            terms
        }),
        ("/pass/extension_ms", {
            let mut terms = terms();
            terms.pass.extension_ms = i64::MAX;
            terms
        }),
        ("/policy", {
            let mut terms = terms();
            terms.policy.target = terms.policy.cap + 1;
            terms
        }),
    ];
    for (pointer, terms) in bad {
        assert_eq!(terms.faults().len(), 1, "{pointer}");
        let refused = World::default().ask(define(terms.clone()));
        assert!(
            matches!(&refused, Err(Refusal::BadTerms { field, .. }) if field == pointer),
            "{refused:?}"
        );
        // The same when it is changed later.
        assert_eq!(World::drawn(10).ask(define(terms)), refused);
    }
    assert_eq!(terms().faults(), []);
}

#[test]
fn what_fans_rely_on_is_fixed_once_it_happened() {
    let sale = Terms { sale: SALE + 1, ..terms() };
    let resalted = Terms { salt: 1, ..terms() };
    let opens = Terms { opens: OPENS.plus_ms(-1), ..terms() };
    let draw = Terms { draw: None, ..terms() };
    let starts = Terms { starts: STARTS.plus_ms(MINUTE), ..terms() };
    let ends = Terms { ends: Some(STARTS.plus_ms(60 * MINUTE)), ..terms() };
    let fixed = |field| Err(Refusal::TermsFixed { field });
    let accepted = |terms: &Terms| Ok(Record::Defined(Arc::new(terms.clone())));
    let before = World::new(terms());
    let gathering = World::gathered(terms(), 1);
    let drawn = World::drawn(1);
    for (terms, answers) in [
        (&sale, [fixed("/sale"), fixed("/sale"), fixed("/sale")]),
        (&resalted, [fixed("/salt"), fixed("/salt"), fixed("/salt")]),
        (&opens, [accepted(&opens), fixed("/opens"), fixed("/opens")]),
        (&draw, [accepted(&draw), fixed("/draw"), fixed("/draw")]),
        (&starts, [accepted(&starts), accepted(&starts), fixed("/starts")]),
        (&ends, [accepted(&ends), accepted(&ends), accepted(&ends)]),
    ] {
        for (world, answer) in [&before, &gathering, &drawn].into_iter().zip(answers) {
            assert_eq!(world.clone().ask(define(terms.clone())), answer);
        }
    }
    let mut ended = drawn;
    ended.ask(Command::End).unwrap();
    assert_eq!(ended.ask(define(terms())), Err(Refusal::Ended));
    assert_eq!(ended.ask(define(sale)), fixed("/sale"), "the first of the list");
}

#[test]
fn a_join_is_refused_while_nobody_waits_but_never_forgotten() {
    let mut world = World::new(terms());
    assert_eq!(world.join(0), Err(Refusal::NotOpen { opens: OPENS }));
    world.pass_to(OPENS.plus_ms(-1));
    assert_eq!(world.join(0), Err(Refusal::NotOpen { opens: OPENS }));
    world.pass_to(OPENS);
    assert_eq!(world.join(0), Ok(Place(0)));

    let mut off = World::new(Terms { mode: Mode::Off, ..terms() });
    off.pass_to(STARTS);
    assert_eq!(off.join(0), Err(Refusal::NotNeeded));
    assert_eq!(off.phase(), Phase::Off);

    let mut sold_out = World::drawn(5);
    sold_out.pass(100);
    let mut nothing = gauges(sold_out.now());
    nothing.places_free = 0;
    sold_out.ask(Command::Tick { gauges: Some(nothing), offer: None }).unwrap();
    assert_eq!(sold_out.phase(), Phase::SoldOut);
    assert_eq!(sold_out.join(5), Ok(Place(5)), "places may come back");
    assert_eq!(sold_out.join(4), Ok(Place(4)));
    assert_eq!(sold_out.enter(Place(4)), Err(Refusal::SoldOut));

    let mut ended = sold_out;
    ended.ask(Command::End).unwrap();
    assert_eq!(ended.join(6), Err(Refusal::Ended), "comes before sold out");
    assert_eq!(ended.join(4), Ok(Place(4)));
    assert_eq!(ended.enter(Place(4)), Err(Refusal::Ended));
    let tick = tick_of(&ended);
    assert_eq!(ended.ask(tick), Err(Refusal::Ended));
}

#[test]
fn who_comes_in_is_refused_in_this_order() {
    let (mut world, [inside, left, called, waits]) = busy();
    let fan = |world: &World, place| world.line().fan_digest(place).unwrap();
    let nobody = FanDigest([0; 16]);
    let of_another = fan(&world, called);
    assert_eq!(world.ask(enter_as(Place(2_000), nobody)), Err(Refusal::UnknownPlace));
    assert_eq!(world.ask(enter_as(inside, of_another)), Err(Refusal::UnknownPlace));
    assert_eq!(world.enter_with(inside, device(9_999)), Err(Refusal::OtherDevice));
    assert_eq!(world.enter(left), Err(Refusal::TurnOver));
    assert_eq!(world.enter(waits), Err(Refusal::NotYourTurn));
    world.ask(Command::Steer(Steering { rate_per_minute: 600, target: 1, cap: 1 })).unwrap();
    assert_eq!(world.enter(called), Err(Refusal::ShopFull));
    assert_eq!(world.enter(waits), Err(Refusal::NotYourTurn), "comes before the full shop");
    world.ask(Command::Leave { place: inside }).unwrap();
    world.enter(called).unwrap();
    assert_eq!(world.headcount().in_shop, 1);

    let mut gathered = World::gathered(terms(), 3);
    assert_eq!(gathered.enter(Place(0)), Err(Refusal::NotYourTurn));
    gathered.pass_to(STARTS);
    assert_eq!(gathered.phase(), Phase::Draw);
    assert_eq!(gathered.enter(Place(0)), Err(Refusal::NotYourTurn));
}

#[test]
fn who_stays_or_leaves_is_refused_in_this_order() {
    let (mut world, [inside, left, called, _]) = busy();
    for place in [Place(2_000), Place(u32::MAX)] {
        assert_eq!(world.ask(Command::Extend { place }), Err(Refusal::UnknownPlace));
        assert_eq!(world.ask(Command::Leave { place }), Err(Refusal::UnknownPlace));
    }
    for place in [left, called] {
        assert_eq!(world.ask(Command::Extend { place }), Err(Refusal::NotInShop));
        assert_eq!(world.ask(Command::Leave { place }), Err(Refusal::NotInShop));
    }
    world.ask(Command::Extend { place: inside }).unwrap();
    let again = world.ask(Command::Extend { place: inside });
    assert_eq!(again, Err(Refusal::NoMoreExtensions));
}

#[test]
fn a_draw_needs_what_was_announced() {
    let mut early = World::gathered(terms(), 3);
    let mut started = early.clone();
    started.pass_to(STARTS);
    let root = started.line().tree().root();
    let draw = |seed, beacon| Command::Draw { seed, beacon, root };
    assert_eq!(early.ask(draw(Some(SEED), None)), Err(Refusal::NoDraw));
    let mut nobody = World::drawn(0);
    assert_eq!(nobody.ask(draw(Some(SEED), None)), Err(Refusal::NoDraw));
    assert_eq!(nobody.phase(), Phase::Queue);

    let mut world = early;
    world.pass_to(STARTS);
    assert_eq!(world.ask(draw(Some([8; 32]), None)), Err(Refusal::WrongSeed));
    assert_eq!(world.ask(draw(Some(SEED), Some(vec![1]))), Err(Refusal::WrongBeacon));
    let from = STARTS.plus_ms(10 * MINUTE);
    assert_eq!(world.ask(draw(None, None)), Err(Refusal::FallbackLater { from }));
    let mut withheld = world.clone();
    withheld.pass_to(from);
    assert_eq!(withheld.ask(draw(Some([8; 32]), None)), Err(Refusal::WrongSeed));
    withheld.ask(draw(None, None)).unwrap();
    let drawn = world.ask(draw(Some(SEED), None)).unwrap();
    assert_eq!(world.ask(draw(Some(SEED), None)), Ok(drawn), "another replica did the same");
    let other = Command::Draw { seed: Some(SEED), beacon: None, root: [4; 32] };
    assert_eq!(world.ask(other), Err(Refusal::AlreadyDrawn));
    assert_eq!(world.ask(draw(None, None)), Err(Refusal::AlreadyDrawn));
}

#[test]
fn an_announced_beacon_is_waited_for() {
    let mut with_beacon = terms();
    let beacon = Some(Beacon { name: "drand-quicknet".to_owned(), round: 5 });
    with_beacon.draw = with_beacon.draw.map(|draw| DrawTerms { beacon, ..draw });
    let mut world = World::gathered(with_beacon, 3);
    world.pass_to(STARTS);
    let root = world.line().tree().root();
    let draw = |seed, beacon| Command::Draw { seed, beacon, root };
    let from = STARTS.plus_ms(10 * MINUTE);
    assert_eq!(world.ask(draw(Some(SEED), Some(vec![1]))), Err(Refusal::RootUnpublished));
    let published = world.ask(Command::Publish { root }).unwrap();
    assert_eq!(published, Record::Published { places: 3, root });
    assert_eq!(world.ask(Command::Publish { root }), Ok(published), "another replica did the same");
    assert_eq!(world.ask(Command::Publish { root: [3; 32] }), Err(Refusal::WrongRoot));
    assert_eq!(world.line().published(), Some((STARTS, root)));
    let other = Command::Draw { seed: Some(SEED), beacon: Some(vec![1]), root: [3; 32] };
    assert_eq!(world.ask(other), Err(Refusal::WrongRoot));
    assert_eq!(world.ask(draw(Some(SEED), None)), Err(Refusal::FallbackLater { from }));
    assert_eq!(world.ask(draw(None, Some(vec![1]))), Err(Refusal::FallbackLater { from }));
    assert_eq!(world.ask(draw(Some(SEED), Some(vec![1; 129]))), Err(Refusal::WrongBeacon));
    let mut late = world.clone();
    late.pass_to(from);
    late.ask(draw(None, Some(vec![1]))).unwrap();
    world.ask(draw(Some(SEED), Some(vec![1]))).unwrap();
    assert_ne!(late.line().drawn(), world.line().drawn());
}

#[test]
fn a_tick_comes_ten_times_a_second_at_most() {
    let mut world = World::new(terms());
    let tick = tick_of(&world);
    assert_eq!(world.ask(tick), Err(Refusal::NotOpen { opens: OPENS }));
    let mut world = World::drawn(10);
    world.tick().unwrap();
    world.pass(99);
    let tick = tick_of(&world);
    assert_eq!(world.ask(tick), Err(Refusal::TickTooSoon));
    let long = Offer { left: vec![0; OFFER_CATEGORIES_MAX + 1], ..Offer::default() };
    let tick = |offer| Command::Tick { gauges: None, offer: Some(offer) };
    assert_eq!(world.ask(tick(long.clone())), Err(Refusal::TickTooSoon));
    world.pass(1);
    assert_eq!(world.ask(tick(long)), Err(Refusal::OfferTooLong));
    world.ask(tick(Offer::default())).unwrap();
}

#[test]
fn what_the_organiser_says_and_steers_has_bounds() {
    let mut world = World::drawn(1);
    let long = "x".repeat(MESSAGE_BYTES_MAX + 1);
    assert_eq!(world.ask(Command::Say(Some(long))), Err(Refusal::MessageTooLong));
    let steering = Steering { rate_per_minute: 1, target: 2, cap: 1 };
    let refused = world.ask(Command::Steer(steering));
    assert!(matches!(refused, Err(Refusal::BadTerms { .. })), "{refused:?}");
}

#[test]
fn codes_are_stable_and_differ() {
    let codes = [
        (Refusal::CommandReused, "idempotency-key-reused"),
        (Refusal::NotDefined, "room-not-defined"),
        (Refusal::BadTerms { field: String::new(), problem: "" }, "bad-terms"),
        (Refusal::TermsFixed { field: "" }, "terms-fixed"),
        (Refusal::UnknownPlace, "place-unknown"),
        (Refusal::OtherDevice, "other-device"),
        (Refusal::TurnOver, "turn-over"),
        (Refusal::NotInShop, "not-in-shop"),
        (Refusal::NoMoreExtensions, "no-more-extensions"),
        (Refusal::Ended, "room-ended"),
        (Refusal::NotNeeded, "room-not-needed"),
        (Refusal::NotOpen { opens: Time(0) }, "room-not-open"),
        (Refusal::SoldOut, "sold-out"),
        (Refusal::Full, "room-full"),
        (Refusal::NoDraw, "no-draw"),
        (Refusal::AlreadyDrawn, "already-drawn"),
        (Refusal::WrongSeed, "wrong-seed"),
        (Refusal::WrongRoot, "wrong-root"),
        (Refusal::RootUnpublished, "root-unpublished"),
        (Refusal::WrongBeacon, "wrong-beacon"),
        (Refusal::FallbackLater { from: Time(0) }, "fallback-later"),
        (Refusal::TickTooSoon, "tick-too-soon"),
        (Refusal::OfferTooLong, "offer-too-long"),
        (Refusal::MessageTooLong, "message-too-long"),
        (Refusal::NotYourTurn, "not-your-turn"),
        (Refusal::ShopFull, "shop-full"),
    ];
    for (refusal, code) in codes {
        assert_eq!(refusal.code(), code);
    }
}
