//! Work to be done later.

use std::collections::HashSet;

use frontrow_ledger::Time;
use frontrow_store::{
    jobs::{Job, JobFate, JobState, NewJob},
    limits,
    page::PageRequest,
};

use crate::world::{NOW, World, at_once};

const LEASE: Time = NOW.plus_ms(60_000);

fn job(key: &str) -> NewJob {
    NewJob {
        kind: "mail".to_owned(),
        key: key.to_owned(),
        payload: serde_json::json!({ "order": key }),
        due_at: NOW,
    }
}

async fn claim(world: &World, now: Time) -> Vec<Job> {
    world.store.claim_jobs(&["mail"], now, now.plus_ms(60_000), 100).await.unwrap()
}

pub async fn a_key_is_enqueued_once_ever(world: World) {
    let jobs = [job("a"), job("b"), job("a")];
    assert_eq!(world.store.enqueue_jobs(&jobs, NOW).await.unwrap(), 2);
    assert_eq!(world.store.enqueue_jobs(&jobs, NOW).await.unwrap(), 0);
    let claimed = claim(&world, NOW).await;
    assert_eq!(claimed.len(), 2);
    for job in &claimed {
        assert_eq!(job.payload["order"], *job.key);
        assert_eq!(world.store.complete_jobs(&[job], NOW).await.unwrap(), 1);
    }
    assert_eq!(world.store.enqueue_jobs(&jobs, NOW).await.unwrap(), 0);
    assert_eq!(claim(&world, LEASE).await, []);
}

pub async fn a_claimed_job_is_nobody_elses(world: World) {
    let jobs: Vec<_> = (0..60).map(|index| job(&index.to_string())).collect();
    world.store.enqueue_jobs(&jobs, NOW).await.unwrap();
    let stores = [world.store.clone(), world.another_store().await];
    let claims = at_once(8, |index| {
        let store = stores[index % 2].clone();
        async move {
            let mut mine = Vec::new();
            loop {
                let some = store.claim_jobs(&["mail"], NOW, LEASE, 5).await.unwrap();
                if some.is_empty() {
                    return mine;
                }
                mine.extend(some.into_iter().map(|job| job.id));
            }
        }
    })
    .await;
    let claimed: Vec<_> = claims.into_iter().flatten().collect();
    let distinct: HashSet<_> = claimed.iter().collect();
    assert_eq!((distinct.len(), claimed.len()), (60, 60));
    // Other kinds, and jobs of later, are not for this worker.
    let later = NewJob { due_at: NOW.plus_ms(1), ..job("later") };
    let other = NewJob { kind: "other".to_owned(), ..job("other") };
    world.store.enqueue_jobs(&[later, other], NOW).await.unwrap();
    assert_eq!(claim(&world, NOW).await, []);
}

pub async fn a_job_whose_worker_died_is_done_by_another(world: World) {
    world.store.enqueue_jobs(&[job("a")], NOW).await.unwrap();
    let [died] = <[Job; 1]>::try_from(claim(&world, NOW).await).unwrap();
    assert_eq!(claim(&world, LEASE.plus_ms(-1)).await, []);
    let [second] = <[Job; 1]>::try_from(claim(&world, LEASE).await).unwrap();
    assert_eq!((died.id, died.attempts, second.attempts), (second.id, 1, 2));
    // It was not dead after all, but it is too late.
    assert_eq!(world.store.complete_jobs(&[&died], LEASE).await.unwrap(), 0);
    assert_eq!(world.store.fail_job(&died, "late", LEASE).await.unwrap(), JobFate::Lost);
    assert_eq!(world.store.complete_jobs(&[&second], LEASE).await.unwrap(), 1);
    assert_eq!(world.store.complete_jobs(&[&second], LEASE).await.unwrap(), 0);
}

pub async fn a_job_that_keeps_failing_is_left_for_a_person(world: World) {
    world.store.enqueue_jobs(&[job("a")], NOW).await.unwrap();
    let (mut now, mut tries) = (NOW, 0);
    let dead = loop {
        let [job] = <[Job; 1]>::try_from(claim(&world, now).await).unwrap();
        tries += 1;
        match world.store.fail_job(&job, &"no ".repeat(1_000), now).await.unwrap() {
            JobFate::Retry { at } => {
                assert!(at > now);
                assert_eq!(claim(&world, at.plus_ms(-1)).await, []);
                now = at;
            }
            JobFate::Dead => break job,
            JobFate::Lost => panic!("nobody else is there"),
        }
    };
    assert_eq!(tries, limits::JOB_ATTEMPTS_MAX);
    assert_eq!(claim(&world, now.plus_ms(i64::from(u32::MAX))).await, []);
    let found = world.store.dead_jobs(PageRequest::default()).await.unwrap().items;
    assert_eq!((found[0].id, found[0].state), (dead.id, JobState::Dead));
    let error = found[0].last_error.clone().unwrap();
    assert_eq!(error.chars().count(), limits::JOB_ERROR_CHARS_MAX);
    assert!(world.store.revive_job(dead.id, now).await.unwrap());
    assert!(!world.store.revive_job(dead.id, now).await.unwrap());
    assert_eq!(claim(&world, now).await[0].attempts, 1);
}

pub async fn a_job_that_kills_its_workers_is_buried(world: World) {
    world.store.enqueue_jobs(&[job("a")], NOW).await.unwrap();
    let mut now = NOW;
    for _ in 0..limits::JOB_ATTEMPTS_MAX {
        assert_eq!(claim(&world, now).await.len(), 1);
        now = now.plus_ms(60_000);
    }
    assert_eq!(claim(&world, now).await, []);
    assert_eq!(world.store.dead_jobs(PageRequest::default()).await.unwrap().items.len(), 1);
}

pub async fn a_claim_is_renewed_by_who_has_it(world: World) {
    let store = &world.store;
    store.enqueue_jobs(&[job("a")], NOW).await.unwrap();
    let claim = async |at: i64| {
        store.claim_jobs(&["mail"], NOW.plus_ms(at), NOW.plus_ms(at + 10), 10).await.unwrap()
    };
    let mine = claim(0).await.remove(0);
    assert!(store.renew_job(&mine, NOW.plus_ms(30)).await.unwrap());
    assert_eq!(claim(20).await, []);
    // It died after all.
    let theirs = claim(30).await.remove(0);
    assert!(!store.renew_job(&mine, NOW.plus_ms(90)).await.unwrap());
    assert_eq!(store.complete_jobs(&[&theirs], NOW.plus_ms(35)).await.unwrap(), 1);
    assert!(!store.renew_job(&theirs, NOW.plus_ms(90)).await.unwrap());
}

pub async fn done_jobs_are_purged_and_others_stay(world: World) {
    world.store.enqueue_jobs(&[job("done"), job("recent"), job("open")], NOW).await.unwrap();
    for job in claim(&world, NOW).await {
        let finished = match &*job.key {
            "done" => NOW,
            "recent" => NOW.plus_ms(9),
            _ => continue,
        };
        assert_eq!(world.store.complete_jobs(&[&job], finished).await.unwrap(), 1);
    }
    assert_eq!(world.store.purge_jobs(NOW.plus_ms(9)).await.unwrap(), 1);
    assert_eq!(world.store.purge_jobs(NOW.plus_ms(9)).await.unwrap(), 0);
    assert_eq!(claim(&world, LEASE).await[0].key, "open");
}
