//! Taking places out of sale and returning them.

use crate::{
    BlockId,
    limits::{AREAS_MAX, BLOCK_REASON_BYTES_MAX, BLOCKS_MAX, SEATS_MAX},
    sale::{BlockKind, Book, Places, Record, Refusal, blocks::Block, decide::places},
};

pub(super) fn block(
    book: &Book,
    id: BlockId,
    kind: BlockKind,
    reason: &str,
    places: &Places,
) -> Result<Record, Refusal> {
    if book.blocks.contains_key(&id) {
        return Err(Refusal::BlockTaken);
    }
    if book.blocks.len() >= BLOCKS_MAX || reason.len() > BLOCK_REASON_BYTES_MAX {
        return Err(Refusal::BlockLimit);
    }
    refuse_bad_lists(places)?;
    if let Some(seat) = places.seats.iter().find(|seat| book.stock.seat(**seat).is_none()) {
        return Err(Refusal::UnknownSeat(*seat));
    }
    if let Some((area, _)) = places.areas.iter().find(|(area, _)| book.stock.area(*area).is_none())
    {
        return Err(Refusal::UnknownArea(*area));
    }
    let sorted = places.sorted();
    places::refuse_twice(&sorted.seats)?;
    places::refuse_gone(book, places.seats.iter().copied())?;
    places::refuse_full(book, &sorted.areas)?;
    Ok(Record::Blocked { block: id, kind, reason: reason.to_owned(), places: sorted })
}

pub(super) fn unblock(
    book: &Book,
    id: BlockId,
    places: Option<&Places>,
) -> Result<Record, Refusal> {
    let block = book.blocks.get(&id).ok_or(Refusal::UnknownBlock)?;
    let Some(places) = places else {
        return Ok(Record::Unblocked { block: id, places: block.places.clone() });
    };
    let sorted = places.sorted();
    refuse_not_blocked(block, &sorted)?;
    refuse_bad_lists(places)?;
    places::refuse_twice(&sorted.seats)?;
    Ok(Record::Unblocked { block: id, places: sorted })
}

fn refuse_not_blocked(block: &Block, places: &Places) -> Result<(), Refusal> {
    let seats = places.seats.iter().all(|seat| block.places.has_seat(*seat));
    let areas = places.areas.iter().all(|(area, count)| *count <= block.places.of_area(*area));
    if seats && areas { Ok(()) } else { Err(Refusal::NotBlocked) }
}

fn refuse_bad_lists(places: &Places) -> Result<(), Refusal> {
    if places.is_empty() || places.areas.iter().any(|(_, count)| *count == 0) {
        return Err(Refusal::NothingAsked);
    }
    if places.seats.len() > SEATS_MAX || places.areas.len() > AREAS_MAX {
        return Err(Refusal::TooManyPlaces { limit: SEATS_MAX });
    }
    Ok(())
}
