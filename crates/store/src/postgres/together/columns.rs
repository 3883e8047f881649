//! What many give for the same parameters, as one array for each.

use sea_orm::{
    DbErr, Value,
    sqlx::{
        Arguments as _, Encode, Postgres, Type,
        postgres::{PgArguments, PgHasArrayType},
        types::Json,
    },
};

/// PostgreSQL's name for arrays of such a value. `None` for what no statement gives that many ask together.
pub(super) const fn array_type(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Uuid(_) => "uuid[]",
        Value::String(_) => "text[]",
        Value::Int(_) => "integer[]",
        Value::BigInt(_) => "bigint[]",
        Value::Bytes(_) => "bytea[]",
        Value::Json(_) => "jsonb[]",
        _ => return None,
    })
}

/// The arrays: of each parameter one, in which everybody has the same index.
pub(super) fn arguments(everybody: &[&[Value]]) -> Result<PgArguments, DbErr> {
    let mut arguments = PgArguments::default();
    let first = everybody.first().copied().unwrap_or_default();
    for (number, value) in first.iter().enumerate() {
        let column = Column { everybody, number };
        match value {
            Value::Uuid(_) => column.add(&mut arguments, |value| match value {
                Value::Uuid(value) => Some(*value),
                _ => None,
            }),
            Value::String(_) => column.add(&mut arguments, |value| match value {
                Value::String(value) => Some(value.as_deref()),
                _ => None,
            }),
            Value::Int(_) => column.add(&mut arguments, |value| match value {
                Value::Int(value) => Some(*value),
                _ => None,
            }),
            Value::BigInt(_) => column.add(&mut arguments, |value| match value {
                Value::BigInt(value) => Some(*value),
                _ => None,
            }),
            Value::Bytes(_) => column.add(&mut arguments, |value| match value {
                Value::Bytes(value) => Some(value.as_deref()),
                _ => None,
            }),
            Value::Json(_) => column.add(&mut arguments, |value| match value {
                Value::Json(value) => Some(value.as_deref().map(Json)),
                _ => None,
            }),
            _ => Err(other()),
        }?;
    }
    Ok(arguments)
}

/// What everybody gives for one parameter.
#[derive(Clone, Copy)]
struct Column<'a> {
    everybody: &'a [&'a [Value]],
    number: usize,
}

impl<'a> Column<'a> {
    fn add<T>(
        self,
        arguments: &mut PgArguments,
        read: impl Fn(&'a Value) -> Option<Option<T>>,
    ) -> Result<(), DbErr>
    where
        T: Encode<'a, Postgres> + Type<Postgres> + PgHasArrayType + 'a,
    {
        let values = self.everybody.iter().map(|values| values.get(self.number).and_then(&read));
        let values: Option<Vec<Option<T>>> = values.collect();
        arguments.add(values.ok_or_else(other)?).map_err(|error| DbErr::Type(error.to_string()))
    }
}

fn other() -> DbErr {
    DbErr::Type("not what others give for the same parameter".to_owned())
}
