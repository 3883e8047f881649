//! What goes wrong, and when: decided by whoever runs the test.

use crate::{Position, Stream};

/// Decides, for each operation, what goes wrong. A simulation draws from its seed; a test counts.
pub trait FaultPlan: Send + Sync + 'static {
    /// What happens to this append.
    fn append(&self, stream: Stream, at: Position) -> AppendFault {
        let _ = (stream, at);
        AppendFault::None
    }

    /// Whether this reading (of entries, of the head, or of and around snapshots) fails; asking
    /// again may succeed.
    fn read_fails(&self, stream: Stream) -> bool {
        let _ = stream;
        false
    }

    /// How often this operation lets other tasks run before it takes effect.
    fn pauses(&self, stream: Stream) -> u32 {
        let _ = stream;
        0
    }
}

/// What happens to an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendFault {
    /// Nothing goes wrong.
    None,
    /// Fails, and says so: nothing is written.
    Fails,
    /// Nothing is written, but the caller cannot know.
    DoubtfulLost,
    /// Written, but the acknowledgement is lost.
    DoubtfulWritten,
    /// Nothing is written and no answer ever comes: the process dies before its write.
    HangsLost,
    /// Written, and with it what follows, and no answer ever comes: the process dies after its write, or is given up.
    HangsWritten,
}

/// Nothing ever goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaults;

impl FaultPlan for NoFaults {}
