//! How far the log is, asked once for all who want to know at the same moment.
//!
//! Whoever looks at their cart or order asks the log first, because another replica may have answered them a moment ago.
//! An answer serves everybody who came before the question was put: it is as new for them as one of their own. So there
//! is one question at a time for each stream, however many wait.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use frontrow_log::{LogError, Position, Stream};

/// The questions of each stream that was ever asked about.
#[derive(Debug, Default)]
pub(crate) struct Heads(Mutex<HashMap<Stream, Arc<Head>>>);

#[derive(Debug, Default)]
struct Head {
    /// How many have come so far.
    came: AtomicU64,
    /// The last answer, and how many had come when it was asked for.
    told: tokio::sync::Mutex<Option<(u64, Result<Position, LogError>)>>,
}

impl Heads {
    /// The head of the stream at some moment after this call.
    pub(crate) async fn ask(
        &self,
        stream: Stream,
        question: impl AsyncFnOnce() -> Result<Position, LogError>,
    ) -> Result<Position, LogError> {
        let head = {
            let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(heads.entry(stream).or_default())
        };
        let mine = head.came.fetch_add(1, Ordering::SeqCst) + 1;
        let mut told = head.told.lock().await;
        if let Some((came, answer)) = &*told
            && *came >= mine
        {
            return answer.clone();
        }
        let came = head.came.load(Ordering::SeqCst);
        let answer = question().await;
        *told = Some((came, answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use frontrow_log::{Position, Stream};
    use tokio::{join, sync::Semaphore};

    use super::Heads;

    #[tokio::test]
    async fn who_comes_while_a_question_is_open_shares_the_next_one() {
        let (heads, stream) = (Heads::default(), Stream::sale(1));
        let (asked, gate) = (AtomicU64::new(0), Semaphore::new(0));
        let ask = || {
            heads.ask(stream, async || {
                let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
                gate.acquire().await.unwrap().forget();
                Ok(Position(number))
            })
        };
        let later = async {
            tokio::task::yield_now().await;
            join!(ask(), ask(), ask())
        };
        let open = async {
            tokio::task::yield_now().await;
            gate.add_permits(9);
        };
        let (first, (second, third, fourth), ()) = join!(ask(), later, open);
        assert_eq!(first.unwrap(), Position(1));
        // The first answer may be older than what they did themselves.
        for answer in [second, third, fourth] {
            assert_eq!(answer.unwrap(), Position(2));
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert_eq!(ask().await.unwrap(), Position(3), "an answer of the past is none");
    }
}
