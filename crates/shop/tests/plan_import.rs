//! Seating plans from friends and strangers: the samples become what the ledger sells, and every hostile file is
//! refused with all of its faults named.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fmt::Write as _, io::Write as _};

use frontrow_ledger::{
    AreaId, CategoryId, SeatId,
    sale::{Access, Point},
};
use frontrow_shop::{
    fault::{Faults, Problem},
    limits::{FAULTS_MAX, PLAN_BYTES_MAX},
    plan::{
        Plan, PlanError, Shape,
        geometry::{DrawnCategory, Geometry, PlaceNames, SeatName, SoldArea},
    },
};
use proptest::prelude::{any, prop, proptest};
use serde_json::{Value, json};

const ARENA: &[u8] = include_bytes!("../../../samples/arena.json");
const CLUB: &[u8] = include_bytes!("../../../samples/club.json");
const FIELD: &[u8] = include_bytes!("../../../samples/field.json");
const THEATRE: &[u8] = include_bytes!("../../../samples/theatre.json");

// ---- the samples ----

#[test]
fn the_samples_have_the_seats_and_areas_that_they_are_said_to_have() {
    for (bytes, seats, zones, areas) in
        [(ARENA, 18_384, 102, 3), (THEATRE, 1_072, 5, 1), (CLUB, 140, 3, 2), (FIELD, 0, 1, 5)]
    {
        let plan = Plan::parse(bytes).unwrap();
        assert_eq!(plan.seats_count(), seats, "{}", plan.name);
        assert_eq!(plan.zones.len(), zones, "{}", plan.name);
        assert_eq!(plan.areas().count(), areas, "{}", plan.name);
    }
}

#[test]
fn order_in_the_row_is_kept_where_numbers_count_by_two() {
    let plan = Plan::parse(THEATRE).unwrap();
    let (_, row) = plan.rows().next().unwrap();
    let labels: Vec<&str> = row.seats.iter().map(|seat| seat.label.as_str()).collect();
    assert_eq!(labels[..3], ["17", "15", "13"]);
    assert_eq!(labels[8..10], ["1", "2"]);
    assert!(row.seats.is_sorted_by_key(|seat| seat.at.x));
}

#[test]
fn offsets_of_zones_and_rows_are_added_and_odd_labels_are_kept() {
    let mut plan = small();
    plan["zones"][0]["position"] = json!({"x": 100, "y": 50.5});
    plan["zones"][0]["rows"][0]["position"] = json!({"x": 10, "y": -0.5});
    plan["zones"][0]["rows"][0]["row_label"] = json!("Table %s");
    plan["zones"][0]["rows"][0]["seat_label"] = json!("Chair %s");
    let plan = parse(&plan).unwrap();
    let row = &plan.zones[0].rows[0];
    assert_eq!(row.label, "Table A");
    assert_eq!(row.seats[0].label, "Chair 1");
    assert_eq!(row.seats[0].at, Point { x: 1_110, y: 520 });
}

#[test]
fn every_shape_of_area_is_read() {
    let mut plan = small();
    let label =
        json!({"text": "Bar <b>", "size": 12, "color": "#fff", "position": {"x": 1, "y": 2}});
    plan["zones"][0]["areas"] = json!([
        {"shape": "rectangle", "position": {"x": 1, "y": 2}, "rectangle": {"width": 3, "height": 4},
         "rotation": 450, "text": label, "color": "rgba(1,2,3,.5)"},
        {"shape": "circle", "position": {"x": 1, "y": 2}, "circle": {"radius": 3}},
        {"shape": "ellipse", "position": {"x": 1, "y": 2}, "ellipse": {"radius": {"x": 3, "y": 4}}},
        {"shape": "polygon", "position": {"x": 1, "y": 2},
         "polygon": {"points": [{"x": 0, "y": 0}, {"x": 5, "y": 0}, {"x": 0, "y": 5}]}},
        {"shape": "text", "position": {"x": 9, "y": 9}, "text": {"text": ""}},
    ]);
    let plan = parse(&plan).unwrap();
    let at = Point { x: 10, y: 20 };
    let shapes: Vec<&Shape> = plan.areas().map(|area| &area.shape).collect();
    let corner = |x, y| Point { x, y };
    assert_eq!(shapes[0], &Shape::Rectangle { at, size: (30, 40) });
    assert_eq!(shapes[1], &Shape::Circle { at, radius: 30 });
    assert_eq!(shapes[2], &Shape::Ellipse { at, radii: (30, 40) });
    assert_eq!(shapes[3], &Shape::Polygon(vec![corner(10, 20), corner(60, 20), corner(10, 70)]));
    assert_eq!(shapes[4], &Shape::Text(corner(90, 90)));
    let first = plan.areas().next().unwrap();
    assert_eq!((first.rotation, first.fill), (90, None));
    assert_eq!(first.label.as_ref().unwrap().text, "Bar <b>");
    assert_eq!(plan.areas().nth(4).unwrap().label, None);
}

// ---- geometry ----

#[test]
fn geometry_names_every_seat_by_its_running_number() {
    let plan = Plan::parse(THEATRE).unwrap();
    let geometry = Geometry::draw(&plan, &drawn(&plan), &[]);
    let names = PlaceNames::parse(&geometry.bytes).unwrap();
    assert_eq!(names.seats_count(), 1_072);
    let all = plan.rows().flat_map(|(zone, row)| row.seats.iter().map(move |s| (zone, row, s)));
    for (id, (zone, row, seat)) in (0..).zip(all) {
        let expected =
            SeatName { zone: &plan.zones[zone].name, row: &row.label, seat: &seat.label };
        assert_eq!(names.seat(SeatId(id)), Some(expected));
    }
    assert_eq!(names.seat(SeatId(1_072)), None);
    assert_eq!(names.seat(SeatId(u32::MAX)), None);
}

#[test]
fn geometry_tells_areas_that_are_sold_from_those_that_are_drawn() {
    let plan = Plan::parse(FIELD).unwrap();
    let areas = [
        SoldArea { index: 2, category: CategoryId(1) },
        SoldArea { index: 1, category: CategoryId(0) },
    ];
    let geometry = Geometry::draw(&plan, &drawn(&plan), &areas);
    let names = PlaceNames::parse(&geometry.bytes).unwrap();
    assert_eq!(names.area(AreaId(0)), Some("Standing"));
    assert_eq!(names.area(AreaId(1)), Some("Front of stage"));
    assert_eq!(names.area(AreaId(2)), None);
    let file: Value = serde_json::from_slice(&geometry.bytes).unwrap();
    assert_eq!(file["shapes"].as_array().unwrap().len(), 3);
    assert_eq!(file["areas"][0]["shape"]["kind"], "rectangle");
    let again = Geometry::draw(&plan, &drawn(&plan), &areas);
    assert_eq!(geometry.name(), again.name(), "same bytes, same name");
}

#[test]
fn the_geometry_of_the_arena_is_small_enough_for_a_phone() {
    let plan = Plan::parse(ARENA).unwrap();
    let geometry = Geometry::draw(&plan, &drawn(&plan), &[]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&geometry.bytes).unwrap();
    let compressed = gzip.finish().unwrap().len();
    assert!(compressed < 150_000, "{compressed} bytes");
}

// ---- hostile files ----

#[test]
fn two_hundred_megabytes_are_refused_unread() {
    let bytes = vec![b'['; 200 * 1024 * 1024];
    let error = PlanError::TooLarge { bytes: bytes.len(), limit: PLAN_BYTES_MAX };
    assert_eq!(Plan::parse(&bytes), Err(error));
}

#[test]
fn nesting_ten_thousand_deep_is_refused_wherever_it_stands() {
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    for bad in [nested("[", "]"), nested("{\"zones\":[", "]}"), nested("{\"a\":", "}")] {
        assert!(matches!(
            Plan::parse(bad.as_bytes()),
            Err(PlanError::Syntax { .. } | PlanError::Faults(_))
        ));
        let within = format!("{{\"name\":\"x\",\"zones\":{bad}}}");
        assert!(Plan::parse(within.as_bytes()).is_err());
    }
    // Where no key of ours stands, it is skipped without recursion.
    let mut plan = small().to_string();
    plan.insert_str(1, &format!("\"extra\":{},", nested("[", "]")));
    assert!(Plan::parse(plan.as_bytes()).is_ok());
}

#[test]
fn positions_that_are_no_numbers_or_beyond_all_bounds_are_refused() {
    for literal in ["NaN", "Infinity", "1e999", "-1e400"] {
        let text = small().to_string().replacen("{\"x\":1,", &format!("{{\"x\":{literal},"), 1);
        assert!(matches!(Plan::parse(text.as_bytes()), Err(PlanError::Syntax { .. })), "{literal}");
    }
    for value in [json!(1e300), json!(-100_001), json!(u64::MAX)] {
        let mut plan = small();
        plan["zones"][0]["rows"][0]["seats"][1]["position"]["x"] = value;
        let at = "/zones/0/rows/0/seats/1/position";
        expect(&plan, &[(at, Problem::MustBe("at most 100,000 from the origin"))]);
    }
    // Offsets that are finite each but not together.
    let mut plan = small();
    plan["zones"][0]["position"] = json!({"x": 1e308, "y": 0});
    plan["zones"][0]["rows"][0]["position"] = json!({"x": 1e308, "y": 0});
    assert_eq!(faults(&plan).total(), 2);
}

#[test]
fn a_guid_used_twice_is_refused_even_across_zones() {
    let mut plan = small();
    let zone = plan["zones"][0].clone();
    plan["zones"].as_array_mut().unwrap().push(zone);
    expect(
        &plan,
        &[
            ("/zones/1/rows/0/seats/0/seat_guid", Problem::Repeats("A-1".into())),
            ("/zones/1/rows/0/seats/1/seat_guid", Problem::Repeats("A-2".into())),
        ],
    );
}

#[test]
fn categories_must_be_known_unique_and_few() {
    let mut plan = small();
    plan["zones"][0]["rows"][0]["seats"][0]["category"] = json!("Gold");
    let unknown = Problem::Unknown { what: "category", name: "Gold".into() };
    expect(&plan, &[("/zones/0/rows/0/seats/0/category", unknown)]);

    let mut plan = small();
    plan["categories"] = json!([{"name": "I"}, {"name": "I", "color": "red;background:url(x)"}]);
    expect(
        &plan,
        &[
            ("/categories/1/color", Problem::MustBe("a colour like #1a2b3c")),
            ("/categories/1/name", Problem::Repeats("I".into())),
        ],
    );

    let mut plan = small();
    plan["categories"] = (0..65).map(|n| json!({"name": n.to_string()})).collect();
    expect(&plan, &[("/categories", Problem::TooMany { count: 65, limit: 64 })]);
}

#[test]
fn a_plan_without_anywhere_to_be_is_refused() {
    let nothing = Problem::Contradiction("has neither seats nor areas");
    let mut plan = small();
    plan["zones"][0]["rows"][0]["seats"] = json!([]);
    expect(&plan, &[("/zones", nothing.clone())]);
    expect(&json!({"name": "x", "categories": [], "zones": []}), &[("/zones", nothing)]);
}

#[test]
fn too_many_seats_and_rows_are_refused() {
    let row = |row: usize, seats: usize| {
        let seat = |n| {
            json!({"seat_guid": format!("{row}-{n}"), "seat_number": "1", "category": "I",
                   "position": {"x": 1, "y": 1}})
        };
        json!({"row_number": "1", "seats": (0..seats).map(seat).collect::<Value>()})
    };
    let mut plan = small();
    plan["zones"][0]["rows"] = json!([row(0, 256)]);
    let many = Problem::TooMany { count: 256, limit: 255 };
    assert_eq!(faults(&plan).list()[0].problem, many);

    plan["zones"][0]["rows"] = (0..600).map(|n| row(n, 251)).collect();
    expect(&plan, &[("/zones", Problem::TooMany { count: 150_600, limit: 150_000 })]);

    plan["zones"][0]["rows"] = (0..20_001).map(|n| row(n, 1)).collect();
    expect(&plan, &[("/zones", Problem::TooMany { count: 20_001, limit: 20_000 })]);
}

#[test]
fn markup_is_text_and_control_characters_are_refused() {
    let mut plan = small();
    let markup = "<script>alert(1)</script>";
    plan["zones"][0]["name"] = json!(markup);
    let read = parse(&plan).unwrap();
    assert_eq!(read.zones[0].name, markup);
    let geometry = Geometry::draw(&read, &drawn(&read), &[]);
    let names = PlaceNames::parse(&geometry.bytes).unwrap();
    assert_eq!(names.seat(SeatId(0)).unwrap().zone, markup);

    for name in ["a\u{0}b", "line\nbreak", "\u{202e}txet", "\u{1b}[2J"] {
        plan["zones"][0]["name"] = json!(name);
        expect(&plan, &[("/zones/0/name", Problem::ControlCharacters)]);
    }
    plan["zones"][0]["name"] = json!("x".repeat(201));
    expect(&plan, &[("/zones/0/name", Problem::TooLong { limit: 200 })]);
}

#[test]
fn wrong_types_are_all_named_at_once() {
    let plan = json!({
        "name": 5,
        "size": {"width": 0, "height": "tall"},
        "categories": [{"name": "I"}, 7],
        "zones": [
            {"name": "A", "rows": "none"},
            {"name": "B", "rows": [{"row_number": 1, "seats": []}, null]},
            {"name": "C", "rows": [{"row_number": "1", "seats": [
                {"seat_guid": "a", "seat_number": 1, "category": [], "position": {"x": "1"}},
                {"seat_number": "", "category": "I"},
            ]}]},
            {"name": "D", "areas": [{"shape": "star"}, {"shape": "circle", "circle": {"radius": -1}}]},
        ],
    });
    let found: Vec<String> = faults(&plan).list().iter().map(|fault| fault.at.clone()).collect();
    let expected = [
        "/name",
        "/categories/1",
        "/zones/0/rows",
        "/zones/1/rows/0/row_number",
        "/zones/1/rows/1",
        "/zones/2/rows/0/seats/0/seat_number",
        "/zones/2/rows/0/seats/0/position/x",
        "/zones/2/rows/0/seats/0/position/y",
        "/zones/2/rows/0/seats/0/category",
        "/zones/2/rows/0/seats/1/seat_guid",
        "/zones/2/rows/0/seats/1/seat_number",
        "/zones/2/rows/0/seats/1/position",
        "/zones/3/areas/0/shape",
        "/zones/3/areas/1/circle/radius",
        "/size/width",
        "/size/height",
    ];
    assert_eq!(found, expected);
}

#[test]
fn faults_are_counted_but_only_so_many_are_kept() {
    let mut plan = small();
    let seats = plan["zones"][0]["rows"][0]["seats"].as_array_mut().unwrap();
    *seats = (0..200).map(|_| json!({})).collect();
    let found = faults(&plan);
    assert_eq!(found.list().len(), FAULTS_MAX);
    assert_eq!(found.total(), 800);
    assert!(found.to_string().ends_with("... and 750 more"));
}

#[test]
fn pointers_and_quotations_are_short_and_escaped() {
    let mut plan = small();
    plan["zones"][0]["rows"][0]["seats"][0]["category"] = json!("\"x\"".repeat(60));
    let text = faults(&plan).to_string();
    assert!(text.len() < 250, "{text}");
    assert!(text.contains('…'), "{text}");
}

// ---- arbitrary files ----

proptest! {
    #[test]
    fn no_bytes_make_the_import_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = Plan::parse(&bytes);
    }

    #[test]
    fn no_mutation_of_a_sample_makes_the_import_panic(
        theatre in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), edit()), 1..8),
    ) {
        let mut bytes = if theatre { CLUB.to_vec() } else { FIELD.to_vec() };
        for (at, edit) in edits {
            let at = at.index(bytes.len());
            let end = (at + edit.0).min(bytes.len());
            bytes.splice(at..end, edit.1);
        }
        if let Ok(plan) = Plan::parse(&bytes) {
            let geometry = Geometry::draw(&plan, &drawn(&plan), &[]);
            let names = PlaceNames::parse(&geometry.bytes).unwrap();
            assert_eq!(names.seats_count(), plan.seats_count());
        }
    }
}

/// Bytes to remove and bytes to put there: noise, or JSON that fits almost anywhere.
fn edit() -> impl proptest::strategy::Strategy<Value = (usize, Vec<u8>)> {
    let noise = prop::collection::vec(any::<u8>(), 0..4);
    let words = prop::sample::select(vec![
        "{}", "[]", "null", "1e308", "-0.0", "\"\"", "[[[[", "\\u0000", "\"x\":", "true",
        "\u{202e}",
    ]);
    let words = proptest::strategy::Strategy::prop_map(words, |word| word.as_bytes().to_vec());
    (0_usize..40, proptest::prop_oneof![noise, words])
}

// ---- helpers ----

fn small() -> Value {
    json!({
        "name": "Small",
        "categories": [{"name": "I", "color": "#b3123c"}],
        "zones": [{"name": "Stalls", "position": {"x": 0, "y": 0}, "rows": [{
            "row_number": "A", "row_label": "Row %s", "seat_label": "Seat %s", "seats": [
                {"seat_guid": "A-1", "seat_number": "1", "category": "I", "position": {"x": 1, "y": 2}},
                {"seat_guid": "A-2", "seat_number": "2", "category": "I", "position": {"x": 2, "y": 2}},
            ],
        }]}],
    })
}

fn parse(plan: &Value) -> Result<Plan, PlanError> {
    Plan::parse(plan.to_string().as_bytes())
}

fn faults(plan: &Value) -> Faults {
    match parse(plan) {
        Err(PlanError::Faults(faults)) => faults,
        other => panic!("expected faults, got {other:?}"),
    }
}

fn expect(plan: &Value, expected: &[(&str, Problem)]) {
    let found = faults(plan);
    let mut shown = String::new();
    write!(shown, "{found}").unwrap();
    let list: Vec<(&str, Problem)> =
        found.list().iter().map(|fault| (fault.at.as_str(), fault.problem.clone())).collect();
    assert_eq!(list, expected, "{shown}");
}

fn drawn(plan: &Plan) -> Vec<DrawnCategory> {
    let category = |category: &frontrow_shop::plan::PlanCategory| DrawnCategory {
        name: category.name.clone(),
        colour: category.colour,
        access: Access::Everyone,
    };
    plan.categories.iter().map(category).collect()
}
