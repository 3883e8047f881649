//! What tells two commands apart that came with one id.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// The first 64 bits of SHA-256 over the [postcard](https://postcard.jamesmunns.com/wire-format) of a command, the
/// encoding in which the log keeps records. The log keeps fingerprints too: another release must find the same one for
/// the same command, or it takes a retry across an upgrade for another question and refuses it.
pub(crate) fn fingerprint(command: &impl Serialize) -> Result<u64> {
    let bytes = postcard::to_allocvec(command)
        .map_err(|error| Error::Broken("the fingerprint of a command", error.into()))?;
    let digest = Sha256::digest(bytes);
    let (first, _) = digest.split_first_chunk::<8>().expect("SHA-256 has 32 bytes");
    Ok(u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use frontrow_ledger::{
        AllocationId, AreaId, BlockId, BuyerKey, CategoryId, ChannelId, HoldId, OrderId, SeatId,
        TicketTypeId, Time,
        sale::{
            Access, Allocation, Area, AreaCapacity, BlockKind, Category, Command, Currency,
            HoldTimes, OrderLimits, Places, Point, Price, Row, Seat, Terms, Want, Window,
        },
    };

    use super::fingerprint;

    const HOLD: HoldId = HoldId(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10);
    const ORDER: OrderId = OrderId(7);
    const BLOCK: BlockId = BlockId(8);
    const CATEGORY: CategoryId = CategoryId(1);
    const TICKET_TYPE: TicketTypeId = TicketTypeId(2);
    const LIMITS: OrderLimits = OrderLimits { per_order: 6, per_buyer: Some(8) };
    const PRICE: Price =
        Price { category: CATEGORY, ticket_type: TICKET_TYPE, amount_minor: 159_000 };

    /// Of [`commands`], in their order.
    const FIRST_RELEASE: [u64; 20] = [
        0xfa9f_62e1_aa5f_0c0d,
        0x8d01_3407_d9a5_0724,
        0x88db_010d_ab97_323d,
        0x9047_08fa_5673_9d50,
        0x18c2_4df1_058e_2b45,
        0x7065_d524_5ea4_48b2,
        0x6758_6e98_fad2_7da0,
        0xca35_8758_f6d2_7e6c,
        0xb8e4_0787_8259_dc8a,
        0x5c32_3705_df19_0ab8,
        0x47dc_9e1a_5ca0_3fbf,
        0xc410_d4dd_85fa_b224,
        0x8ea6_bc51_5025_0af2,
        0x9a6a_cf2e_9be6_9193,
        0x1805_fb33_b3e5_2559,
        0x7727_5f60_a2fe_7dc0,
        0x4e13_12ff_b6a3_1f15,
        0xdaf5_65dd_02bd_447c,
        0x73b2_207a_6856_7986,
        0x4bc9_b093_3af2_7f9c,
    ];

    /// One command of every kind with the fingerprint that the first release gave it. A line that fails was changed by
    /// whoever changed the command: append to it instead, and add a line here.
    #[test]
    fn a_retry_is_recognised_by_every_later_release() {
        let found: Vec<u64> = commands().iter().map(|one| fingerprint(one).unwrap()).collect();
        assert_eq!(found, FIRST_RELEASE);
    }

    #[test]
    fn the_encoding_is_the_one_that_the_log_keeps() {
        // The number of the variant, then the hold as a varint.
        let bytes = postcard::to_allocvec(&Command::Extend { hold: HoldId(300) }).unwrap();
        assert_eq!(bytes, [11, 0xac, 0x02]);
    }

    fn commands() -> Vec<Command> {
        let places = Places { seats: vec![SeatId(3)], areas: vec![(AreaId(4), 5)] };
        vec![
            Command::Define(Arc::new(terms())),
            Command::Reprice(vec![PRICE]),
            Command::SetAllocation(AllocationId(1), allocation()),
            Command::SetWindows(vec![window()]),
            Command::SetLimits(LIMITS),
            Command::SetAreaCapacity(AreaCapacity { area: AreaId(1), capacity: 90 }),
            Command::Open,
            Command::Close,
            Command::Block {
                block: BLOCK,
                kind: BlockKind::Promoter,
                reason: "guest list".to_owned(),
                places: places.clone(),
            },
            Command::Unblock { block: BLOCK, places: Some(places) },
            Command::Unblock { block: BLOCK, places: None },
            Command::Hold { hold: HOLD, channel: ChannelId::WEB, wants: wants() },
            Command::Extend { hold: HOLD },
            Command::Remove { hold: HOLD, positions: vec![0, 300] },
            Command::Release { hold: HOLD },
            Command::Reacquire { hold: HOLD },
            Command::Checkout { hold: HOLD, order: ORDER, buyer: BuyerKey(9) },
            Command::Confirm { hold: HOLD, order: ORDER },
            Command::Cancel { order: ORDER, positions: Some(vec![1]) },
            Command::Cancel { order: ORDER, positions: None },
        ]
    }

    fn wants() -> Vec<Want> {
        let ticket_types = vec![TICKET_TYPE, TicketTypeId(3)];
        vec![
            Want::Seats(vec![(SeatId(17_000), TICKET_TYPE)]),
            Want::Best { category: CATEGORY, ticket_types: ticket_types.clone(), may_split: true },
            Want::Area { area: AreaId(1), ticket_types },
        ]
    }

    fn allocation() -> Allocation {
        Allocation {
            limit: 4,
            categories: Some(vec![CATEGORY]),
            ticket_types: None,
            channels: Some(vec![ChannelId::API]),
        }
    }

    fn window() -> Window {
        Window {
            channels: None,
            ticket_types: Some(vec![TICKET_TYPE]),
            opens: Some(Time(1_800_000_000_000)),
            closes: None,
        }
    }

    fn terms() -> Terms {
        let accesses = [Access::Everyone, Access::Wheelchair, Access::Companion];
        let at = Point { x: -5, y: 1_000 };
        Terms {
            currency: Currency(*b"CZK"),
            categories: accesses.map(|access| Category { access }).to_vec(),
            ticket_types: 4,
            prices: vec![PRICE],
            rows: vec![Row { section: 3, seats: vec![Seat { category: CATEGORY, at }] }],
            areas: vec![Area { category: CATEGORY, capacity: 80, multiple: 2 }],
            focus: Point { x: 1, y: 2 },
            allocations: vec![allocation()],
            windows: vec![window()],
            limits: LIMITS,
            hold: HoldTimes {
                hold_ms: 1,
                jitter_ms: 2,
                extension_ms: 3,
                extensions: 4,
                payment_ms: 5,
                ceiling_ms: 6,
            },
        }
    }
}
