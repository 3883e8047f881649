//! What follows from a text alone and is dear to find out, kept for the next ticket: the labels, the event and the venue
//! are on every ticket of a sale, and what is not is soon thrown away.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::limits::TEXTS_KEPT_MAX;

/// One of these for each thing that is kept.
pub(super) struct Kept<T>(Mutex<HashMap<String, Arc<T>>>);

impl<T> Kept<T> {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    /// What is kept of a text, or else what is made of it now. Two that ask at once may both make it.
    pub(super) fn of(&self, text: &str, make: impl FnOnce() -> T) -> Arc<T> {
        // What is in there is whole even after a panic elsewhere.
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(text) {
            return Arc::clone(known);
        }
        let new = Arc::new(make());
        let mut kept = kept();
        if kept.len() >= TEXTS_KEPT_MAX {
            kept.clear();
        }
        kept.insert(text.to_owned(), Arc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;
    use crate::limits::TEXTS_KEPT_MAX;

    #[test]
    fn a_text_is_looked_at_once_and_few_are_kept() {
        let kept = Kept::new();
        assert_eq!(*kept.of("a", || 1), 1);
        assert_eq!(*kept.of("a", || 2), 1);
        for number in 0..2 * TEXTS_KEPT_MAX {
            kept.of(&number.to_string(), || 0);
        }
        assert!(kept.0.lock().unwrap().len() <= TEXTS_KEPT_MAX);
        assert_eq!(*kept.of("a", || 3), 3);
    }
}
