//! What a fan tells of their waiting.

/// When a fan comes whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// As soon as they notice.
    InTime,
    /// After the turn was over, by the right that is left to them.
    Late,
    /// Not at all.
    Never,
}

/// What somebody who waits was told of the time left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// When, in milliseconds of the drill.
    pub at_ms: u64,
    /// The turn comes at least so much later, in milliseconds.
    pub from_ms: u64,
    /// And at most so much later; none while the queue stood still.
    pub to_ms: Option<u64>,
}

/// When somebody heard of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// In milliseconds of the drill.
    pub at_ms: u64,
    /// Before, their phone had no net until then.
    pub online_ms: u64,
}

/// One place in the room, from joining to coming in or going home. All moments are milliseconds of the drill.
#[derive(Debug, Clone)]
pub struct WaitStory {
    /// In the order of joining.
    pub place: u32,
    /// Who took it, as everybody may see it.
    pub digest: [u8; 16],
    /// When the receipt was there.
    pub joined_ms: u64,
    /// When they meant to come.
    pub comes: Comes,
    /// In the queue, as far as they found out.
    pub position: Option<u64>,
    /// Every time that they were told how long it takes.
    pub told: Vec<Promise>,
    /// When they saw that it was their turn.
    pub turn_ms: Option<u64>,
    /// When they asked to come in and were let in.
    pub asked_ms: Option<u64>,
    /// When the pass was there.
    pub entered_ms: Option<u64>,
    /// When they began to leave, if they said so.
    pub left_ms: Option<u64>,
    /// Whenever they saw that all is sold, after they had not.
    pub sold_out: Vec<Heard>,
    /// When they did not wait any more: it was their turn, or they went home. None while they do.
    pub waited_until_ms: Option<u64>,
    /// How often the shop was full when they wanted to come in.
    pub full: u32,
    /// Polls that found no status.
    pub blind: u32,
}

impl WaitStory {
    pub(crate) const fn new(place: u32, digest: [u8; 16], joined_ms: u64, comes: Comes) -> Self {
        Self {
            place,
            digest,
            joined_ms,
            comes,
            position: None,
            told: Vec::new(),
            turn_ms: None,
            asked_ms: None,
            entered_ms: None,
            left_ms: None,
            sold_out: Vec::new(),
            waited_until_ms: None,
            full: 0,
            blind: 0,
        }
    }
}
