//! Sale files: the samples become what the ledger sells; what is wrong with a file is named by its place, all at once.

#![expect(clippy::unwrap_used, reason = "tests")]

use frontrow_ledger::{
    AreaId, CategoryId, SeatId, TicketTypeId,
    sale::{Access, BlockKind, Point, Price},
};
use frontrow_shop::{
    fault::{Faults, Problem},
    limits::SALE_FILE_BYTES_MAX,
    offer::Sellable,
    plan::Plan,
    sale_file::{SaleFile, SaleFileError},
};

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

macro_rules! sample {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../samples/", $name, ".toml")),
            include_bytes!(concat!("../../../samples/", $name, ".json")),
        )
    };
}

const SAMPLES: [(&str, &[u8], &[u8]); 4] =
    [sample!("arena"), sample!("club"), sample!("field"), sample!("theatre")];

// ---- the samples ----

#[test]
fn every_sample_can_be_sold() {
    for (name, _, _) in SAMPLES {
        let (file, sellable) = load(name);
        assert_eq!(file.venue.zone, "Europe/Prague", "{name}");
        assert_eq!(sellable.terms.currency.code(), "CZK", "{name}");
        let texts = [&file.event.title, &file.event.summary, &file.event.description];
        assert!(texts.iter().all(|text| !text.cs.is_empty() && !text.en.is_empty()), "{name}");
    }
}

#[test]
fn the_field_sells_eighty_thousand_places_on_two_nights() {
    let (file, sale) = load("field");
    let terms = &sale.terms;
    let capacities: Vec<u32> = terms.areas.iter().map(|area| area.capacity).collect();
    assert_eq!(capacities, [8_000, 68_000, 3_800, 400]);
    assert_eq!(terms.areas[3].multiple, 2, "the wheelchair platform is sold in pairs");
    assert_eq!((terms.limits.per_order, terms.limits.per_buyer), (4, Some(4)));
    assert!(sale.offer.names_required);
    assert_eq!(price_range(&sale), (80_000, 230_000));
    assert_eq!(file.performances.len(), 2);
    assert!(terms.rows.is_empty());
    assert_eq!(terms.focus, Point { x: 10_000, y: 2_000 }, "the lower edge of the stage");
}

#[test]
fn the_arena_sells_seats_and_standing_places_together() {
    let (_, sale) = load("arena");
    let terms = &sale.terms;
    assert_eq!(terms.rows.iter().map(|row| row.seats.len()).sum::<usize>(), 18_384);
    assert_eq!(terms.areas.len(), 2);
    assert_eq!(sale.offer.categories[8].key, "Golden circle", "only the sale has it");
    assert_eq!(terms.areas[1].category, CategoryId(8));
    assert_eq!(terms.categories[5].access, Access::Wheelchair);
    assert_eq!(terms.categories[6].access, Access::Companion);
    assert_eq!(price_range(&sale), (0, 349_000));
    let desk = &sale.blocks[0];
    assert_eq!((desk.kind, desk.key.as_str()), (BlockKind::Production, "sound-desk"));
    assert!(desk.places.seats.len() >= 40);
    assert_eq!(sale.blocks[1].places.areas, [(AreaId(1), 40)]);
}

#[test]
fn the_play_has_concessions_of_half_the_price() {
    let (file, sale) = load("theatre");
    assert_eq!(file.performances.len(), 9);
    let price = |category, ticket_type| {
        let wanted = (CategoryId(category), TicketTypeId(ticket_type));
        let found = |price: &&Price| (price.category, price.ticket_type) == wanted;
        sale.terms.prices.iter().find(found).map(|price| price.amount_minor)
    };
    for category in 0..5 {
        let full = price(category, 0).unwrap();
        assert!((25_000..=119_000).contains(&full));
        for concession in 1..4 {
            assert_eq!(price(category, concession).unwrap() * 2, full);
        }
        assert_eq!(price(category, 4), None);
    }
    assert_eq!((price(5, 4), price(6, 4)), (Some(45_000), Some(0)), "one price for both");
    assert_eq!(sale.terms.allocations[1].categories, Some(vec![CategoryId(3)]));
    let pillar = ["Second_balcony-6-1", "Second_balcony-6-2"].map(|guid| SeatId(seat(guid)));
    assert_eq!(sale.blocks[1].places.seats, pillar);
}

#[test]
fn the_club_is_cheaper_in_advance() {
    let (file, sale) = load("club");
    assert_eq!(price_range(&sale), (35_000, 45_000));
    assert_eq!(file.sale.windows.len(), 2);
    assert_eq!(sale.terms.rows.len(), 17, "each table is a row, and so is the bar");
    assert!(sale.terms.rows[..16].iter().all(|row| row.seats.len() == 8));
}

// ---- what is wrong ----

const SMALL: &str = r#"
plan = "plan.json"
organisation = "House"
currency = "CZK"
per_order = 6
prices = { I = { adult = 100 } }
ticket_types = [{ key = "adult", name = "Adult" }]
venue = { slug = "v", name = "V", city = "C", country = "CZ", zone = "Europe/Prague" }
event = { slug = "e", genre = "concert", title = "E" }
performances = [{ key = "one", starts = "2030-06-01T20:00" }]
"#;

#[test]
fn the_smallest_file_is_enough() {
    let file = SaleFile::parse(SMALL.as_bytes()).unwrap();
    assert_eq!(file.sale.prices[0].amount_minor, 10_000);
    assert!(file.performances[0].open);
    assert_eq!(file.event.title.get("cs"), "E");
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    let file = SMALL
        .replace("per_order", "colour = 1\nper_order")
        .replace("city =", "town = 'X', city =")
        .replace("starts =", "start = 'now', starts =");
    expect(
        &file,
        &[
            ("/venue/town", Problem::UnknownKey),
            ("/performances/0/start", Problem::UnknownKey),
            ("/colour", Problem::UnknownKey),
        ],
    );
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let faults = faults("");
    let expected = [
        "/plan",
        "/organisation",
        "/venue",
        "/event",
        "/currency",
        "/per_order",
        "/prices",
        "/performances",
    ];
    assert_eq!(pointers(&faults), expected);
}

#[test]
fn impossible_values_are_refused() {
    for (from, to, at) in [
        ("\"CZK\"", "\"JPY\"", "/currency"),
        ("per_order = 6", "per_order = 0", "/per_order"),
        ("per_order = 6", "per_order = 51", "/per_order"),
        ("per_order = 6", "per_order = 2147483648", "/per_order"),
        ("adult = 100", "adult = -1", "/prices/I/adult"),
        ("adult = 100", "adult = 1.5", "/prices/I/adult"),
        ("adult = 100", "adult = nan", "/prices/I/adult"),
        ("adult = 100", "adult = '1.234'", "/prices/I/adult"),
        ("adult = 100", "adult = 9223372036854775807", "/prices/I/adult"),
        ("adult = 100", "adult = { amount = 1, currency = 'EUR' }", "/prices/I/adult/currency"),
        ("Europe/Prague", "Europe/Atlantis", "/venue/zone"),
        ("\"CZ\"", "\"Czechia\"", "/venue/country"),
        ("2030-06-01T20:00", "2030-06-31T20:00", "/performances/0/starts"),
        ("2030-06-01T20:00", "2030-06-01", "/performances/0/starts"),
        (
            "\"2030-06-01T20:00\"",
            "{ in_days = -1, at = '20:00' }",
            "/performances/0/starts/in_days",
        ),
        ("\"2030-06-01T20:00\"", "{ days_before = 1, at = '20:00' }", "/performances/0/starts"),
        ("slug = \"e\"", "slug = \"../etc\"", "/event/slug"),
        ("title = \"E\"", "title = \"a\\u0000b\"", "/event/title"),
        ("title = \"E\"", "title = { cs = '' }", "/event/title"),
        (
            "[{ key = \"one\"",
            "[{ key = \"one\", starts = \"2030-01-01T00:00\" }, { key = \"one\"",
            "/performances/1",
        ),
    ] {
        let file = SMALL.replace(from, to);
        assert_ne!(file, SMALL, "{from}");
        assert_eq!(pointers(&faults(&file))[0], at, "{to}");
    }
}

#[test]
fn amounts_are_whole_or_in_hundredths() {
    for (amount, minor) in [
        ("350", 35_000),
        ("'12.50'", 1_250),
        ("'12'", 1_200),
        ("0", 0),
        ("{ amount = 7, currency = 'CZK' }", 7),
    ] {
        let file = SMALL.replace("adult = 100", &format!("adult = {amount}"));
        let file = SaleFile::parse(file.as_bytes()).unwrap();
        assert_eq!(file.sale.prices[0].amount_minor, minor, "{amount}");
    }
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_its_line() {
    let error = SaleFile::parse(b"plan = 'a'\nplan = 'b'").unwrap_err();
    assert!(
        matches!(&error, SaleFileError::Syntax(text) if text.starts_with("line 2: ")),
        "{error}"
    );
    assert!(matches!(SaleFile::parse(b"\xff\xfe"), Err(SaleFileError::Syntax(_))));
    let deep = format!("a = {}", "[".repeat(10_000));
    assert!(matches!(SaleFile::parse(deep.as_bytes()), Err(SaleFileError::Syntax(_))));
    let large = vec![b'#'; SALE_FILE_BYTES_MAX + 1];
    assert!(matches!(SaleFile::parse(&large), Err(SaleFileError::TooLarge { .. })));
}

#[test]
fn names_that_the_plan_does_not_have_are_all_named() {
    let file = SMALL.replace("I = {", "X = { adult = 1 }, Table = { child = 1 }, I = {")
        + r#"
areas = [{ key = "Floor", category = "Table", capacity = 10 },
         { key = "Dance floor", category = "Gold", capacity = 10 }]
allocations = [{ key = "a", limit = 5, categories = ["Table", "Y"], ticket_types = ["kid"] }]
blocks = [{ key = "b", kind = "kill", seats = ["nobody"], rows = [{ zone = "Bar", row = "Z" }],
            areas = [{ key = "Roof", places = 1 }] },
          { key = "c", kind = "house" }]
categories = [{ key = "Box" }]
"#;
    let file = SaleFile::parse(file.as_bytes()).unwrap();
    let plan = Plan::parse(include_bytes!("../../../samples/club.json")).unwrap();
    let faults = Sellable::new(&plan, &file.sale).unwrap_err();
    let expected = [
        "/categories/0/key",
        "/areas/0/key",
        "/areas/1/category",
        "/prices/I",
        "/prices/Table/child",
        "/prices/X",
        "/allocations/0/categories/1",
        "/allocations/0/ticket_types/0",
        "/blocks/0/seats/0",
        "/blocks/0/rows/0",
        "/blocks/0/areas/0/key",
        "/blocks/0",
        "/blocks/1",
    ];
    assert_eq!(pointers(&faults), expected);
}

// ---- arbitrary files ----

proptest! {
    #[test]
    fn no_mutation_of_a_sample_makes_the_import_panic(
        // All but the arena, whose plan takes longer to read than the others together.
        sample in 1..SAMPLES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..20, edit()), 1..6),
    ) {
        let (_, file, plan) = SAMPLES[sample];
        let mut bytes = file.to_vec();
        for (at, cut, edit) in edits {
            let at = at.index(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, edit);
        }
        if let Ok(file) = SaleFile::parse(&bytes) {
            let _ = Sellable::new(&Plan::parse(plan).unwrap(), &file.sale);
        }
    }
}

/// Noise, or words that mean something somewhere.
fn edit() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "[",
        "]]",
        "{",
        "\"",
        "\n",
        " = ",
        "nan",
        "-1",
        "9223372036854775807",
        "1e400",
        "true",
        "[[blocks]]\n",
        "1979-05-27T07:32:00Z",
        "\u{202e}",
    ]);
    let noise = prop::collection::vec(any::<u8>(), 0..4);
    prop_oneof![noise, words.prop_map(|word| word.as_bytes().to_vec())]
}

// ---- helpers ----

fn load(name: &str) -> (SaleFile, Sellable) {
    let (_, file, plan) = SAMPLES.into_iter().find(|sample| sample.0 == name).unwrap();
    let file = SaleFile::parse(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(file.plan, format!("{name}.json"));
    let plan = Plan::parse(plan).unwrap();
    let sellable = Sellable::new(&plan, &file.sale).unwrap_or_else(|e| panic!("{name}: {e}"));
    (file, sellable)
}

fn seat(guid: &str) -> u32 {
    let plan = Plan::parse(include_bytes!("../../../samples/theatre.json")).unwrap();
    let mut seats = plan.rows().flat_map(|(_, row)| &row.seats);
    u32::try_from(seats.position(|seat| seat.guid == guid).unwrap()).unwrap()
}

fn price_range(sale: &Sellable) -> (i64, i64) {
    let prices = || sale.terms.prices.iter().map(|price| price.amount_minor);
    (prices().min().unwrap(), prices().max().unwrap())
}

fn faults(file: &str) -> Faults {
    match SaleFile::parse(file.as_bytes()) {
        Err(SaleFileError::Faults(faults)) => faults,
        other => panic!("expected faults, got {other:?}"),
    }
}

fn pointers(faults: &Faults) -> Vec<&str> {
    faults.list().iter().map(|fault| fault.at.as_str()).collect()
}

fn expect(file: &str, expected: &[(&str, Problem)]) {
    let faults = faults(file);
    let list: Vec<(&str, Problem)> =
        faults.list().iter().map(|fault| (fault.at.as_str(), fault.problem.clone())).collect();
    assert_eq!(list, expected);
}
