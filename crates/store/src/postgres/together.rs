//! One statement for all who ask the same at the same moment.
//!
//! Of what it costs to find a row by its key, the way to PostgreSQL and back is the most. Whoever asks while the same is
//! being asked for others waits, and then one statement asks for all who wait. There is no timer: who is alone asks at
//! once, and a batch is whoever came meanwhile, as in the sequencer.
//!
//! What is asked is written for one: `SELECT .. WHERE id = $1`, or `UPDATE .. WHERE ..`. What each of them gives as `$1`
//! becomes an array, of which each element is somebody's. A statement is done or not done as a whole, so if PostgreSQL
//! refuses it for what one of them gave, everybody is asked for alone.

mod columns;
mod text;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sea_orm::{ConnAcquireErr, DbErr, QueryResult, RuntimeErr, SqlxError, Value};
use tokio::sync::oneshot;

use super::leases::{Lease, Leases};
use crate::{error::is_unavailable, limits};

/// Serialisation failure and deadlock: what one statement for many does to rows that another is changing for one of them.
const ROLLED_BACK: [&str; 2] = ["40001", "40P01"];

/// Who asks what.
pub(super) struct Together {
    leases: Leases,
    /// By the text for one.
    questions: Mutex<HashMap<Box<str>, Question>>,
}

struct Question {
    /// The text for many.
    text: Arc<str>,
    waiting: VecDeque<Asking>,
    /// How many tasks ask it for those who wait.
    asked_by: usize,
}

struct Asking {
    values: Vec<Value>,
    answer: oneshot::Sender<Answer>,
}

type Answer = Result<Vec<QueryResult>, DbErr>;

/// One task that asks a question until nobody waits for it. However it ends, the next one who asks starts another.
struct Asker {
    together: Arc<Together>,
    question: Box<str>,
    is_over: bool,
}

impl Together {
    pub(super) fn new(leases: Leases) -> Self {
        Self { leases, questions: Mutex::default() }
    }

    /// The rows that answer one of those who ask, after a first column that is of no interest to them. Of an `UPDATE`,
    /// one row of that column alone if it changed anything.
    pub(super) async fn ask(self: &Arc<Self>, sql: &str, values: Vec<Value>) -> Answer {
        let (answer, answered) = oneshot::channel();
        if self.queue(sql, Asking { values, answer }) {
            let asker = Asker { together: Arc::clone(self), question: sql.into(), is_over: false };
            tokio::spawn(asker.run());
        }
        let closing = || DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        answered.await.unwrap_or_else(|_| Err(closing()))
    }

    pub(super) async fn close(&self) {
        self.leases.close().await;
    }

    fn questions(&self) -> MutexGuard<'_, HashMap<Box<str>, Question>> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a task is to be started that asks.
    fn queue(&self, sql: &str, asking: Asking) -> bool {
        let mut questions = self.questions();
        if !questions.contains_key(sql) {
            let text = text::for_many(sql, &asking.values).into();
            let question = Question { text, waiting: VecDeque::new(), asked_by: 0 };
            questions.insert(sql.into(), question);
        }
        let Some(question) = questions.get_mut(sql) else { return false };
        question.waiting.push_back(asking);
        let is_wanted = question.asked_by < limits::ASKED_BY_MAX;
        question.asked_by += usize::from(is_wanted);
        is_wanted
    }
}

/// One answer for each of those who ask.
async fn asked(
    lease: &mut Lease,
    text: &Arc<str>,
    askings: &[Asking],
) -> Result<Vec<Vec<QueryResult>>, DbErr> {
    let values: Vec<&[Value]> = askings.iter().map(|asking| &*asking.values).collect();
    let rows = lease.query_many(text, columns::arguments(&values)?).await?;
    let mut answers = Vec::new();
    answers.resize_with(askings.len(), Vec::new);
    for row in rows {
        let number: i64 = row.try_get_by(0)?;
        let whose = usize::try_from(number - 1).ok().and_then(|index| answers.get_mut(index));
        whose.ok_or_else(|| DbErr::Type("an answer that nobody asked for".to_owned()))?.push(row);
    }
    Ok(answers)
}

async fn answer(lease: &mut Lease, text: &Arc<str>, askings: Vec<Asking>) {
    match asked(lease, text, &askings).await {
        Ok(answers) => {
            for (asking, rows) in askings.into_iter().zip(answers) {
                // Who does not wait any more does not need it.
                let _ = asking.answer.send(Ok(rows));
            }
        }
        Err(error) if askings.len() > 1 && is_refused(&error) => {
            for asking in askings {
                let alone = asked(lease, text, std::slice::from_ref(&asking)).await;
                let alone = alone.map(|answers| answers.into_iter().flatten().collect());
                let _ = asking.answer.send(alone);
            }
        }
        Err(error) => refuse(askings, &error),
    }
}

fn refuse(askings: Vec<Asking>, error: &DbErr) {
    for asking in askings {
        let _ = asking.answer.send(Err(error.clone()));
    }
}

/// PostgreSQL said no, and did nothing. Whether it did when a connection was lost, nobody knows.
fn is_refused(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    match error.as_ref() {
        SqlxError::Database(refusal) => {
            let is_rolled_back = refusal.code().is_some_and(|code| ROLLED_BACK.contains(&&*code));
            is_rolled_back || !is_unavailable(error)
        }
        _ => false,
    }
}

impl Asker {
    async fn run(mut self) {
        loop {
            // Whoever comes while there is no connection comes along.
            let lease = self.together.leases.lease().await;
            let Some((text, askings)) = self.next() else { return };
            match lease {
                Ok(mut lease) => answer(&mut lease, &text, askings).await,
                Err(error) => refuse(askings, &error),
            }
        }
    }

    /// Those who wait, as many as one statement asks for. `None` if nobody does: then this task is over.
    fn next(&mut self) -> Option<(Arc<str>, Vec<Asking>)> {
        let mut questions = self.together.questions();
        let question = questions.get_mut(&self.question)?;
        let mut askings = Vec::new();
        while askings.len() < limits::ASKED_AT_ONCE_MAX
            && let Some(asking) = question.waiting.pop_front()
        {
            if !asking.answer.is_closed() {
                askings.push(asking);
            }
        }
        if askings.is_empty() {
            // While nobody can come: who does then starts another task.
            question.asked_by -= 1;
            self.is_over = true;
            return None;
        }
        Some((Arc::clone(&question.text), askings))
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if let Some(question) = self.together.questions().get_mut(&self.question) {
            question.asked_by -= 1;
        }
    }
}
