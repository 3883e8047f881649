//! Does to a set what was planned, at its time, and marks it on the timeline.

use std::{path::PathBuf, sync::Arc};

use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{Duration, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{Fault, FaultKind, NO_POSTGRES, Set, SetError};
use crate::{tally::Tally, usage::Usage};

/// How long a replica stands still.
const PAUSE: Duration = Duration::from_secs(5);
/// How long the database is slow, and how slow.
const SLOW_FOR: Duration = Duration::from_secs(10);
const SLOW_BY: Duration = Duration::from_millis(25);
/// Between the upgrades of two replicas: the balancer sees the first one first.
const BETWEEN_UPGRADES: Duration = Duration::from_secs(1);

/// Does what was planned until told to stop. A fault that cannot be done ends it with an error: a drill that was spared
/// proves nothing. Faults at the same time come one after the other.
pub async fn inject(
    set: Arc<Mutex<Set>>,
    faults: Vec<Fault>,
    tally: Arc<Tally>,
    usage: Arc<std::sync::Mutex<Usage>>,
    stop: CancellationToken,
) -> Result<(), SetError> {
    let start = tally.start();
    let mut running = JoinSet::new();
    for fault in faults {
        let (set, tally, usage) = (Arc::clone(&set), Arc::clone(&tally), Arc::clone(&usage));
        let stop = stop.clone();
        running.spawn(async move {
            let mut at = start + fault.at;
            loop {
                tokio::select! {
                    () = sleep_until(at) => {}
                    () = stop.cancelled() => return Ok(()),
                }
                tally.disturb(true);
                let done = set.lock().await.suffer(fault.kind, &tally).await;
                tally.disturb(false);
                let mut usage = usage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                for process in set.try_lock().map(|set| set.processes()).unwrap_or_default() {
                    usage.watch(process);
                }
                drop(usage);
                done?;
                let Some(every) = fault.every else { return Ok(()) };
                at += every;
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap_or_else(|error| {
            Err(SetError::Failed { name: "a fault".into(), why: error.to_string() })
        })?;
    }
    Ok(())
}

impl Set {
    /// Suffers a fault, and recovers from it.
    async fn suffer(&mut self, kind: FaultKind, tally: &Tally) -> Result<(), SetError> {
        match kind {
            FaultKind::KillReplica => {
                let (index, plan) = (self.turn(), self.plan.clone());
                tally.mark(format!("kill -9 replica {}", index + 1));
                let replica = self.replicas.get_mut(index);
                replica.ok_or(NO_REPLICA)?.kill_and_restart(&plan).await?;
                tally.mark(format!("replica {} is back", index + 1));
                Ok(())
            }
            FaultKind::RollingUpgrade => {
                let binary = self.plan.binary.clone();
                self.replace_all(binary, "upgrade", tally).await
            }
            FaultKind::RollingBack => {
                let binary = self.plan.previous.clone();
                self.replace_all(binary.ok_or(NO_PREVIOUS)?, "way back", tally).await
            }
            FaultKind::RestartDatabase => {
                let postgres = self.postgres.as_mut().ok_or(NO_POSTGRES)?;
                tally.mark("PostgreSQL stops");
                postgres.restart().await?;
                tally.mark("PostgreSQL is back");
                Ok(())
            }
            FaultKind::FailoverDatabase => {
                let (relay, standby) = (self.relay.as_ref(), self.standby.take());
                let (relay, standby) = (relay.ok_or(NO_POSTGRES)?, standby.ok_or(NO_POSTGRES)?);
                let mut primary = self.postgres.take().ok_or(NO_POSTGRES)?;
                tally.mark("PostgreSQL dies");
                primary.die().await?;
                standby.promote().await?;
                relay.leads_to(standby.port());
                tally.mark("its standby takes over");
                self.postgres = Some(standby);
                self.follow().await?;
                tally.mark("it has a standby again");
                Ok(())
            }
            FaultKind::PauseReplica => {
                let index = self.turn();
                let replica = self.replicas.get(index).ok_or(NO_REPLICA)?;
                tally.mark(format!("replica {} stands still", index + 1));
                replica.process().signal("STOP").await?;
                sleep(PAUSE).await;
                replica.process().signal("CONT").await?;
                tally.mark("goes on");
                Ok(())
            }
            FaultKind::SlowDatabase => {
                let relay = self.relay.as_ref().ok_or(NO_POSTGRES)?;
                tally.mark("database slow");
                relay.delay(SLOW_BY);
                sleep(SLOW_FOR).await;
                relay.delay(Duration::ZERO);
                tally.mark("database fast");
                Ok(())
            }
        }
    }

    /// Every replica in turn ends and starts again with a binary.
    async fn replace_all(
        &mut self,
        binary: PathBuf,
        what: &str,
        tally: &Tally,
    ) -> Result<(), SetError> {
        let plan = self.plan.clone();
        for (index, replica) in self.replicas.iter_mut().enumerate() {
            if index > 0 {
                sleep(BETWEEN_UPGRADES).await;
            }
            tally.mark(format!("{what} of replica {}", index + 1));
            replica.replace(&plan, binary.clone()).await?;
        }
        tally.mark("all replaced");
        Ok(())
    }

    fn turn(&mut self) -> usize {
        let index = self.next % self.replicas.len().max(1);
        self.next += 1;
        index
    }
}

const NO_PREVIOUS: SetError = SetError::Pointless("there is no previous build to go back to");
const NO_REPLICA: SetError = SetError::Pointless("there is no replica");
