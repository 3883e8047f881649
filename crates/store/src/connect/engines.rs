//! Both engines behind one name, as connections that entities can be used on.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{Db, Long, Tx, WriteOne};

/// Hands every statement on. A macro, because `ConnectionTrait` has generic functions and so cannot be an object.
macro_rules! hand_on {
    ($name:ty { $($engine:pat => $connection:expr,)+ }) => {
        #[async_trait]
        impl ConnectionTrait for $name {
            fn get_database_backend(&self) -> DbBackend {
                match self { $($engine => $connection.get_database_backend(),)+ }
            }

            async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
                match self { $($engine => $connection.execute_raw(statement).await,)+ }
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
                match self { $($engine => $connection.execute_unprepared(sql).await,)+ }
            }

            async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
                match self { $($engine => $connection.query_one_raw(statement).await,)+ }
            }

            async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
                match self { $($engine => $connection.query_all_raw(statement).await,)+ }
            }
        }
    };
}

hand_on!(Db {
    Self::Sqlite { readers, .. } => readers,
    Self::Postgres(postgres) => postgres,
});

hand_on!(Long<'_> {
    Self::Sqlite(sqlite) => sqlite,
    Self::Postgres(postgres) => postgres,
});

hand_on!(Tx {
    Self::Snapshot(snapshot) => snapshot,
    Self::Turn(turn) => turn,
    Self::Postgres(tx) => tx,
});

hand_on!(WriteOne<'_> {
    Self::Alone(postgres) => postgres,
    Self::Together(turn) => turn,
});
