//! Why a room says no. A refusal is an answer, not an error: nothing changed and nothing is broken.

use crate::Time;

/// Why not, by precedence: when several apply, the first of this list is the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One command id for two different commands.
    #[error("this command id was used for another command")]
    CommandReused,
    /// Nobody has said how the room works.
    #[error("the waiting room is not defined")]
    NotDefined,
    /// The terms contradict themselves.
    #[error("{field}: {problem}")]
    BadTerms {
        /// JSON pointer into the terms.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// This part of the terms does not change any more: fans rely on it.
    #[error("{field} is fixed")]
    TermsFixed {
        /// JSON pointer into the terms.
        field: &'static str,
    },
    /// No fan has this place, or another one has.
    #[error("no such place")]
    UnknownPlace,
    /// The pass of this place is bound to another device.
    #[error("the pass belongs to another device")]
    OtherDevice,
    /// Their turn is over: they were in the shop and left, or their pass ended.
    #[error("the turn is over")]
    TurnOver,
    /// They are not in the shop.
    #[error("not in the shop")]
    NotInShop,
    /// A pass is extended once.
    #[error("the pass was extended already")]
    NoMoreExtensions,
    /// The room was closed for good.
    #[error("the waiting room has ended")]
    Ended,
    /// Nobody needs to wait.
    #[error("the shop is open to everyone")]
    NotNeeded,
    /// Too early.
    #[error("the waiting room is not open yet")]
    NotOpen {
        /// When it opens.
        opens: Time,
    },
    /// Everything is sold, and nothing is in a cart that might come back.
    #[error("everything is sold")]
    SoldOut,
    /// More fans than any room holds.
    #[error("the waiting room is full")]
    Full,
    /// There is no draw, or not yet.
    #[error("no draw is due")]
    NoDraw,
    /// The order was drawn already, with another result.
    #[error("the order was drawn already")]
    AlreadyDrawn,
    /// The seed is not the one that was announced.
    #[error("the seed does not open its commitment")]
    WrongSeed,
    /// The root is not the one that was published.
    #[error("the root is not the one that was published")]
    WrongRoot,
    /// Nobody may know the beacon's value before it is known who takes part.
    #[error("who takes part has to be published before the value of the beacon counts")]
    RootUnpublished,
    /// A beacon was announced and this is none, or the other way round.
    #[error("the value of the beacon is not what was announced")]
    WrongBeacon,
    /// Without the seed or the beacon only later.
    #[error("the seed and the beacon may still come")]
    FallbackLater {
        /// From this moment on.
        from: Time,
    },
    /// Another replica was heard within [`TICK_MS`](crate::limits::TICK_MS).
    #[error("the last tick is too fresh")]
    TickTooSoon,
    /// More categories than have room in the status.
    #[error("too many categories")]
    OfferTooLong,
    /// The message is too long.
    #[error("the message is too long")]
    MessageTooLong,
    /// Others come first.
    #[error("not your turn yet")]
    NotYourTurn,
    /// One moment: the shop is full. The turn is not lost.
    #[error("the shop is full at this moment")]
    ShopFull,
}

impl Refusal {
    /// A stable name for logs, metrics and the type of an HTTP problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CommandReused => "idempotency-key-reused",
            Self::NotDefined => "room-not-defined",
            Self::BadTerms { .. } => "bad-terms",
            Self::TermsFixed { .. } => "terms-fixed",
            Self::UnknownPlace => "place-unknown",
            Self::OtherDevice => "other-device",
            Self::TurnOver => "turn-over",
            Self::NotInShop => "not-in-shop",
            Self::NoMoreExtensions => "no-more-extensions",
            Self::Ended => "room-ended",
            Self::NotNeeded => "room-not-needed",
            Self::NotOpen { .. } => "room-not-open",
            Self::SoldOut => "sold-out",
            Self::Full => "room-full",
            Self::NoDraw => "no-draw",
            Self::AlreadyDrawn => "already-drawn",
            Self::WrongSeed => "wrong-seed",
            Self::WrongRoot => "wrong-root",
            Self::RootUnpublished => "root-unpublished",
            Self::WrongBeacon => "wrong-beacon",
            Self::FallbackLater { .. } => "fallback-later",
            Self::TickTooSoon => "tick-too-soon",
            Self::OfferTooLong => "offer-too-long",
            Self::MessageTooLong => "message-too-long",
            Self::NotYourTurn => "not-your-turn",
            Self::ShopFull => "shop-full",
        }
    }
}
