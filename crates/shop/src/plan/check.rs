//! From what a plan file says to a [`Plan`], naming every fault by its place.

use std::collections::{HashMap, HashSet};

use frontrow_ledger::{
    limits::{CATEGORIES_MAX, ROW_SEATS_MAX, ROWS_MAX, SEATS_MAX},
    sale::Point,
};

use super::{
    Colour, Plan, PlanCategory, PlanRow, PlanSeat, PlanZone,
    file::{CategoryFile, PlanFile, PositionFile, RowFile, SeatFile, SizeFile, ZoneFile},
    loose::{Loose, Object},
};
use crate::{
    fault::{At, Faults, Problem, has_control},
    limits::{PLAN_AREAS_MAX, PLAN_POSITION_MAX, PLAN_TEXT_BYTES_MAX, PLAN_ZONES_MAX},
};

mod area;

pub(super) fn plan(file: Loose<Object<PlanFile>>, hash: [u8; 32]) -> Result<Plan, Faults> {
    let mut check = Check::default();
    let plan = check.plan(file, hash);
    check.faults.or(plan)
}

/// What has been seen so far.
#[derive(Default)]
struct Check {
    faults: Faults,
    categories: HashMap<String, u16>,
    guids: HashSet<String>,
    seats: usize,
    rows: usize,
    areas: usize,
}

/// A position in the plan's unit, finite but not yet bounded.
#[derive(Debug, Clone, Copy, Default)]
struct Offset {
    x: f64,
    y: f64,
}

impl Offset {
    fn plus(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }
}

impl Check {
    fn plan(&mut self, file: Loose<Object<PlanFile>>, hash: [u8; 32]) -> Option<Plan> {
        let root = At::ROOT;
        let file = self.object(&root, file)?;
        let name = self.text(&root.key("name"), file.name);
        let categories = self.categories(&root.key("categories"), file.categories);
        let zones = self.zones(&root.key("zones"), file.zones);
        let size = match file.size {
            Loose::Missing => zones.as_ref().map(|zones| bounds(zones)),
            given => self.size(&root.key("size"), given),
        };
        Some(Plan { name: name?, size: size?, categories: categories?, zones: zones?, hash })
    }

    fn categories(
        &mut self,
        at: &At<'_>,
        list: Loose<Vec<Loose<Object<CategoryFile>>>>,
    ) -> Option<Vec<PlanCategory>> {
        let list = self.list(at, list, CATEGORIES_MAX)?;
        let mut categories = Vec::with_capacity(list.len());
        for (index, category) in list.into_iter().enumerate() {
            let at = at.index(index);
            let Some(category) = self.object(&at, category) else { continue };
            let Some(name) = self.text(&at.key("name"), category.name) else { continue };
            let colour = match category.color {
                Loose::Missing => Some(Colour([0x80; 3])),
                Loose::Given(text) => Colour::parse(&text),
                Loose::Wrong => None,
            };
            if colour.is_none() {
                self.faults.push(at.key("color"), Problem::MustBe("a colour like #1a2b3c"));
            }
            let id = u16::try_from(index).ok()?;
            if self.categories.insert(name.clone(), id).is_some() {
                self.faults.push(at.key("name"), Problem::repeats(&name));
            }
            categories.push(PlanCategory { name, colour: colour.unwrap_or(Colour([0; 3])) });
        }
        Some(categories)
    }

    fn zones(
        &mut self,
        at: &At<'_>,
        list: Loose<Vec<Loose<Object<ZoneFile>>>>,
    ) -> Option<Vec<PlanZone>> {
        let list = self.list(at, list, PLAN_ZONES_MAX)?;
        let mut zones = Vec::with_capacity(list.len());
        for (index, zone) in list.into_iter().enumerate() {
            let at = at.index(index);
            if let Some(zone) = self.object(&at, zone) {
                zones.extend(self.zone(&at, zone));
            }
        }
        for (count, limit) in
            [(self.seats, SEATS_MAX), (self.rows, ROWS_MAX), (self.areas, PLAN_AREAS_MAX)]
        {
            if count > limit {
                self.faults.push(at, Problem::TooMany { count, limit });
            }
        }
        if self.seats == 0 && self.areas == 0 && self.faults.is_empty() {
            self.faults.push(at, Problem::Contradiction("has neither seats nor areas"));
        }
        Some(zones)
    }

    /// The editor leaves zones without a name; then there is nothing to say of them.
    fn zone(&mut self, at: &At<'_>, zone: ZoneFile) -> Option<PlanZone> {
        let name = self.optional_text(&at.key("name"), zone.name);
        let offset = self.offset(&at.key("position"), zone.position).unwrap_or_default();
        let rows_at = at.key("rows");
        let row_list = self.optional_list(&rows_at, zone.rows).unwrap_or_default();
        let mut rows = Vec::with_capacity(row_list.len());
        for (index, row) in row_list.into_iter().enumerate() {
            let at = rows_at.index(index);
            if let Some(row) = self.object(&at, row) {
                rows.extend(self.row(&at, offset, row));
            }
        }
        self.rows += rows.len();
        let areas_at = at.key("areas");
        let area_list = self.optional_list(&areas_at, zone.areas).unwrap_or_default();
        self.areas += area_list.len();
        let mut areas = Vec::with_capacity(area_list.len());
        for (index, area) in area_list.into_iter().enumerate() {
            let at = areas_at.index(index);
            if let Some(area) = self.object(&at, area) {
                areas.extend(self.area(&at, offset, area));
            }
        }
        Some(PlanZone { name: name?, rows, areas })
    }

    /// Nothing for a row without seats: the editor leaves some behind, and nobody can sit there.
    fn row(&mut self, at: &At<'_>, zone: Offset, row: RowFile) -> Option<PlanRow> {
        let number = self.text(&at.key("row_number"), row.row_number)?;
        let row_label = self.optional_text(&at.key("row_label"), row.row_label)?;
        let seat_label = self.optional_text(&at.key("seat_label"), row.seat_label)?;
        let label = self.label(&at.key("row_label"), &row_label, "Row %s", &number);
        let offset = zone.plus(self.offset(&at.key("position"), row.position)?);
        let seats_at = at.key("seats");
        let list = self.list(&seats_at, row.seats, ROW_SEATS_MAX)?;
        let mut seats = Vec::with_capacity(list.len());
        for (index, seat) in list.into_iter().enumerate() {
            let at = seats_at.index(index);
            if let Some(seat) = self.object(&at, seat) {
                seats.extend(self.seat(&at, offset, &seat_label, seat));
            }
        }
        self.seats += seats.len();
        (!seats.is_empty()).then_some(PlanRow { label, seats })
    }

    fn seat(
        &mut self,
        at: &At<'_>,
        offset: Offset,
        pattern: &str,
        seat: SeatFile,
    ) -> Option<PlanSeat> {
        let guid = self.text(&at.key("seat_guid"), seat.seat_guid);
        let number = self.text(&at.key("seat_number"), seat.seat_number);
        let point = match seat.position {
            Loose::Missing => {
                self.faults.push(at.key("position"), Problem::Missing);
                None
            }
            given => self.point(&at.key("position"), offset, given),
        };
        let category = self.text(&at.key("category"), seat.category);
        let category = category.and_then(|name| {
            let found = self.categories.get(&name).copied();
            // A plan whose categories are unreadable has said so once; its seats need not repeat it.
            let readable = !self.categories.is_empty() || self.faults.is_empty();
            if found.is_none() && readable {
                self.faults.push(at.key("category"), Problem::unknown("category", &name));
            }
            found
        });
        if let Some(guid) = guid.as_ref().filter(|guid| !self.guids.insert((*guid).clone())) {
            self.faults.push(at.key("seat_guid"), Problem::repeats(guid));
        }
        let label = self.label(&at.key("seat_number"), pattern, "Seat %s", &number?);
        Some(PlanSeat { guid: guid?, label, at: point?, category: category? })
    }

    /// What people say: the number alone where the plan labels as everybody does (the page says "row" in the reader's
    /// language), the plan's own words where it does not.
    fn label(&mut self, at: &At<'_>, pattern: &str, usual: &str, number: &str) -> String {
        if pattern.is_empty() || pattern == usual || pattern == "%s" {
            return number.to_owned();
        }
        let label = pattern.replacen("%s", number, 1);
        if label.len() > PLAN_TEXT_BYTES_MAX {
            self.faults.push(at, Problem::TooLong { limit: PLAN_TEXT_BYTES_MAX });
        }
        label
    }

    // ---- values ----

    fn object<T>(&mut self, at: &At<'_>, value: Loose<Object<T>>) -> Option<T> {
        self.required(at, value, "an object").map(|object| object.0)
    }

    fn list<T>(
        &mut self,
        at: &At<'_>,
        value: Loose<Vec<Loose<Object<T>>>>,
        limit: usize,
    ) -> Option<Vec<Loose<Object<T>>>> {
        let list = self.required(at, value, "a list")?;
        if list.len() > limit {
            self.faults.push(at, Problem::TooMany { count: list.len(), limit });
            return None;
        }
        Some(list)
    }

    /// A list that may be left out; bounded by the totals of the plan.
    fn optional_list<T>(
        &mut self,
        at: &At<'_>,
        value: Loose<Vec<Loose<Object<T>>>>,
    ) -> Option<Vec<Loose<Object<T>>>> {
        match value {
            Loose::Missing => Some(Vec::new()),
            given => self.required(at, given, "a list"),
        }
    }

    fn required<T>(&mut self, at: &At<'_>, value: Loose<T>, what: &'static str) -> Option<T> {
        match value {
            Loose::Given(value) => return Some(value),
            Loose::Missing => self.faults.push(at, Problem::Missing),
            Loose::Wrong => self.faults.push(at, Problem::MustBe(what)),
        }
        None
    }

    fn text(&mut self, at: &At<'_>, value: Loose<String>) -> Option<String> {
        let text = self.required(at, value, "text")?;
        if text.trim().is_empty() {
            self.faults.push(at, Problem::MustBe("text that is not empty"));
            return None;
        }
        self.bounded(at, text)
    }

    fn optional_text(&mut self, at: &At<'_>, value: Loose<String>) -> Option<String> {
        match value {
            Loose::Missing => Some(String::new()),
            given => {
                let text = self.required(at, given, "text")?;
                self.bounded(at, text)
            }
        }
    }

    fn bounded(&mut self, at: &At<'_>, text: String) -> Option<String> {
        let problem = if text.len() > PLAN_TEXT_BYTES_MAX {
            Problem::TooLong { limit: PLAN_TEXT_BYTES_MAX }
        } else if has_control(&text) {
            Problem::ControlCharacters
        } else {
            return Some(text);
        };
        self.faults.push(at, problem);
        None
    }

    /// An offset that may be left out.
    fn offset(&mut self, at: &At<'_>, value: Loose<Object<PositionFile>>) -> Option<Offset> {
        if matches!(value, Loose::Missing) {
            return Some(Offset::default());
        }
        let position = self.object(at, value)?;
        let x = self.required(&at.key("x"), position.x, "a number");
        let y = self.required(&at.key("y"), position.y, "a number");
        Some(Offset { x: x?, y: y? })
    }

    /// An absolute position within the bounds of any plan.
    fn point(
        &mut self,
        at: &At<'_>,
        offset: Offset,
        value: Loose<Object<PositionFile>>,
    ) -> Option<Point> {
        let at_sum = offset.plus(self.offset(at, value)?);
        let point = self.tenths(at, at_sum.x).zip(self.tenths(at, at_sum.y));
        point.map(|(x, y)| Point { x, y })
    }

    fn size(&mut self, at: &At<'_>, value: Loose<Object<SizeFile>>) -> Option<(i32, i32)> {
        let size = self.object(at, value)?;
        let width = self.length(&at.key("width"), size.width);
        let height = self.length(&at.key("height"), size.height);
        width.zip(height)
    }

    fn length(&mut self, at: &At<'_>, value: Loose<f64>) -> Option<i32> {
        let length = self.required(at, value, "a number")?;
        let tenths = self.tenths(at, length)?;
        if tenths <= 0 {
            self.faults.push(at, Problem::MustBe("more than nothing"));
            return None;
        }
        Some(tenths)
    }

    /// Whole tenths of a length that is finite and not absurd.
    fn tenths(&mut self, at: &At<'_>, length: f64) -> Option<i32> {
        // Written so that a number that is none (two infinite offsets may sum to it) is refused as well.
        if length.abs() <= PLAN_POSITION_MAX {
            return Some((length * 10.0).round() as i32);
        }
        self.faults.push(at, Problem::MustBe("at most 100,000 from the origin"));
        None
    }
}

/// The smallest size that has everything inside.
fn bounds(zones: &[PlanZone]) -> (i32, i32) {
    let seats = zones.iter().flat_map(|zone| &zone.rows).flat_map(|row| &row.seats);
    let areas = zones.iter().flat_map(|zone| &zone.areas);
    let corners = seats.map(|seat| seat.at).chain(areas.flat_map(|area| area.shape.corners()));
    corners.fold((1, 1), |(width, height), at| (width.max(at.x), height.max(at.y)))
}
