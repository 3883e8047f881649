//! The connections that read.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection::{self, Role};
use crate::{LogError, limits::SQLITE_READERS};

/// A few connections, opened when they are first needed.
pub(super) struct Readers {
    path: PathBuf,
    places: Arc<Semaphore>,
    /// What was used last has its pages in memory.
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            places: Arc::new(Semaphore::new(SQLITE_READERS)),
            idle: Arc::default(),
        }
    }

    /// Reads on a thread that may wait.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| LogError::Closed)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connection::open_patiently(&self.path, Role::Reader).await?,
        };
        let home = Arc::clone(&self.idle);
        let reading = tokio::task::spawn_blocking(move || {
            let answer = read(&connection);
            if answer.is_ok() {
                // Nothing of a connection that failed is trusted.
                home.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            drop(place);
            answer
        });
        reading.await.map_err(|_| LogError::Closed)?
    }

    /// No further reads; returns when those that are under way are done.
    pub(super) async fn close(&self) {
        let all = u32::try_from(SQLITE_READERS).unwrap_or(u32::MAX);
        let Ok(places) = self.places.acquire_many(all).await else { return };
        self.places.close();
        drop(places);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
