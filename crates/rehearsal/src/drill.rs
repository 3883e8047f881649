//! The drill itself: everybody in, everybody out.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::{
    task::JoinSet,
    time::{Duration, Instant, interval, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Plan, Story,
    browser::Browser,
    fan,
    live::{Look, View},
    room::{self, RoomMode, RoomOutcome},
    sweep::{self, Sweep},
    tally::{Kept, Tally},
    target::{Target, TargetError},
    watch::{self, Watched},
    world::World,
};

/// What a drill showed.
#[derive(Debug)]
pub struct Outcome {
    /// What was drilled.
    pub target: Arc<Target>,
    /// What was counted.
    pub kept: Kept,
    /// What every fan told.
    pub stories: Vec<Story>,
    /// How the hall filled.
    pub watched: Watched,
    /// Places that nobody had before and after.
    pub left: (u64, u64),
    /// How long it took.
    pub took: Duration,
    /// Whether fans had to be carried out after the time limit.
    pub cut: bool,
    /// What the sweep from outside found.
    pub sweep: Sweep,
    /// The waiting room, if the drill set one up.
    pub room: Option<RoomOutcome>,
}

/// Connections of those who only look: the seat map's watcher and the sweep.
const LOOKERS: usize = crate::limits::SWEEP_AT_ONCE;

/// Lets the crowd in, waits for everybody to go home, and sweeps. `tally` may be marked by whoever breaks things
/// meanwhile; `started` is called at the moment from which everything counts.
pub async fn rehearse(
    plan: &Plan,
    view: &mut (dyn View + Send),
    started: impl FnOnce(&Arc<Tally>) + Send,
) -> Result<Outcome, TargetError> {
    let quiet = Arc::new(Tally::new(Instant::now()));
    let looker = |tally| {
        Browser::new(&plan.base, LOOKERS, tally)
            .map_err(|error| TargetError::NotFound(error.to_string()))
    };
    let lookers = Arc::new(looker(quiet)?);
    let target = Arc::new(Target::find(&lookers, &plan.wanted).await?);
    let before = target.status(&lookers).await?.left();
    let start = match &plan.room {
        Some(room) => room::set_up(&lookers, &target, room, &plan.crowd).await?,
        None => Instant::now(),
    };
    let tally = Arc::new(Tally::new(start));
    let browser = Browser::new(&plan.base, plan.connections, Arc::clone(&tally))
        .map_err(|error| TargetError::NotFound(error.to_string()))?;
    let world = Arc::new(World::new(browser, Arc::clone(&target), Arc::clone(&tally), plan, start));
    view.begin(plan, &target);
    sleep_until(start).await;
    started(&tally);

    let left = Arc::new(AtomicU64::new(before));
    let stop = CancellationToken::new();
    let watching = tokio::spawn({
        let (lookers, target, left) =
            (Arc::clone(&lookers), Arc::clone(&target), Arc::clone(&left));
        let stop = stop.clone();
        async move {
            watch::watch(&lookers, &target, start, stop, |now| left.store(now, Ordering::Relaxed))
                .await
        }
    });
    let room_stop = CancellationToken::new();
    let room_watching = plan.room.as_ref().map(|room| {
        let (lookers, target) = (Arc::clone(&lookers), Arc::clone(&target));
        let (stop, by_itself) = (room_stop.clone(), room.mode == RoomMode::Automatic);
        tokio::spawn(
            async move { room::watch_room(&lookers, &target, start, stop, by_itself).await },
        )
    });
    let mut fans = JoinSet::new();
    for number in 0..plan.crowd.fans {
        let (world, fan) = (Arc::clone(&world), plan.crowd.fan(number));
        fans.spawn(async move { fan::live(&world, fan).await });
    }
    let (stories, cut) = everybody_home(plan, &world, &left, fans, view).await;
    let took = start.elapsed();
    stop.cancel();
    let watched = watching.await.unwrap_or_default();
    room_stop.cancel();
    let room = match (&plan.room, room_watching) {
        (Some(plan_room), Some(watching)) => Some(RoomOutcome {
            plan: plan_room.clone(),
            starts_ms: ms(plan_room.starts(&plan.crowd)),
            watched: watching.await.unwrap_or_default(),
        }),
        _ => None,
    };
    let kept = tally.all();
    view.sweeping();
    let mut swept = sweep::outside(&lookers, &target, &stories, before, plan.alone).await;
    if let Some(room) = &room {
        let whole = plan.alone && !cut && kept.total.errors == 0;
        swept.checks.extend(room::outside(&lookers, &target, room, &stories, whole).await);
    }
    let after = target.status(&lookers).await?.left();
    Ok(Outcome {
        target,
        kept,
        stories,
        watched,
        left: (before, after),
        took,
        cut,
        sweep: swept,
        room,
    })
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Waits for all fans, showing how it goes; after the time limit those who are still there are sent home, and whoever does
/// not go is carried out.
async fn everybody_home(
    plan: &Plan,
    world: &World,
    left: &AtomicU64,
    mut fans: JoinSet<Story>,
    view: &mut (dyn View + Send),
) -> (Vec<Story>, bool) {
    /// After the time limit everybody finishes what they are at; then they are carried out.
    const GRACE: Duration = Duration::from_secs(40);
    let mut stories = Vec::with_capacity(fans.len());
    let mut timer = interval(Duration::from_secs(1));
    let end = world.start + plan.time_limit;
    let (mut over, mut cut) = (false, false);
    loop {
        tokio::select! {
            joined = fans.join_next() => match joined {
                Some(Ok(story)) => stories.push(story),
                // A fan that panics is a fault of the drill and ends it by its count.
                Some(Err(error)) => tracing::error!(error = &error as &dyn std::error::Error, "a fan fell over"),
                None => break,
            },
            _ = timer.tick() => {
                let (counts, lately) = world.tally.look();
                let look = Look {
                    at: world.start.elapsed(), counts, lately, left: left.load(Ordering::Relaxed),
                    there: counts.arrivals - counts.left,
                };
                view.look(&look);
            }
            () = sleep_until(end), if !over => {
                over = true;
                world.over.cancel();
            }
            () = sleep_until(end + GRACE), if over => {
                cut = true;
                break;
            }
        }
    }
    stories.sort_by_key(|story| story.fan);
    (stories, cut)
}
