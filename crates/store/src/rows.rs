//! Small helpers over SeaORM that every noun uses.

use frontrow_ledger::Time;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, InsertMany,
    IntoActiveModel, Iterable, PrimaryKeyToColumn, Statement,
    sea_query::{Expr, OnConflict, SimpleExpr},
};
use serde_json::Value;

use crate::{Error, Result, limits, page::Cursor, sql, texts::Texts};

/// Inserts rows; one that exists is a [`Error::Conflict`].
pub(crate) async fn insert<M, A>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<()>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    insert_chunks(db, rows, "").await?;
    Ok(())
}

/// Inserts rows, leaving alone what exists by any unique value; answers how many were new.
pub(crate) async fn insert_missing<M, A>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<u64>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    insert_chunks(db, rows, " ON CONFLICT DO NOTHING").await
}

/// Inserts rows, or does with those that exist as the text of the statement goes on.
pub(crate) async fn insert_or<M, A>(
    db: &impl ConnectionTrait,
    rows: Vec<M>,
    conflict: &str,
) -> Result<u64>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    insert_chunks(db, rows, conflict).await
}

async fn insert_chunks<M, A>(db: &impl ConnectionTrait, rows: Vec<M>, conflict: &str) -> Result<u64>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    let mut rows = rows.into_iter();
    let mut written = 0;
    while rows.len() > 0 {
        let count = chunk_rows(rows.len());
        let mut values = Vec::new();
        for row in rows.by_ref().take(count) {
            let mut row = row.into_active_model();
            for column in <A::Entity as EntityTrait>::Column::iter() {
                let value = row.take(column).into_value();
                values.push(value.ok_or_else(|| Error::Bug("a row lacks a column".into()))?);
            }
        }
        let backend = db.get_database_backend();
        let sql = sql::insert::<A::Entity>(backend, count, conflict);
        let insert = Statement::from_sql_and_values(backend, sql, values);
        written += db.execute_raw(insert).await?.rows_affected();
    }
    Ok(written)
}

/// How many of the rows that are left to insert at once. Each number is a statement of its own, to be prepared on each
/// connection, so few numbers are used: any number that one order has, and powers of two beyond.
fn chunk_rows(left: usize) -> usize {
    if left <= limits::INSERT_ROWS_ANY {
        return left;
    }
    usize::min(1 << left.ilog2(), limits::INSERT_ROWS_MAX)
}

/// A list of a length that few lists have, for the same reason: the last value is repeated up to a power of two, which
/// changes nothing of what is `IN` the list.
pub(crate) fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// Inserts a row, or replaces the columns given of the one with the same primary key.
pub(crate) async fn put<M, A>(
    db: &impl ConnectionTrait,
    row: M,
    columns: impl IntoIterator<Item = <A::Entity as EntityTrait>::Column>,
) -> Result<()>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    let key = <A::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    InsertMany::<A>::many([row])
        .on_conflict(OnConflict::columns(key).update_columns(columns).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The same, where the row that is there is replaced only under a condition. Zero if it does not hold.
pub(crate) async fn put_if<M, A>(
    db: &impl ConnectionTrait,
    row: M,
    columns: impl IntoIterator<Item = <A::Entity as EntityTrait>::Column>,
    condition: SimpleExpr,
) -> Result<u64>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    let key = <A::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    let mut conflict = OnConflict::columns(key);
    conflict.update_columns(columns).action_and_where(condition);
    Ok(InsertMany::<A>::many([row]).on_conflict(conflict).exec_without_returning(db).await?)
}

/// A moment that may be missing.
pub(crate) fn moment(at: Option<i64>) -> Option<Time> {
    at.map(Time)
}

/// Bytes of a known length.
pub(crate) fn hash(bytes: &[u8], table: &'static str, column: &'static str) -> Result<[u8; 32]> {
    bytes.try_into().map_err(|_| Error::corrupt(table, column))
}

pub(crate) fn texts_row(texts: &Texts) -> Value {
    serde_json::json!({ "cs": texts.cs, "en": texts.en })
}

pub(crate) fn texts(row: Value, table: &'static str, column: &'static str) -> Result<Texts> {
    serde_json::from_value(row).map_err(|_| Error::corrupt(table, column))
}

/// Rows after a cursor, in the order of a moment and an id. A row comparison, so that one index range answers it.
pub(crate) fn after<C: ColumnTrait>((at, id): (C, C), cursor: Cursor) -> SimpleExpr {
    Expr::tuple([Expr::col(at.as_column_ref()), Expr::col(id.as_column_ref())])
        .gt(Expr::tuple([Expr::val(cursor.at.0), Expr::val(cursor.id)]))
}

/// The same for a list that runs backwards.
pub(crate) fn before<C: ColumnTrait>((at, id): (C, C), cursor: Cursor) -> SimpleExpr {
    Expr::tuple([Expr::col(at.as_column_ref()), Expr::col(id.as_column_ref())])
        .lt(Expr::tuple([Expr::val(cursor.at.0), Expr::val(cursor.id)]))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{chunk_rows, padded};
    use crate::limits;

    #[test]
    fn few_statements_insert_and_find_any_number_of_rows() {
        let mut inserts = HashSet::new();
        let mut lists = HashSet::new();
        for rows in 1..5_000 {
            let mut left = rows;
            while left > 0 {
                inserts.insert(chunk_rows(left));
                left -= chunk_rows(left);
            }
            let list = padded(0..rows);
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), rows);
            lists.insert(list.len());
        }
        assert!(inserts.len() <= 17 && lists.len() <= 14, "{inserts:?} {lists:?}");
        assert!(inserts.into_iter().all(|rows| rows <= limits::INSERT_ROWS_MAX));
        assert!(padded(Vec::<u8>::new()).is_empty());
    }
}
