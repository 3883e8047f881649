//! Newtypes for every id and for time, so that a seat is never taken for an area.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id!(
    /// Unique per command: a retry carries the same one and gets the same answer. Like every
    /// 128-bit id here it is drawn or hashed by the shop, never taken as it is from a stranger, who
    /// could choose ids that collide in a map.
    CommandId(u128)
);
id!(
    /// What one cart holds in one sale. A secret of the cart's owner: who knows it may use it.
    HoldId(u128)
);
id!(
    /// A purchase; also the idempotency key at the payment provider.
    OrderId(u128)
);
id!(
    /// A seat block.
    BlockId(u128)
);
id!(
    /// Who waits: drawn by the fan's own client, or derived by the shop from an account, a mailbox
    /// or a code where the organiser allows one place for each. It is the [`CommandId`] of the join,
    /// so a retry finds its place. A secret of the fan; others see its digest.
    FanKey(u128)
);
id!(
    /// A fan's number in the order of joining, from 0 on without a gap.
    Place(u32)
);
id!(
    /// Who buys, as a keyed hash of the normalised e-mail address: equal for aliases of one
    /// mailbox, meaningless without the key. No personal data enters the log.
    BuyerKey(u128)
);
id!(
    /// Running number of a seat in [`Terms::rows`](crate::sale::Terms::rows), row by row.
    SeatId(u32)
);
id!(
    /// Index into [`Terms::areas`](crate::sale::Terms::areas).
    AreaId(u16)
);
id!(
    /// Index into [`Terms::categories`](crate::sale::Terms::categories).
    CategoryId(u16)
);
id!(
    /// Index into [`Terms::ticket_types`](crate::sale::Terms::ticket_types).
    TicketTypeId(u16)
);
id!(
    /// Index into [`Terms::allocations`](crate::sale::Terms::allocations).
    AllocationId(u16)
);
id!(
    /// Through which door a purchase comes.
    ChannelId(u8)
);

impl Place {
    /// As an index into a table of all places.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl SeatId {
    /// As an index into a table of all seats.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The seat at an index of a table of all seats.
    pub fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

impl ChannelId {
    /// The shop's pages.
    pub const WEB: Self = Self(0);
    /// Tills.
    pub const BOX_OFFICE: Self = Self(1);
    /// Partners that sell over the API.
    pub const API: Self = Self(2);
    /// Fans with a presale code.
    pub const PRESALE: Self = Self(3);
}

id!(
    /// Milliseconds since the Unix epoch, UTC.
    Time(i64)
);

impl Time {
    /// This moment and so many milliseconds more; stays at the end of time rather than wrapping.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative if `earlier` is later.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
