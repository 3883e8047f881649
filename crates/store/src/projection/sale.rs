//! What a performance's row says of its sale.

use frontrow_ledger::{
    ChannelId,
    sale::{Access, AreaCapacity, Category, Places, Price, Record, Terms, Window},
};
use frontrow_log::Position;
use serde_json::Value;

use crate::{Error, Result, catalogue::SaleState, entity::performances::Model};

/// Changes the row as a record says. Records that say nothing of it leave it as it is.
pub(super) fn apply(row: &mut Model, record: &Record, position: Position) -> Result<()> {
    match record {
        Record::Defined(terms) => defined(row, terms),
        Record::Repriced(prices) => priced(row, prices),
        Record::WindowsSet(windows) => row.on_sale_from = on_sale_from(windows),
        Record::AreaCapacitySet(area) => resized(row, *area)?,
        Record::Opened => SaleState::Open.as_str().clone_into(&mut row.sale_state),
        Record::Closed => SaleState::Closed.as_str().clone_into(&mut row.sale_state),
        Record::Blocked { places, .. } => row.blocked += count(places),
        Record::Unblocked { places, .. } => row.blocked -= count(places),
        // Holds come and go too often to be shown here, and limits are not shown at all. What was sold and
        // cancelled is counted where orders are written.
        Record::AllocationSet(..)
        | Record::LimitsSet(_)
        | Record::Held { .. }
        | Record::Extended { .. }
        | Record::Removed { .. }
        | Record::Released { .. }
        | Record::Reacquired { .. }
        | Record::CheckedOut { .. }
        | Record::Confirmed { .. }
        | Record::Cancelled { .. } => return Ok(()),
    }
    row.updated_position = super::column(position)?;
    Ok(())
}

fn defined(row: &mut Model, terms: &Terms) {
    let seats: usize = terms.rows.iter().map(|row| row.seats.len()).sum();
    let areas: Vec<u32> = terms.areas.iter().map(|area| area.capacity).collect();
    SaleState::Closed.as_str().clone_into(&mut row.sale_state);
    row.capacity = i64::try_from(seats).unwrap_or(i64::MAX)
        + areas.iter().map(|capacity| i64::from(*capacity)).sum::<i64>();
    row.area_capacities = areas.into();
    row.on_sale_from = on_sale_from(&terms.windows);
    let open_to_all = |(_, category): &(u16, &Category)| category.access == Access::Everyone;
    let public: Vec<u16> =
        (0..).zip(&terms.categories).filter(open_to_all).map(|(id, _)| id).collect();
    row.public_categories = public.into();
    priced(row, &terms.prices);
}

fn priced(row: &mut Model, prices: &[Price]) {
    let public = |price: &&Price| {
        let listed = row.public_categories.as_array();
        listed
            .is_some_and(|list| list.iter().any(|id| id.as_u64() == Some(price.category.0.into())))
    };
    let amounts = || prices.iter().map(|price| price.amount_minor);
    // A wheelchair place, or a companion's that comes free, is not what the event costs.
    let cheapest = prices.iter().filter(public).map(|price| price.amount_minor).min();
    row.price_from = cheapest.or_else(|| amounts().min());
    row.price_to = amounts().max();
}

fn resized(row: &mut Model, area: AreaCapacity) -> Result<()> {
    let slot = row.area_capacities.get_mut(usize::from(area.area.0));
    let slot = slot.ok_or(Error::corrupt("performances", "area_capacities"))?;
    let before = slot.as_i64().ok_or(Error::corrupt("performances", "area_capacities"))?;
    row.capacity += i64::from(area.capacity) - before;
    *slot = Value::from(area.capacity);
    Ok(())
}

/// When the first window for the shop's pages opens; `None` if one is open from the start, or none is needed.
fn on_sale_from(windows: &[Window]) -> Option<i64> {
    let mut opens = windows
        .iter()
        .filter(|window| {
            window.channels.as_ref().is_none_or(|channels| channels.contains(&ChannelId::WEB))
        })
        .map(|window| window.opens.map(|at| at.0));
    let first = opens.next()??;
    opens.try_fold(first, |first, opens| Some(first.min(opens?)))
}

fn count(places: &Places) -> i64 {
    let areas: i64 = places.areas.iter().map(|(_, places)| i64::from(*places)).sum();
    i64::try_from(places.seats.len()).unwrap_or(i64::MAX) + areas
}
