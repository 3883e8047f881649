//! Statements that are written out: those that every order runs.
//!
//! SeaORM builds a statement anew each time, expression by expression, and then writes it down; for a row that is found by
//! its key that is more work than finding it. What is asked rarely is built all the same, for there the compiler checks it.
//!
//! Parameters are `$1`, `$2`, for both engines. Columns are taken from the entities, never `*`: a column that is added
//! while this version runs must not change what a prepared statement answers.

use std::fmt::Write;

use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    PrimaryKeyToColumn, QueryResult, Statement, Value,
};

use crate::{Result, Store, connect::Db};

/// What every order asks: on PostgreSQL by one statement for all who ask the same at the same moment, on SQLite by a call.
impl Store {
    /// The rows of a `SELECT`.
    pub(crate) async fn ask<const N: usize>(
        &self,
        sql: &str,
        values: [Value; N],
    ) -> Result<Vec<QueryResult>> {
        match self.db() {
            Db::Postgres(postgres) => Ok(postgres.ask(sql, values.into()).await?),
            sqlite @ Db::Sqlite { .. } => rows(sqlite, sql, values).await,
        }
    }

    /// The row with this key, whose columns are in the order of the entity.
    pub(crate) async fn find<E: EntityTrait, const N: usize>(
        &self,
        key: [Value; N],
    ) -> Result<Option<E::Model>> {
        let rows = self.ask(&by_key::<E>(), key).await?;
        rows.first().map(|row| part(row, "")).transpose()
    }

    /// Changes what an `UPDATE` finds by a key; whether there was such a row. It is durable then.
    pub(crate) async fn change(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<bool> {
        if let Db::Postgres(postgres) = self.db() {
            return Ok(postgres.change(sql, values.into_iter().collect()).await?);
        }
        let write = self.write_one().await?;
        let changed = run(&write, sql, values).await?;
        write.commit().await?;
        Ok(changed > 0)
    }
}

/// Runs a statement; answers how many rows it changed.
pub(crate) async fn run(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// The first row of an answer.
pub(crate) async fn one<M: FromQueryResult, const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Option<M>> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| M::from_query_result(&row, "")).transpose()?)
}

/// The rows of an answer, of which [`part`] reads what belongs to one entity.
pub(crate) async fn rows<const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<QueryResult>> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.query_all_raw(statement).await?)
}

/// What a row has of the columns with this prefix.
pub(crate) fn part<M: FromQueryResult>(row: &QueryResult, prefix: &str) -> Result<M> {
    Ok(M::from_query_result(row, prefix)?)
}

/// The row with this key, whose columns are in the order of the entity.
pub(crate) async fn find<E: EntityTrait, const N: usize>(
    db: &impl ConnectionTrait,
    key: [Value; N],
) -> Result<Option<E::Model>> {
    one(db, &by_key::<E>(), key).await
}

fn by_key<E: EntityTrait>() -> String {
    let mut sql = select::<E>();
    sql.push_str(" WHERE ");
    for (number, column) in (1..).zip(E::PrimaryKey::iter()) {
        let and = if number > 1 { " AND " } else { "" };
        let column = column.into_column();
        let written = write!(sql, "{and}\"{}\" = ${number}", column.as_str());
        written.expect("a string takes whatever is written to it");
    }
    sql
}

/// `SELECT .. FROM ..`, to which a condition is added.
pub(crate) fn select<E: EntityTrait>() -> String {
    format!("SELECT {} FROM \"{}\"", columns::<E>(""), E::default().table_name())
}

/// The columns of an entity, each called with a prefix, for a statement that reads several entities.
pub(crate) fn columns<E: EntityTrait>(prefix: &str) -> String {
    let entity = E::default();
    let table = entity.table_name();
    let mut sql = String::new();
    for column in E::Column::iter() {
        let (comma, name) = (if sql.is_empty() { "" } else { ", " }, column.as_str());
        sql.extend([comma, "\"", table, "\".\"", name, "\""]);
        if !prefix.is_empty() {
            sql.extend([" AS \"", prefix, name, "\""]);
        }
    }
    sql
}

/// `INSERT INTO .. VALUES ..` of so many rows, and what becomes of those that exist.
pub(crate) fn insert<E: EntityTrait>(backend: DbBackend, rows: usize, conflict: &str) -> String {
    let mut sql = format!("INSERT INTO \"{}\" (", E::default().table_name());
    let mut columns = 0;
    for column in E::Column::iter() {
        let comma = if columns > 0 { ", " } else { "" };
        sql.extend([comma, "\"", column.as_str(), "\""]);
        columns += 1;
    }
    sql.push_str(") VALUES ");
    for row in 0..rows {
        sql.push_str(if row > 0 { ", (" } else { "(" });
        for column in 0..columns {
            let comma = if column > 0 { ", " } else { "" };
            let written = match backend {
                // SQLite looks through all names for each parameter that has one.
                DbBackend::Sqlite => write!(sql, "{comma}?"),
                _ => write!(sql, "{comma}${}", row * columns + column + 1),
            };
            written.expect("a string takes whatever is written to it");
        }
        sql.push(')');
    }
    sql.push_str(conflict);
    sql
}
