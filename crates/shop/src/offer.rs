//! A plan and what an organiser asks for, brought together: the terms of the ledger, the labels of its numbers, and
//! the drawing.

mod build;

use frontrow_ledger::{
    AreaId, CategoryId, TicketTypeId,
    sale::{Allocation, BlockKind, Places, Price, Terms, Window},
};
use frontrow_store::Texts;
use serde::{Deserialize, Serialize};

use crate::{
    fault::{At, Faults},
    moment::Days,
    plan::{Plan, geometry::Geometry},
    spec::{AllocationSpec, BlockSpec, PriceSpec, SaleSpec, WindowSpec},
};

/// What the ledger's numbers are called; kept with the performance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Names the geometry file.
    pub geometry: String,
    /// Whether every ticket carries a name.
    pub names_required: bool,
    /// By [`CategoryId`].
    pub categories: Vec<CategoryLabel>,
    /// By [`TicketTypeId`].
    pub ticket_types: Vec<TicketTypeLabel>,
    /// By [`AreaId`].
    pub areas: Vec<AreaLabel>,
    /// By [`AllocationId`](frontrow_ledger::AllocationId).
    pub allocations: Vec<AllocationLabel>,
}

/// A category as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryLabel {
    /// What the organiser calls it in files and requests.
    pub key: String,
    /// On pages.
    pub name: Texts,
    /// `#rrggbb`.
    pub colour: String,
}

/// A ticket type as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketTypeLabel {
    /// What the organiser calls it in files and requests.
    pub key: String,
    /// On pages.
    pub name: Texts,
    /// Who may buy it; may be empty.
    pub note: Texts,
}

/// An area as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaLabel {
    /// What the organiser calls it in files and requests.
    pub key: String,
    /// On pages.
    pub name: Texts,
}

/// An allocation as colleagues read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocationLabel {
    /// What the organiser calls it in files and requests.
    pub key: String,
    /// For colleagues.
    pub name: Texts,
}

impl Offer {
    /// A category's label.
    pub fn category(&self, id: CategoryId) -> Option<&CategoryLabel> {
        self.categories.get(usize::from(id.0))
    }

    /// A ticket type's label.
    pub fn ticket_type(&self, id: TicketTypeId) -> Option<&TicketTypeLabel> {
        self.ticket_types.get(usize::from(id.0))
    }

    /// An area's label.
    pub fn area(&self, id: AreaId) -> Option<&AreaLabel> {
        self.areas.get(usize::from(id.0))
    }

    /// The windows of a performance, with ticket types by number and moments on the world's clock.
    pub(crate) fn windows(
        &self,
        specs: &[WindowSpec],
        days: &Days,
        at: &At<'_>,
        faults: &mut Faults,
    ) -> Vec<Window> {
        build::windows(&self.ticket_types, specs, days, at, faults)
    }
}

/// Prices by number.
pub(crate) fn prices(
    offer: &Offer,
    specs: &[PriceSpec],
    at: &At<'_>,
    faults: &mut Faults,
) -> Vec<Price> {
    build::prices(&build::Keys::of(offer), specs, at, faults)
}

/// An allocation by number.
pub(crate) fn allocation(
    offer: &Offer,
    spec: &AllocationSpec,
    at: &At<'_>,
    faults: &mut Faults,
) -> Allocation {
    build::allocation(&build::Keys::of(offer), spec, at, faults)
}

/// Places of a block by number.
pub(crate) fn places(
    plan: &Plan,
    offer: &Offer,
    spec: &BlockSpec,
    at: &At<'_>,
    faults: &mut Faults,
) -> Places {
    build::places(&build::Seats::of(plan), &build::Keys::of(offer), spec, at, faults)
}

/// Everything that selling needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Sellable {
    /// For the ledger; windows are still empty, they depend on the performance's day.
    pub terms: Terms,
    /// What its numbers are called.
    pub offer: Offer,
    /// What the seat map draws.
    pub geometry: Geometry,
    /// Places that are not for sale.
    pub blocks: Vec<Blocked>,
}

/// Places that are not for sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// What the organiser calls the block.
    pub key: String,
    /// Whose.
    pub kind: BlockKind,
    /// A note for colleagues.
    pub reason: String,
    /// Which.
    pub places: Places,
}

impl Sellable {
    /// Brings a plan and a spec together, or says everything that does not fit.
    pub fn new(plan: &Plan, spec: &SaleSpec) -> Result<Self, Faults> {
        build::sellable(plan, spec)
    }
}
