//! Names become the ids of the ledger; each that fits nothing is a fault.

use std::collections::HashMap;

use frontrow_ledger::{
    AreaId, CategoryId, SeatId, TicketTypeId,
    limits::{AREAS_MAX, CATEGORIES_MAX},
    sale::{Access, Allocation, Area, Category, Places, Point, Price, Row, Seat, Terms, Window},
};
use frontrow_store::Texts;

use super::{AllocationLabel, AreaLabel, Blocked, CategoryLabel, Offer, Sellable, TicketTypeLabel};
use crate::{
    fault::{At, Faults, Problem},
    moment::{Days, Moment},
    plan::{
        Plan, Shape,
        geometry::{DrawnCategory, Geometry, SoldArea},
    },
    spec::{AllocationSpec, BlockSpec, PriceSpec, SaleSpec, WindowSpec},
};

pub(super) fn sellable(plan: &Plan, spec: &SaleSpec) -> Result<Sellable, Faults> {
    let mut build = Build { plan, spec, faults: Faults::default() };
    let categories = build.categories();
    let keys: HashMap<&str, CategoryId> =
        (0..).zip(&categories).map(|(id, c)| (c.name.as_str(), CategoryId(id))).collect();
    let (areas, sold) = build.areas(&keys);
    let mut faults = build.faults;
    let geometry = Geometry::draw(plan, &categories, &sold);
    let labels = labels(spec, &categories, geometry.name());
    let keys = Keys::of(&labels);
    let prices = prices(&keys, &spec.prices, &At::ROOT.key("prices"), &mut faults);
    let list = At::ROOT.key("allocations");
    let allocations = spec.allocations.iter().enumerate();
    let allocations = allocations
        .map(|(index, said)| allocation(&keys, said, &list.index(index), &mut faults))
        .collect();
    let blocks = blocks(plan, spec, &keys, &mut faults);
    faults.or(Some(()))?;

    let access = |category: &DrawnCategory| Category { access: category.access };
    let terms = Terms {
        currency: spec.currency,
        categories: categories.iter().map(access).collect(),
        ticket_types: u16::try_from(spec.ticket_types.len()).unwrap_or(u16::MAX),
        prices,
        rows: rows(plan),
        areas,
        focus: focus(plan),
        allocations,
        windows: Vec::new(),
        limits: spec.limits,
        hold: spec.hold,
    };
    Ok(Sellable { terms, offer: labels, geometry, blocks })
}

fn blocks(plan: &Plan, spec: &SaleSpec, keys: &Keys<'_>, faults: &mut Faults) -> Vec<Blocked> {
    if spec.blocks.is_empty() {
        return Vec::new();
    }
    let (seats, list) = (Seats::of(plan), At::ROOT.key("blocks"));
    let block = |(index, said): (usize, &BlockSpec)| Blocked {
        key: said.key.clone(),
        kind: said.kind,
        reason: said.reason.clone(),
        places: places(&seats, keys, said, &list.index(index), faults),
    };
    spec.blocks.iter().enumerate().map(block).collect()
}

struct Build<'a> {
    plan: &'a Plan,
    spec: &'a SaleSpec,
    faults: Faults,
}

impl Build<'_> {
    /// Those of the plan in its order, then those that only the sale has.
    fn categories(&mut self) -> Vec<DrawnCategory> {
        let at = At::ROOT.key("categories");
        let mut categories: Vec<DrawnCategory> = self
            .plan
            .categories
            .iter()
            .map(|category| DrawnCategory {
                name: category.name.clone(),
                colour: category.colour,
                access: Access::Everyone,
            })
            .collect();
        for (index, said) in self.spec.categories.iter().enumerate() {
            if let Some(category) = categories.iter_mut().find(|known| known.name == said.key) {
                category.access = said.access;
                category.colour = said.colour.unwrap_or(category.colour);
            } else if let Some(colour) = said.colour {
                categories.push(DrawnCategory {
                    name: said.key.clone(),
                    colour,
                    access: said.access,
                });
            } else {
                let problem = Problem::Contradiction(
                    "is no category of the plan; a category of the sale alone needs a colour",
                );
                self.faults.push(at.index(index).key("key"), problem);
            }
        }
        if categories.len() > CATEGORIES_MAX {
            let count = categories.len();
            self.faults.push(at, Problem::TooMany { count, limit: CATEGORIES_MAX });
        }
        categories
    }

    fn areas(&mut self, categories: &HashMap<&str, CategoryId>) -> (Vec<Area>, Vec<SoldArea>) {
        const { assert!(AREAS_MAX <= u16::MAX as usize) };
        let list = At::ROOT.key("areas");
        let (mut areas, mut sold) = (Vec::new(), Vec::<SoldArea>::new());
        for (index, said) in self.spec.areas.iter().enumerate() {
            let at = list.index(index);
            let category = self.category(&at.key("category"), categories, &said.category);
            let found = self.drawn_area(&at.key("key"), &said.key);
            let (Some(category), Some(index)) = (category, found) else { continue };
            areas.push(Area { category, capacity: said.capacity, multiple: said.multiple });
            sold.push(SoldArea { index, category });
        }
        (areas, sold)
    }

    /// By its label if that is unique, else by its id in the plan.
    fn drawn_area(&mut self, at: &At<'_>, key: &str) -> Option<usize> {
        let areas: Vec<_> = self.plan.areas().collect();
        let mut labelled = areas.iter().enumerate().filter(|(_, area)| {
            area.label.as_ref().is_some_and(|label| label.text == key)
                && !matches!(area.shape, Shape::Text(_))
        });
        let found = labelled.next().map(|(index, _)| index);
        if found.is_some() && labelled.next().is_some() {
            let problem = "is the label of several areas of the plan; name it by its uuid";
            self.faults.push(at, Problem::Contradiction(problem));
            return None;
        }
        let found = found.or_else(|| areas.iter().position(|area| area.id == key));
        if found.is_none() {
            self.faults.push(at, Problem::unknown("area", key));
        }
        found
    }

    fn category(
        &mut self,
        at: &At<'_>,
        categories: &HashMap<&str, CategoryId>,
        key: &str,
    ) -> Option<CategoryId> {
        let category = categories.get(key).copied();
        if category.is_none() {
            self.faults.push(at, Problem::unknown("category", key));
        }
        category
    }
}

/// What names stand for.
pub(super) struct Keys<'k> {
    categories: HashMap<&'k str, CategoryId>,
    ticket_types: HashMap<&'k str, TicketTypeId>,
    areas: HashMap<&'k str, AreaId>,
}

impl<'k> Keys<'k> {
    pub(super) fn of(offer: &'k Offer) -> Self {
        let keys = (0..).zip(&offer.categories);
        let areas = (0..).zip(&offer.areas);
        Self {
            categories: keys.map(|(id, label)| (label.key.as_str(), CategoryId(id))).collect(),
            ticket_types: type_ids(offer.ticket_types.iter().map(|label| label.key.as_str())),
            areas: areas.map(|(id, label)| (label.key.as_str(), AreaId(id))).collect(),
        }
    }
}

pub(super) fn prices(
    keys: &Keys<'_>,
    specs: &[PriceSpec],
    at: &At<'_>,
    faults: &mut Faults,
) -> Vec<Price> {
    let mut prices = Vec::with_capacity(specs.len());
    for said in specs {
        let at = at.key(&said.category);
        let category = keys.categories.get(said.category.as_str()).copied();
        if category.is_none() {
            faults.push(at, Problem::unknown("category", &said.category));
        }
        let ticket_type = keys.ticket_types.get(said.ticket_type.as_str()).copied();
        if ticket_type.is_none() {
            let problem = Problem::unknown("ticket type", &said.ticket_type);
            faults.push(at.key(&said.ticket_type), problem);
        }
        let (Some(category), Some(ticket_type)) = (category, ticket_type) else { continue };
        prices.push(Price { category, ticket_type, amount_minor: said.amount_minor });
    }
    prices.sort_by_key(|price| (price.category, price.ticket_type));
    prices
}

pub(super) fn allocation(
    keys: &Keys<'_>,
    said: &AllocationSpec,
    at: &At<'_>,
    faults: &mut Faults,
) -> Allocation {
    let list = at.key("categories");
    let categories = said.categories.as_ref();
    let categories = categories.map(|said| ids(said, &keys.categories, &list, "category", faults));
    let list = at.key("ticket_types");
    let types = said.ticket_types.as_ref();
    let types = types.map(|said| ids(said, &keys.ticket_types, &list, "ticket type", faults));
    let channels = said.channels.clone();
    Allocation { limit: said.limit, categories, ticket_types: types, channels }
}

/// The seats of a plan by their names; read once for many blocks.
pub(super) struct Seats<'p> {
    plan: &'p Plan,
    by_guid: HashMap<&'p str, SeatId>,
}

impl<'p> Seats<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let seats = plan.rows().flat_map(|(_, row)| &row.seats);
        let by_guid = (0..).zip(seats).map(|(id, seat)| (seat.guid.as_str(), SeatId(id)));
        Self { plan, by_guid: by_guid.collect() }
    }
}

pub(super) fn places(
    seats: &Seats<'_>,
    keys: &Keys<'_>,
    said: &BlockSpec,
    at: &At<'_>,
    faults: &mut Faults,
) -> Places {
    let named = ids(&said.seats, &seats.by_guid, &at.key("seats"), "seat", faults);
    let mut places = Places { seats: named, areas: Vec::new() };
    let rows_at = at.key("rows");
    for (index, (zone, row)) in said.rows.iter().enumerate() {
        let whole = row_seats(seats.plan, zone, row);
        if whole.is_empty() {
            faults.push(rows_at.index(index), Problem::unknown("row", row));
        }
        places.seats.extend(whole);
    }
    let areas_at = at.key("areas");
    for (index, (key, count)) in said.areas.iter().enumerate() {
        if let Some(area) = keys.areas.get(key.as_str()) {
            places.areas.push((*area, *count));
        } else {
            let at = areas_at.index(index);
            faults.push(at.key("key"), Problem::unknown("area", key));
        }
    }
    if places.seats.is_empty() && places.areas.is_empty() {
        faults.push(at, Problem::Contradiction("blocks nothing"));
    }
    places.seats.sort_unstable();
    places.seats.dedup();
    places.areas.sort_unstable();
    places
}

/// Every seat of the rows that are called so; labels repeat between zones and sometimes within one.
fn row_seats(plan: &Plan, zone: &str, label: &str) -> Vec<SeatId> {
    let mut seats = Vec::new();
    let mut first = 0;
    for (index, row) in plan.rows() {
        let count = u32::try_from(row.seats.len()).unwrap_or(u32::MAX);
        let called = plan.zones.get(index).is_some_and(|section| section.name == zone);
        if called && row.label == label {
            seats.extend((first..first + count).map(SeatId));
        }
        first += count;
    }
    seats
}

pub(super) fn windows(
    types: &[TicketTypeLabel],
    specs: &[WindowSpec],
    days: &Days,
    at: &At<'_>,
    faults: &mut Faults,
) -> Vec<Window> {
    let types = type_ids(types.iter().map(|label| label.key.as_str()));
    let mut windows = Vec::with_capacity(specs.len());
    for (index, said) in specs.iter().enumerate() {
        let at = at.index(index);
        let kinds = said
            .ticket_types
            .as_ref()
            .map(|keys| ids(keys, &types, &at.key("ticket_types"), "ticket type", faults));
        let mut moment = |key, moment: Option<Moment>| {
            let on = moment.map(|moment| moment.on(days));
            if on == Some(None) {
                faults.push(at.key(key), Problem::MustBe("a day on the calendar"));
            }
            on.flatten()
        };
        let (opens, closes) = (moment("opens", said.opens), moment("closes", said.closes));
        if opens.zip(closes).is_some_and(|(opens, closes)| opens >= closes) {
            faults.push(at, Problem::Contradiction("closes before it opens"));
        }
        windows.push(Window {
            channels: said.channels.clone(),
            ticket_types: kinds,
            opens,
            closes,
        });
    }
    windows
}

fn labels(spec: &SaleSpec, categories: &[DrawnCategory], geometry: String) -> Offer {
    let said = |key: &str| spec.categories.iter().find(|said| said.key == key);
    let category = |category: &DrawnCategory| CategoryLabel {
        key: category.name.clone(),
        name: said(&category.name)
            .and_then(|said| said.name.clone())
            .unwrap_or_else(|| Texts::same(category.name.clone())),
        colour: category.colour.to_string(),
    };
    Offer {
        geometry,
        names_required: spec.names_required,
        categories: categories.iter().map(category).collect(),
        ticket_types: spec
            .ticket_types
            .iter()
            .map(|said| TicketTypeLabel {
                key: said.key.clone(),
                name: said.name.clone(),
                note: said.note.clone(),
            })
            .collect(),
        areas: spec
            .areas
            .iter()
            .map(|said| AreaLabel {
                key: said.key.clone(),
                name: said.name.clone().unwrap_or_else(|| Texts::same(said.key.clone())),
            })
            .collect(),
        allocations: spec
            .allocations
            .iter()
            .map(|said| AllocationLabel { key: said.key.clone(), name: said.name.clone() })
            .collect(),
    }
}

fn rows(plan: &Plan) -> Vec<Row> {
    plan.rows()
        .map(|(zone, row)| Row {
            section: u16::try_from(zone).unwrap_or(u16::MAX),
            seats: row
                .seats
                .iter()
                .map(|seat| Seat { category: CategoryId(seat.category), at: seat.at })
                .collect(),
        })
        .collect()
}

/// The middle of the edge of the stage that faces the seats, or the middle of the plan's upper edge where nothing is
/// called a stage.
fn focus(plan: &Plan) -> Point {
    let (width, height) = plan.size;
    let seats = || plan.rows().flat_map(|(_, row)| &row.seats).map(|seat| seat.at);
    let count = i64::try_from(plan.seats_count()).unwrap_or(i64::MAX).max(1);
    let sum = seats().fold((0_i64, 0_i64), |(x, y), at| (x + i64::from(at.x), y + i64::from(at.y)));
    let stage = plan.areas().find_map(|area| {
        let label = area.label.as_ref()?.text.to_lowercase();
        let stage = ["stage", "jeviště", "pódium", "podium", "bühne"];
        let Shape::Rectangle { at, size } = area.shape else { return None };
        stage.contains(&label.as_str()).then_some((at, size))
    });
    let Some((at, (w, h))) = stage else { return Point { x: width / 2, y: 0 } };
    let middle = Point { x: at.x + w / 2, y: at.y + h / 2 };
    if plan.seats_count() == 0 {
        return Point { x: middle.x, y: if middle.y < height / 2 { at.y + h } else { at.y } };
    }
    // The seats' centre of gravity says which way the stage faces.
    let (dx, dy) = (sum.0 / count - i64::from(middle.x), sum.1 / count - i64::from(middle.y));
    let (w, h) = (i64::from(w), i64::from(h));
    if dy.abs() * w >= dx.abs() * h {
        Point { x: middle.x, y: if dy >= 0 { at.y + size_i32(h) } else { at.y } }
    } else {
        Point { x: if dx >= 0 { at.x + size_i32(w) } else { at.x }, y: middle.y }
    }
}

fn size_i32(size: i64) -> i32 {
    i32::try_from(size).unwrap_or(i32::MAX)
}

fn type_ids<'k>(keys: impl Iterator<Item = &'k str>) -> HashMap<&'k str, TicketTypeId> {
    (0..).zip(keys).map(|(id, key)| (key, TicketTypeId(id))).collect()
}

fn ids<T: Copy>(
    keys: &[String],
    known: &HashMap<&str, T>,
    at: &At<'_>,
    what: &'static str,
    faults: &mut Faults,
) -> Vec<T> {
    let found = keys.iter().enumerate().filter_map(|(index, key)| {
        let id = known.get(key.as_str()).copied();
        if id.is_none() {
            faults.push(at.index(index), Problem::unknown(what, key));
        }
        id
    });
    found.collect()
}
