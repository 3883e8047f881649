//! What a set of processes uses, as Linux tells in `/proc`.

use std::fs::read_to_string;

use serde::Serialize;

/// A process to look at.
#[derive(Debug, Clone)]
pub struct Process {
    /// In the report.
    pub name: String,
    /// Its number.
    pub pid: u32,
    /// Whether its children count as itself: a database is many.
    pub is_family: bool,
}

/// What one process used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Used {
    /// In the report.
    pub name: String,
    /// Processor time since it was first looked at, in seconds.
    pub cpu_seconds: f64,
    /// The most memory it had at once, in MiB.
    pub memory_mib: f64,
}

/// Looks at processes now and then.
#[derive(Debug, Default)]
pub struct Usage {
    watched: Vec<Watched>,
    looks: u32,
}

/// Adding up memory takes the kernel a while: it is done once in so many looks.
const MEMORY_EVERY: u32 = 4;

#[derive(Debug)]
struct Watched {
    process: Process,
    first: f64,
    last: f64,
    /// Of processes under this name that have ended.
    before: f64,
    memory_mib: f64,
}

impl Usage {
    /// Counts from now on. A name that is known goes on with the new process.
    pub fn watch(&mut self, process: Process) {
        let first = cpu_seconds(&process).unwrap_or(0.0);
        if let Some(known) =
            self.watched.iter_mut().find(|known| known.process.name == process.name)
        {
            known.before += known.last - known.first;
            (known.process, known.first, known.last) = (process, first, first);
        } else {
            self.watched.push(Watched {
                process,
                first,
                last: first,
                before: 0.0,
                memory_mib: 0.0,
            });
        }
    }

    /// Looks at all of them. One that has ended keeps what it had.
    pub fn look(&mut self) {
        let with_memory = self.looks.is_multiple_of(MEMORY_EVERY);
        self.looks = self.looks.wrapping_add(1);
        for watched in &mut self.watched {
            if let Some(now) = cpu_seconds(&watched.process) {
                watched.last = now.max(watched.last);
            }
            if let Some(now) = memory_mib(&watched.process).filter(|_| with_memory) {
                watched.memory_mib = now.max(watched.memory_mib);
            }
        }
    }

    /// What they used.
    pub fn used(&self) -> Vec<Used> {
        let used = |watched: &Watched| Used {
            name: watched.process.name.clone(),
            cpu_seconds: watched.before + watched.last - watched.first,
            memory_mib: watched.memory_mib,
        };
        self.watched.iter().map(used).collect()
    }
}

/// The children that count as the process.
fn children(process: &Process) -> Vec<u32> {
    if !process.is_family {
        return Vec::new();
    }
    let pid = process.pid;
    let children = read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// Of a process; of a family also of its children, those that have ended too.
fn cpu_seconds(process: &Process) -> Option<f64> {
    let own = ticks(process.pid, if process.is_family { 4 } else { 2 })?;
    let children: f64 = children(process).into_iter().filter_map(|child| ticks(child, 2)).sum();
    // USER_HZ is 100 on every Linux that we run on.
    Some((own + children) / 100.0)
}

/// The first so many of: user, system, children's user, children's system time.
fn ticks(pid: u32, count: usize) -> Option<f64> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may contain anything, so the fields are counted from its end.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields = fields.split_whitespace().skip(11).take(count);
    Some(fields.filter_map(|field| field.parse::<f64>().ok()).sum())
}

/// Proportional memory: what several processes share is counted once.
fn memory_mib(process: &Process) -> Option<f64> {
    let all = std::iter::once(process.pid).chain(children(process));
    let kib: f64 = all.filter_map(proportional_kib).sum();
    (kib > 0.0).then_some(kib / 1024.0)
}

fn proportional_kib(pid: u32) -> Option<f64> {
    let rollup = read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn our_own_process_uses_something() {
        let mut usage = Usage::default();
        usage.watch(Process { name: "us".into(), pid: std::process::id(), is_family: true });
        usage.look();
        let used = usage.used();
        assert!(used[0].memory_mib > 0.0, "{used:?}");
        assert!(used[0].cpu_seconds >= 0.0);
    }
}
