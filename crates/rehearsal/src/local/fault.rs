//! What can be done to a set, and when.

use std::{fmt, str::FromStr, time::Duration};

/// Something that is done to a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// When, from the start of the drill.
    pub at: Duration,
    /// Again and again this far apart, for as long as there are fans.
    pub every: Option<Duration>,
}

/// What can be done to a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// kill -9 of the next replica, which starts again at once.
    KillReplica,
    /// Every replica in turn ends in order and starts again, with the current binary.
    RollingUpgrade,
    /// The same, back to the previous binary.
    RollingBack,
    /// PostgreSQL ends and starts again.
    RestartDatabase,
    /// PostgreSQL dies, and its synchronous standby takes over.
    FailoverDatabase,
    /// The next replica stands still for some seconds, and goes on as if nothing had been.
    PauseReplica,
    /// Every word to and from the database takes longer for some seconds.
    SlowDatabase,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::KillReplica,
        Self::RollingUpgrade,
        Self::RollingBack,
        Self::RestartDatabase,
        Self::FailoverDatabase,
        Self::PauseReplica,
        Self::SlowDatabase,
    ];

    /// On the command line and in the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillReplica => "kill-replica",
            Self::RollingUpgrade => "rolling-upgrade",
            Self::RollingBack => "rolling-back",
            Self::RestartDatabase => "restart-database",
            Self::FailoverDatabase => "failover-database",
            Self::PauseReplica => "pause-replica",
            Self::SlowDatabase => "slow-database",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind.name(), self.at.as_secs_f64())?;
        self.every.map_or(Ok(()), |every| write!(f, "/{}", every.as_secs_f64()))
    }
}

/// Not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no fault; one is KIND@SECONDS or KIND@SECONDS/EVERY, where KIND is kill-replica, rolling-upgrade, \
     rolling-back, restart-database, failover-database, pause-replica or slow-database"
)]
pub struct BadFault(String);

impl FromStr for Fault {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let bad = || BadFault(text.to_owned());
        let (name, times) = text.split_once('@').ok_or_else(bad)?;
        let kind = FaultKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(bad)?;
        let (at, every) = match times.split_once('/') {
            Some((at, every)) => (at, Some(every)),
            None => (times, None),
        };
        let seconds = |text: &str| {
            let seconds = text.trim_end_matches('s').parse::<f64>().ok()?;
            Duration::try_from_secs_f64(seconds).ok()
        };
        let every = every.map(|every| {
            seconds(every).filter(|every| *every >= Duration::from_secs(1)).ok_or_else(bad)
        });
        Ok(Self { kind, at: seconds(at).ok_or_else(bad)?, every: every.transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_as_they_are_written() {
        let fault: Fault = "kill-replica@10/10".parse().unwrap();
        let ten = Duration::from_secs(10);
        assert_eq!(fault, Fault { kind: FaultKind::KillReplica, at: ten, every: Some(ten) });
        assert_eq!(fault.to_string(), "kill-replica@10/10");
        let fault: Fault = "restart-database@2.5s".parse().unwrap();
        assert_eq!((fault.at, fault.every), (Duration::from_millis(2_500), None));
        for bad in
            ["kill-replica", "burn@1", "kill-replica@x", "kill-replica@-1", "kill-replica@1/0"]
        {
            assert!(bad.parse::<Fault>().is_err(), "{bad}");
        }
    }
}
