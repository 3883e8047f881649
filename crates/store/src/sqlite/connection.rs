//! One connection: values in, rows out, errors as those of the other engine.

use std::{borrow::Cow, collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use rusqlite::{
    Error as SqliteError, OpenFlags, Row, ToSql,
    types::{ToSqlOutput, ValueRef},
};
use rustc_hash::FxHashMap;
use sea_orm::{
    DbErr, ExecResult, ProxyExecResult, ProxyRow, QueryResult, RuntimeErr, SqlxError, Statement,
    Value,
    sqlx::error::{DatabaseError, ErrorKind},
};

use super::kinds::{self, Kind};
use crate::limits;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It cannot change anything.
    Reader,
    /// It does not wait for other processes that write: who uses it sleeps, and tries again.
    Writer,
}

/// A connection that keeps its statements prepared.
pub(crate) struct Connection {
    raw: rusqlite::Connection,
    shapes: FxHashMap<String, Arc<Shape>>,
}

/// What is known of a prepared statement.
struct Shape {
    /// The columns that it answers with.
    columns: Vec<(String, Kind)>,
    /// For each parameter, which value it takes. `None` if they are as the values are.
    parameters: Option<Vec<usize>>,
}

impl Connection {
    pub(super) fn open(path: &Path, role: Role) -> Result<Self, DbErr> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = || -> Result<rusqlite::Connection, SqliteError> {
            let raw = rusqlite::Connection::open_with_flags(path, flags)?;
            raw.set_prepared_statement_cache_capacity(limits::STATEMENTS_KEPT);
            raw.busy_timeout(limits::SQLITE_BUSY)?;
            raw.pragma_update(None, "journal_mode", "WAL")?;
            raw.pragma_update(None, "synchronous", "FULL")?;
            raw.pragma_update(None, "foreign_keys", "ON")?;
            match role {
                Role::Reader => raw.pragma_update(None, "query_only", "ON")?,
                Role::Writer => raw.busy_timeout(Duration::ZERO)?,
            }
            Ok(raw)
        };
        let raw = opened().map_err(|error| DbErr::Conn(fault(&error)))?;
        Ok(Self { raw, shapes: FxHashMap::default() })
    }

    /// One statement of ours without values.
    pub(crate) fn simple(&mut self, sql: &'static str) -> Result<(), DbErr> {
        let done = self.raw.prepare_cached(sql).and_then(|mut statement| {
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            Ok(())
        });
        done.map_err(|error| DbErr::Exec(fault(&error)))
    }

    /// Whether it is in no transaction: none was begun, or SQLite undid it by itself, as when the disk is full.
    pub(crate) fn is_idle(&self) -> bool {
        self.raw.is_autocommit()
    }

    /// Undoes what is open, if anything is.
    pub(crate) fn rolled_back(&mut self) -> Result<(), DbErr> {
        if self.is_idle() { Ok(()) } else { self.simple("ROLLBACK") }
    }

    pub(crate) fn execute(&mut self, statement: &Statement) -> Result<ExecResult, DbErr> {
        let done = self.run(statement, |statement, _| statement.raw_execute());
        Ok(changed(done.map_err(|error| DbErr::Exec(fault(&error)))?))
    }

    pub(crate) fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        self.raw.execute_batch(sql).map_err(|error| DbErr::Exec(fault(&error)))?;
        Ok(changed(0))
    }

    pub(crate) fn query_one(
        &mut self,
        statement: &Statement,
    ) -> Result<Option<QueryResult>, DbErr> {
        let row = self.run(statement, |statement, shape| {
            statement.raw_query().next()?.map(|row| shape.row(row)).transpose()
        });
        row.map_err(|error| DbErr::Query(fault(&error)))
    }

    pub(crate) fn query_all(&mut self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.run(statement, |statement, shape| {
            let mut rows = statement.raw_query();
            let mut answer = Vec::new();
            while let Some(row) = rows.next()? {
                answer.push(shape.row(row)?);
            }
            Ok(answer)
        });
        rows.map_err(|error| DbErr::Query(fault(&error)))
    }

    fn run<T>(
        &mut self,
        statement: &Statement,
        run: impl FnOnce(&mut rusqlite::Statement<'_>, &Shape) -> Result<T, SqliteError>,
    ) -> Result<T, SqliteError> {
        let mut prepared = self.raw.prepare_cached(&statement.sql)?;
        let shape = match self.shapes.get(&statement.sql) {
            Some(shape) => Arc::clone(shape),
            None => {
                if self.shapes.len() >= limits::STATEMENTS_KEPT {
                    self.shapes.clear();
                }
                let shape = Arc::new(Shape::of(&prepared));
                self.shapes.insert(statement.sql.clone(), Arc::clone(&shape));
                shape
            }
        };
        shape.bind(&mut prepared, statement.values.as_ref().map_or(&[], |values| &values.0))?;
        run(&mut prepared, &shape)
    }
}

impl Shape {
    fn of(statement: &rusqlite::Statement<'_>) -> Self {
        let column = |column: rusqlite::ColumnMetadata<'_>| {
            let kind = kinds::of(column.table_name(), column.origin_name());
            (column.name().to_owned(), kind)
        };
        // `$2` is a name to SQLite, and the second parameter to us.
        let number = |index| -> Option<usize> {
            statement.parameter_name(index)?.strip_prefix('$')?.parse().ok()
        };
        let numbers: Vec<Option<usize>> = (1..=statement.parameter_count()).map(number).collect();
        let is_numbered = numbers.iter().any(Option::is_some);
        let numbers = numbers.into_iter().map(|number| number.unwrap_or(0)).collect();
        Self {
            columns: statement.columns_with_metadata().into_iter().map(column).collect(),
            parameters: is_numbered.then_some(numbers),
        }
    }

    fn bind(
        &self,
        statement: &mut rusqlite::Statement<'_>,
        values: &[Value],
    ) -> Result<(), SqliteError> {
        match &self.parameters {
            None => {
                for (index, value) in (1..).zip(values) {
                    statement.raw_bind_parameter(index, Bound(value))?;
                }
            }
            Some(numbers) => {
                for (index, number) in (1..).zip(numbers) {
                    let value = number.checked_sub(1).and_then(|number| values.get(number));
                    let value =
                        value.ok_or(SqliteError::InvalidParameterCount(values.len(), *number))?;
                    statement.raw_bind_parameter(index, Bound(value))?;
                }
            }
        }
        Ok(())
    }

    fn row(&self, row: &Row<'_>) -> Result<QueryResult, SqliteError> {
        let mut values = BTreeMap::new();
        for (index, (name, kind)) in self.columns.iter().enumerate() {
            let value = kind.value(row.get_ref(index)?).ok_or_else(|| {
                let what =
                    row.get_ref(index).map_or(rusqlite::types::Type::Null, |it| it.data_type());
                SqliteError::InvalidColumnType(index, name.clone(), what)
            })?;
            values.insert(name.clone(), value);
        }
        Ok(ProxyRow::new(values).into())
    }
}

fn changed(rows: usize) -> ExecResult {
    // Keys are ours, so nobody asks for the last one.
    ProxyExecResult::new(0, u64::try_from(rows).unwrap_or(u64::MAX)).into()
}

/// A value as SQLite keeps it: like the driver, so that one file serves both.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let integer = |value: Option<i64>| value.map_or(ValueRef::Null, ValueRef::Integer);
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Bool(value) => integer(value.map(i64::from)),
            Value::Int(value) => integer(value.map(i64::from)),
            Value::Unsigned(value) => integer(value.map(i64::from)),
            Value::BigInt(value) => integer(*value),
            Value::BigUnsigned(value) => match value.map(i64::try_from).transpose() {
                Ok(value) => integer(value),
                Err(error) => return Err(SqliteError::ToSqlConversionFailure(error.into())),
            },
            Value::Double(value) => value.map_or(ValueRef::Null, ValueRef::Real),
            Value::String(Some(text)) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Value::Uuid(Some(id)) => ValueRef::Blob(id.as_bytes()),
            Value::Json(Some(json)) => return Ok(ToSqlOutput::from(json.to_string())),
            Value::String(None) | Value::Bytes(None) | Value::Uuid(None) | Value::Json(None) => {
                ValueRef::Null
            }
            _ => {
                let what = "no column is of this type";
                return Err(SqliteError::ToSqlConversionFailure(what.into()));
            }
        }))
    }
}

/// What SQLite answered instead, in the driver's words: errors are sorted in one place for both engines.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Fault {
    message: String,
    code: i32,
}

impl DatabaseError for Fault {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        match self.code {
            rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE => ErrorKind::UniqueViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_NOTNULL => ErrorKind::NotNullViolation,
            rusqlite::ffi::SQLITE_CONSTRAINT_CHECK => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}

fn fault(error: &SqliteError) -> RuntimeErr {
    let code = match error {
        SqliteError::SqliteFailure(error, _) => error.extended_code,
        _ => return RuntimeErr::Internal(error.to_string()),
    };
    let fault: Box<dyn DatabaseError> = Box::new(Fault { message: error.to_string(), code });
    RuntimeErr::SqlxError(Arc::new(SqlxError::Database(fault)))
}

/// Whether another process writes at the moment.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let SqlxError::Database(error) = error.as_ref() else { return false };
    error.try_downcast_ref::<Fault>().is_some_and(|fault| {
        matches!(fault.code & 0xff, rusqlite::ffi::SQLITE_BUSY | rusqlite::ffi::SQLITE_LOCKED)
    })
}
