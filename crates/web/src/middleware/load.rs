//! Sheds load early and cheaply: so many requests at once, and the next one is told when to come
//! back.

use tokio::sync::{Semaphore, SemaphorePermit};

/// Places for requests that are worked on.
#[derive(Debug)]
pub(super) struct Places(Semaphore);

impl Places {
    pub(super) fn new(count: usize) -> Self {
        Self(Semaphore::new(count))
    }

    /// One of them until it is dropped; none if all are taken, for nobody queues here.
    pub(super) fn take(&self) -> Option<SemaphorePermit<'_>> {
        self.0.try_acquire().ok()
    }
}
