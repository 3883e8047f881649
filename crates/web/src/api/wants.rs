//! What a hold asks for, in the organiser's words, turned into the ledger's numbers.

use frontrow_ledger::{
    AreaId, CategoryId, SeatId, TicketTypeId, limits::PLACES_PER_HOLD_MAX, sale::Want as LedgerWant,
};
use frontrow_shop::offer::Offer;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Problem;

/// What a hold asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Want {
    /// These very seats.
    Seats(Vec<WantedSeat>),
    /// The best adjacent seats of a category, one per ticket type. In a wheelchair category each is
    /// a wheelchair place and the companion place beside it.
    Best(WantedBest),
    /// Places of a standing area, one per ticket type.
    Area(WantedArea),
}

/// A picked seat.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedSeat {
    /// Number of the seat in the seat map.
    pub seat: u32,
    /// Key of the ticket type.
    #[schema(example = "adult")]
    pub ticket_type: String,
}

/// Seats that the shop picks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedBest {
    /// Key of the category.
    #[schema(example = "Front")]
    pub category: String,
    /// Keys of ticket types, as many as seats.
    pub ticket_types: Vec<String>,
    /// Whether the party may sit apart when nothing else is left.
    #[serde(default)]
    pub may_split: bool,
}

/// Places without numbers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedArea {
    /// Key of the area.
    #[schema(example = "Floor standing")]
    pub area: String,
    /// Keys of ticket types, as many as places.
    pub ticket_types: Vec<String>,
}

/// Names become numbers; a name that the sale does not know is a fault with its place.
pub fn read(offer: &Offer, wants: Vec<Want>) -> Result<Vec<LedgerWant>, Problem> {
    if wants.len() > PLACES_PER_HOLD_MAX {
        let detail = format!("has {}, at most {PLACES_PER_HOLD_MAX} are allowed", wants.len());
        return Err(Problem::fault("/wants", "too-many", detail));
    }
    let read = |(index, want)| one(offer, &format!("/wants/{index}"), want);
    wants.into_iter().enumerate().map(read).collect()
}

fn one(offer: &Offer, at: &str, want: Want) -> Result<LedgerWant, Problem> {
    match want {
        Want::Seats(seats) => {
            let seats = bounded(at, seats)?.into_iter().enumerate().map(|(index, wanted)| {
                let at = format!("{at}/seats/{index}/ticket_type");
                ticket_type(offer, &at, &wanted.ticket_type).map(|id| (SeatId(wanted.seat), id))
            });
            Ok(LedgerWant::Seats(seats.collect::<Result<_, _>>()?))
        }
        Want::Best(best) => Ok(LedgerWant::Best {
            category: category(offer, &format!("{at}/best/category"), &best.category)?,
            ticket_types: ticket_types(offer, &format!("{at}/best"), best.ticket_types)?,
            may_split: best.may_split,
        }),
        Want::Area(wanted) => Ok(LedgerWant::Area {
            area: area(offer, &format!("{at}/area/area"), &wanted.area)?,
            ticket_types: ticket_types(offer, &format!("{at}/area"), wanted.ticket_types)?,
        }),
    }
}

fn bounded<T>(at: &str, list: Vec<T>) -> Result<Vec<T>, Problem> {
    if list.len() <= PLACES_PER_HOLD_MAX {
        return Ok(list);
    }
    let detail = format!("has {}, at most {PLACES_PER_HOLD_MAX} are allowed", list.len());
    Err(Problem::fault(at, "too-many", detail))
}

fn ticket_types(offer: &Offer, at: &str, keys: Vec<String>) -> Result<Vec<TicketTypeId>, Problem> {
    let keys = bounded(&format!("{at}/ticket_types"), keys)?;
    let read = |(index, key): (usize, &String)| {
        ticket_type(offer, &format!("{at}/ticket_types/{index}"), key)
    };
    keys.iter().enumerate().map(read).collect()
}

/// A ticket type by its key.
pub fn ticket_type(offer: &Offer, at: &str, key: &str) -> Result<TicketTypeId, Problem> {
    let keys = offer.ticket_types.iter().map(|label| label.key.as_str());
    position(keys, key).map(TicketTypeId).ok_or_else(|| unknown(at, "ticket type"))
}

/// A category by its key.
pub fn category(offer: &Offer, at: &str, key: &str) -> Result<CategoryId, Problem> {
    let keys = offer.categories.iter().map(|label| label.key.as_str());
    position(keys, key).map(CategoryId).ok_or_else(|| unknown(at, "category"))
}

fn area(offer: &Offer, at: &str, key: &str) -> Result<AreaId, Problem> {
    let keys = offer.areas.iter().map(|label| label.key.as_str());
    position(keys, key).map(AreaId).ok_or_else(|| unknown(at, "area"))
}

fn position<'k>(mut keys: impl Iterator<Item = &'k str>, key: &str) -> Option<u16> {
    keys.position(|known| known == key).and_then(|index| u16::try_from(index).ok())
}

fn unknown(at: &str, what: &str) -> Problem {
    Problem::fault(at, "unknown-reference", format!("is no {what} of this sale"))
}
