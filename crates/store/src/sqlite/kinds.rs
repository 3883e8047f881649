//! What kind of value a column has.
//!
//! SQLite knows integers, text and blobs; that a blob is an id and a text is a document, the entities know. SeaORM takes a
//! value of another kind for one that is missing, so nothing is guessed about a column that has an entity.

use std::{collections::HashMap, sync::LazyLock};

use rusqlite::types::ValueRef;
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, Value, sea_query::ColumnType};
use uuid::Uuid;

use crate::entity;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    BigInt,
    Text,
    Bytes,
    Uuid,
    Json,
    /// As it is stored: what was counted or summed, and tables that are not ours.
    Stored,
}

type Columns = HashMap<&'static str, Kind>;

static TABLES: LazyLock<HashMap<&'static str, Columns>> = LazyLock::new(|| {
    HashMap::from([
        of_entity(entity::api_keys::Entity),
        of_entity(entity::carts::Entity),
        of_entity(entity::events::Entity),
        of_entity(entity::geometries::Entity),
        of_entity(entity::idempotency::Entity),
        of_entity(entity::jobs::Entity),
        of_entity(entity::order_positions::Entity),
        of_entity(entity::orders::Entity),
        of_entity(entity::organisations::Entity),
        of_entity(entity::payment_events::Entity),
        of_entity(entity::payments::Entity),
        of_entity(entity::performances::Entity),
        of_entity(entity::projections::Entity),
        of_entity(entity::refunds::Entity),
        of_entity(entity::replicas::Entity),
        of_entity(entity::room_actions::Entity),
        of_entity(entity::room_samples::Entity),
        of_entity(entity::room_wishes::Entity),
        of_entity(entity::rooms::Entity),
        of_entity(entity::seating_plans::Entity),
        of_entity(entity::settings::Entity),
        of_entity(entity::test_bank_deliveries::Entity),
        of_entity(entity::test_bank_payments::Entity),
        of_entity(entity::tickets::Entity),
        of_entity(entity::venues::Entity),
    ])
});

fn of_entity<E: EntityTrait>(entity: E) -> (&'static str, Columns) {
    let columns = E::Column::iter().map(|column| {
        let kind = match column.def().get_column_type() {
            ColumnType::Integer => Kind::Int,
            ColumnType::BigInteger => Kind::BigInt,
            ColumnType::String(_) | ColumnType::Text => Kind::Text,
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Kind::Bytes,
            ColumnType::Uuid => Kind::Uuid,
            ColumnType::Json | ColumnType::JsonBinary => Kind::Json,
            _ => Kind::Stored,
        };
        (column.as_str(), kind)
    });
    (entity.table_name(), columns.collect())
}

/// The kind of a column of an answer, by the table and column that it comes from.
pub(super) fn of(table: Option<&str>, column: Option<&str>) -> Kind {
    let found = table.and_then(|table| TABLES.get(table)).zip(column);
    found.and_then(|(columns, column)| columns.get(column)).copied().unwrap_or(Kind::Stored)
}

impl Kind {
    /// The value, or `None` if a column of this kind cannot have it.
    pub(super) fn value(self, stored: ValueRef<'_>) -> Option<Value> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        Some(match (self, stored) {
            (Self::Int, ValueRef::Null) => Value::Int(None),
            (Self::BigInt | Self::Stored, ValueRef::Null) => Value::BigInt(None),
            (Self::Text, ValueRef::Null) => Value::String(None),
            (Self::Bytes, ValueRef::Null) => Value::Bytes(None),
            (Self::Uuid, ValueRef::Null) => Value::Uuid(None),
            (Self::Json, ValueRef::Null) => Value::Json(None),
            (Self::Int, ValueRef::Integer(value)) => Value::Int(Some(value.try_into().ok()?)),
            (Self::BigInt | Self::Stored, ValueRef::Integer(value)) => Value::BigInt(Some(value)),
            (Self::Stored, ValueRef::Real(value)) => Value::Double(Some(value)),
            (Self::Text | Self::Stored, ValueRef::Text(bytes)) => Value::String(Some(text(bytes)?)),
            (Self::Bytes | Self::Stored, ValueRef::Blob(bytes)) => {
                Value::Bytes(Some(bytes.to_vec()))
            }
            (Self::Uuid, ValueRef::Blob(bytes)) => Value::Uuid(Some(Uuid::from_slice(bytes).ok()?)),
            (Self::Json, ValueRef::Text(bytes)) => {
                Value::Json(Some(Box::new(serde_json::from_slice(bytes).ok()?)))
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rusqlite::types::ValueRef;
    use sea_orm::{ConnectionTrait, Statement, Value};

    use super::{Kind, TABLES, of};
    use crate::{Config, Store};

    #[tokio::test]
    async fn every_column_of_every_table_has_a_kind() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("shop.db").display());
        let store = Store::connect(&url, Config::default()).await.unwrap();
        store.migrate().await.unwrap();
        let sql = "SELECT s.name || '.' || c.name, c.type FROM sqlite_master AS s \
            JOIN pragma_table_info(s.name) AS c WHERE s.type = 'table' \
            AND s.name NOT IN ('seaql_migrations', 'sqlite_sequence', 'sqlite_stat1')";
        let rows = Statement::from_string(store.db().get_database_backend(), sql);
        let mut columns = 0;
        for row in store.db().query_all_raw(rows).await.unwrap() {
            // By name, for the values of a row are kept in the order of their names.
            let name: String = row.try_get("", "s.name || '.' || c.name").unwrap();
            let stored: String = row.try_get("", "type").unwrap();
            let (table, column) = name.split_once('.').unwrap();
            let stored_as: &[Kind] = match &*stored.to_lowercase() {
                "integer" => &[Kind::Int, Kind::BigInt],
                "text" => &[Kind::Text, Kind::Json],
                "blob" => &[Kind::Uuid, Kind::Bytes],
                other => panic!("{name} is {other}"),
            };
            assert!(stored_as.contains(&of(Some(table), Some(column))), "{name}");
            columns += 1;
        }
        assert_eq!(columns, TABLES.values().map(HashMap::len).sum::<usize>());
    }

    #[test]
    fn a_value_of_another_kind_is_not_taken_for_one_that_is_missing() {
        assert_eq!(Kind::Uuid.value(ValueRef::Blob(&[1; 15])), None);
        assert_eq!(Kind::Int.value(ValueRef::Integer(1 << 40)), None);
        assert_eq!(Kind::Json.value(ValueRef::Text(b"{")), None);
        assert_eq!(Kind::Text.value(ValueRef::Integer(1)), None);
        assert_eq!(Kind::Int.value(ValueRef::Integer(7)), Some(Value::Int(Some(7))));
        assert_eq!(Kind::Uuid.value(ValueRef::Null), Some(Value::Uuid(None)));
    }
}
