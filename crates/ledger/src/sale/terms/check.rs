//! What may be wrong with terms, each fault with its place as a JSON pointer.

use crate::{
    CategoryId, TicketTypeId,
    limits::{
        ALLOCATIONS_MAX, AREA_CAPACITY_MAX, AREAS_MAX, CATEGORIES_MAX, COORDINATE_MAX,
        FAULTS_LISTED, HOLD_CEILING_MS_MAX, PLACES_PER_HOLD_MAX, PRICE_MAX, ROW_SEATS_MAX,
        ROWS_MAX, SEATS_MAX, TICKET_TYPES_MAX, WINDOWS_MAX,
    },
    sale::{Access, Allocation, HoldTimes, OrderLimits, Point, Price, Refusal, Terms, Window},
};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer into the terms.
    pub field: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// The first [`FAULTS_LISTED`] faults.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    fn unless(&mut self, right: bool, field: impl FnOnce() -> String, problem: &'static str) {
        if !right && self.0.len() < FAULTS_LISTED {
            self.0.push(Fault { field: field(), problem });
        }
    }
}

impl Terms {
    /// Everything that contradicts itself or the [`limits`](crate::limits); at most
    /// [`FAULTS_LISTED`].
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        all(self, &mut faults);
        faults.0
    }

    /// Refuses with the first fault.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        refuse_faults(|faults| all(self, faults))
    }
}

/// Refuses with the first fault that a check finds.
pub(crate) fn refuse_faults(check: impl FnOnce(&mut Faults)) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    check(&mut faults);
    match faults.0.into_iter().next() {
        Some(Fault { field, problem }) => Err(Refusal::BadTerms { field, problem }),
        None => Ok(()),
    }
}

fn all(terms: &Terms, faults: &mut Faults) {
    let letters = terms.currency.0.iter().all(u8::is_ascii_uppercase);
    faults.unless(letters, || "/currency".into(), "must be three capital letters");
    let (categories, types) = (terms.categories.len(), usize::from(terms.ticket_types));
    let there = (1..=CATEGORIES_MAX).contains(&categories);
    faults.unless(there, || "/categories".into(), "must be 1 to 64 categories");
    let there = (1..=TICKET_TYPES_MAX).contains(&types);
    faults.unless(there, || "/ticket_types".into(), "must be 1 to 64 ticket types");
    prices(terms, &terms.prices, faults);
    seats(terms, faults);
    areas(terms, faults);
    point(terms.focus, || "/focus".into(), faults);
    for (index, one) in terms.allocations.iter().enumerate() {
        allocation(terms, index, one, faults);
    }
    windows(terms, &terms.windows, faults);
    limits(terms.limits, faults);
    hold_times(&terms.hold, faults);
}

fn seats(terms: &Terms, faults: &mut Faults) {
    let (rows, areas) = (terms.rows.len(), terms.areas.len());
    faults.unless(rows + areas > 0, || "/rows".into(), "there are neither seats nor areas");
    faults.unless(rows <= ROWS_MAX, || "/rows".into(), "too many rows");
    let seats: usize = terms.rows.iter().map(|row| row.seats.len()).sum();
    faults.unless(seats <= SEATS_MAX, || "/rows".into(), "too many seats");
    for (r, row) in terms.rows.iter().enumerate() {
        let at = || format!("/rows/{r}/seats");
        faults.unless(!row.seats.is_empty(), at, "the row has no seats");
        faults.unless(row.seats.len() <= ROW_SEATS_MAX, at, "too many seats in one row");
        for (s, seat) in row.seats.iter().enumerate() {
            let at = |field| move || format!("/rows/{r}/seats/{s}/{field}");
            faults.unless(is_category(terms, seat.category), at("category"), NO_CATEGORY);
            point(seat.at, at("at"), faults);
        }
    }
}

fn areas(terms: &Terms, faults: &mut Faults) {
    faults.unless(terms.areas.len() <= AREAS_MAX, || "/areas".into(), "too many areas");
    for (index, area) in terms.areas.iter().enumerate() {
        let at = |field| move || format!("/areas/{index}/{field}");
        faults.unless(is_category(terms, area.category), at("category"), NO_CATEGORY);
        let access = terms.categories.get(usize::from(area.category.0)).map(|known| known.access);
        let alone = access == Some(Access::Companion);
        faults.unless(!alone, at("category"), "companion places are seats beside a wheelchair");
        area_capacity(index, area.capacity, faults);
        let multiple = (1..=PLACES_PER_HOLD_MAX).contains(&usize::from(area.multiple));
        faults.unless(multiple, at("multiple"), "must be 1 to 50");
    }
}

pub(crate) fn area_capacity(area: usize, capacity: u32, faults: &mut Faults) {
    let at = || format!("/areas/{area}/capacity");
    faults.unless(capacity <= AREA_CAPACITY_MAX, at, "too many places");
}

pub(crate) fn prices(terms: &Terms, prices: &[Price], faults: &mut Faults) {
    let mut known = std::collections::BTreeSet::new();
    for (index, price) in prices.iter().enumerate().take(CATEGORIES_MAX * TICKET_TYPES_MAX + 1) {
        let at = |field| move || format!("/prices/{index}{field}");
        faults.unless(is_category(terms, price.category), at("/category"), NO_CATEGORY);
        let there = price.ticket_type.0 < terms.ticket_types;
        faults.unless(there, at("/ticket_type"), NO_TICKET_TYPE);
        let amount = (0..=PRICE_MAX).contains(&price.amount_minor);
        faults.unless(amount, at("/amount_minor"), "must be 0 to 1000000000");
        let new = known.insert((price.category, price.ticket_type));
        faults.unless(new, at(""), "this category and ticket type have a price already");
    }
}

pub(crate) fn allocation(terms: &Terms, index: usize, one: &Allocation, faults: &mut Faults) {
    let at = |field| move || format!("/allocations/{index}{field}");
    faults.unless(index < ALLOCATIONS_MAX, at(""), "too many allocations");
    if let Some(categories) = &one.categories {
        faults.unless(is_list(categories.len()), at("/categories"), BAD_LIST);
        let there = categories.iter().all(|category| is_category(terms, *category));
        faults.unless(there, at("/categories"), NO_CATEGORY);
    }
    ticket_types(terms, one.ticket_types.as_deref(), at("/ticket_types"), faults);
    let channels = one.channels.as_ref().is_none_or(|channels| is_list(channels.len()));
    faults.unless(channels, at("/channels"), BAD_LIST);
}

pub(crate) fn windows(terms: &Terms, windows: &[Window], faults: &mut Faults) {
    faults.unless(windows.len() <= WINDOWS_MAX, || "/windows".into(), "too many windows");
    for (index, window) in windows.iter().enumerate().take(WINDOWS_MAX) {
        let at = |field| move || format!("/windows/{index}{field}");
        ticket_types(terms, window.ticket_types.as_deref(), at("/ticket_types"), faults);
        let channels = window.channels.as_ref().is_none_or(|channels| is_list(channels.len()));
        faults.unless(channels, at("/channels"), BAD_LIST);
        let forwards = window.opens.zip(window.closes).is_none_or(|(opens, closes)| opens < closes);
        faults.unless(forwards, at("/closes"), "must be after it opens");
    }
}

pub(crate) fn limits(limits: OrderLimits, faults: &mut Faults) {
    let per_order = (1..=PLACES_PER_HOLD_MAX).contains(&usize::from(limits.per_order));
    faults.unless(per_order, || "/limits/per_order".into(), "must be 1 to 50");
    faults.unless(limits.per_buyer != Some(0), || "/limits/per_buyer".into(), "must not be 0");
}

fn hold_times(times: &HoldTimes, faults: &mut Faults) {
    let HoldTimes { hold_ms, jitter_ms, extension_ms, payment_ms, ceiling_ms, extensions: _ } =
        *times;
    let ceiling = (1..=HOLD_CEILING_MS_MAX).contains(&ceiling_ms);
    faults.unless(ceiling, || "/hold/ceiling_ms".into(), "must be 1 ms to 24 h");
    let held = (1..=ceiling_ms).contains(&hold_ms);
    faults.unless(held, || "/hold/hold_ms".into(), "must be 1 ms to the ceiling");
    for (field, ms) in
        [("jitter_ms", jitter_ms), ("extension_ms", extension_ms), ("payment_ms", payment_ms)]
    {
        let right = (0..=ceiling_ms).contains(&ms);
        faults.unless(right, || format!("/hold/{field}"), "must be 0 to the ceiling");
    }
}

fn ticket_types(
    terms: &Terms,
    listed: Option<&[TicketTypeId]>,
    at: impl Fn() -> String,
    faults: &mut Faults,
) {
    let Some(listed) = listed else { return };
    faults.unless(is_list(listed.len()), &at, BAD_LIST);
    let there = listed.iter().all(|ticket_type| ticket_type.0 < terms.ticket_types);
    faults.unless(there, &at, NO_TICKET_TYPE);
}

fn point(point: Point, at: impl FnOnce() -> String, faults: &mut Faults) {
    let near = -COORDINATE_MAX..=COORDINATE_MAX;
    let right = near.contains(&point.x) && near.contains(&point.y);
    faults.unless(right, at, "too far from the origin");
}

fn is_category(terms: &Terms, category: CategoryId) -> bool {
    usize::from(category.0) < terms.categories.len()
}

/// All 256 channels fit, and so does any list of categories or ticket types without repetition.
fn is_list(len: usize) -> bool {
    (1..=256).contains(&len)
}

const NO_CATEGORY: &str = "no such category";
const NO_TICKET_TYPE: &str = "no such ticket type";
const BAD_LIST: &str = "must list 1 to 256, or be left out for all";
