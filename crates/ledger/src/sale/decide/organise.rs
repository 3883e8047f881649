//! What the organiser changes while the sale runs.

use crate::{
    AllocationId,
    sale::{
        Allocation, AreaCapacity, Book, OrderLimits, Price, Record, Refusal, Window, terms::check,
    },
};

pub(super) fn reprice(book: &Book, prices: &[Price]) -> Result<Record, Refusal> {
    check::refuse_faults(|faults| check::prices(&book.terms, prices, faults))?;
    Ok(Record::Repriced(prices.to_vec()))
}

pub(super) fn set_allocation(
    book: &Book,
    id: AllocationId,
    allocation: &Allocation,
) -> Result<Record, Refusal> {
    check::refuse_faults(|faults| {
        check::allocation(&book.terms, usize::from(id.0), allocation, faults);
    })?;
    if usize::from(id.0) > book.terms.allocations.len() {
        return Err(Refusal::UnknownAllocation(id));
    }
    Ok(Record::AllocationSet(id, allocation.clone()))
}

pub(super) fn set_windows(book: &Book, windows: &[Window]) -> Result<Record, Refusal> {
    check::refuse_faults(|faults| check::windows(&book.terms, windows, faults))?;
    Ok(Record::WindowsSet(windows.to_vec()))
}

pub(super) fn set_limits(limits: OrderLimits) -> Result<Record, Refusal> {
    check::refuse_faults(|faults| check::limits(limits, faults))?;
    Ok(Record::LimitsSet(limits))
}

pub(super) fn set_area_capacity(book: &Book, change: AreaCapacity) -> Result<Record, Refusal> {
    let AreaCapacity { area, capacity } = change;
    check::refuse_faults(|faults| check::area_capacity(usize::from(area.0), capacity, faults))?;
    let totals = book.stock.area(area).ok_or(Refusal::UnknownArea(area))?;
    if capacity < totals.taken() {
        return Err(Refusal::AreaInUse { area, taken: totals.taken() });
    }
    Ok(Record::AreaCapacitySet(change))
}
