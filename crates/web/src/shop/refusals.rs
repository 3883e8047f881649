//! Why not, in the visitor's words, and what they can do instead.

use frontrow_ledger::{
    AreaId, CategoryId, SeatId,
    sale::{Place, Refusal},
};
use frontrow_shop::{facts::Facts, ticket::zoned};
use frontrow_words::Language;

use crate::{
    pages::{
        frame::place_text,
        parts::{Flash, Tone},
    },
    shop::labels,
};

/// A refusal as a message for the next page.
pub fn flash(facts: &Facts, refusal: &Refusal, language: Language) -> Flash {
    Flash { tone: Tone::Bad, text: text(facts, refusal, language) }
}

fn text(facts: &Facts, refusal: &Refusal, language: Language) -> String {
    let count = |key: &str, count: u32| language.t1(key, "count", count).into_owned();
    let left = |key: &str, name: String, left: u32| {
        language.t_with(key, [("name", name.into()), ("count", left.into())]).into_owned()
    };
    let category = |id: CategoryId| labels::category(facts, id, language).name;
    let area =
        |id: AreaId| place_text(language, &labels::place(&facts.place(Place::Area(id)), language));
    match refusal {
        Refusal::SeatsGone(seats) => seats_gone(facts, seats, language),
        Refusal::CategoryFull { category: id, left: l } => left("refusal-full", category(*id), *l),
        Refusal::AreaFull { area: id, left: l } => left("refusal-full", area(*id), *l),
        Refusal::NotTogether { category: id, left: l } => {
            left("refusal-not-together", category(*id), *l)
        }
        Refusal::NotAMultiple { area: id, multiple } => {
            left("refusal-multiple", area(*id), u32::from(*multiple))
        }
        Refusal::OverOrderLimit { limit } => count("refusal-order-limit", u32::from(*limit)),
        Refusal::OverBuyerLimit { limit, .. } => count("refusal-buyer-limit", u32::from(*limit)),
        Refusal::TooManyPlaces { limit } => {
            count("refusal-order-limit", u32::try_from(*limit).unwrap_or(u32::MAX))
        }
        Refusal::AllocationFull { left, .. } => count("refusal-allocation", *left),
        Refusal::NotYetOnSale { opens } => {
            let when = language.date_time(&zoned(facts, *opens));
            language.t1("refusal-not-yet", "when", when).into_owned()
        }
        other => language.t(key(other)).into_owned(),
    }
}

/// The text of a refusal without particulars.
fn key(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoLongerOnSale | Refusal::SaleClosed => "refusal-closed",
        Refusal::NothingAsked => "refusal-nothing",
        Refusal::CompanionAlone(_) => "refusal-companion",
        Refusal::NotForSale { .. } => "refusal-not-for-sale",
        Refusal::HoldExpired => "refusal-expired",
        Refusal::HoldInPayment => "refusal-in-payment",
        Refusal::HoldSold => "refusal-sold",
        Refusal::HoldLive => "refusal-live",
        Refusal::NoMoreExtensions => "refusal-no-more-time",
        Refusal::UnknownHold | Refusal::UnknownPosition(_) => "refusal-unknown-hold",
        Refusal::CommandReused => "refusal-again",
        _ => "refusal-other",
    }
}

fn seats_gone(facts: &Facts, seats: &[SeatId], language: Language) -> String {
    /// More names than this do not help anybody.
    const NAMED_MAX: usize = 6;
    let names: Vec<String> = seats
        .iter()
        .take(NAMED_MAX)
        .map(|seat| labels::place(&facts.place(Place::Seat(*seat)), language))
        .map(|place| place_text(language, &place))
        .collect();
    let more = if seats.len() > NAMED_MAX { "; …" } else { "" };
    let places = format!("{}{more}", names.join("; "));
    language
        .t_with(
            "refusal-seats-gone",
            [
                ("count", u32::try_from(seats.len()).unwrap_or(u32::MAX).into()),
                ("places", places.into()),
            ],
        )
        .into_owned()
}
