//! The last half hour of a waiting room, for the organiser's picture: noted by whichever replica gives the ticks, and
//! the same for whoever looks.

use frontrow_ledger::{Time, room::Line};
use frontrow_store::room_samples::RoomSample;
use uuid::Uuid;

use crate::{
    Result, Shop,
    limits::{ROOM_HISTORY_MS, ROOM_SAMPLE_MS},
};

/// How a room stands, as of the last even moment.
pub(super) fn sample(line: &Line, now: Time) -> RoomSample {
    let heads = line.headcount();
    RoomSample {
        at: Time(now.0 - now.0.rem_euclid(ROOM_SAMPLE_MS)),
        joined: heads.joined,
        waiting: heads.waiting,
        called: heads.called,
        missed: heads.missed,
        in_shop: heads.in_shop,
        rate_per_minute: line.last_tick().map_or(0, |(_, tick)| tick.rate.turns_per_minute()),
    }
}

impl Shop {
    /// Notes how a room stands, once an even moment.
    pub(super) async fn note_sample(
        &self,
        performance: Uuid,
        sample: &RoomSample,
        noted: &mut Option<Time>,
    ) -> Result<()> {
        if *noted == Some(sample.at) {
            return Ok(());
        }
        let kept_from = sample.at.plus_ms(-ROOM_HISTORY_MS);
        self.inner.store.note_room_sample(performance, sample, kept_from).await?;
        *noted = Some(sample.at);
        Ok(())
    }

    /// The last half hour of a room, oldest first.
    pub async fn room_history(&self, performance: Uuid) -> Result<Vec<RoomSample>> {
        Ok(self.inner.store.room_samples(performance).await?)
    }
}
