//! A database of its own for each test.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// An empty database on the server of the tests.
#[expect(clippy::disallowed_methods, reason = "tests are told where their database is")]
pub async fn empty(test: &str) -> String {
    let server = std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL names a PostgreSQL that tests may write to; `cargo xtask test` starts one",
    );
    create(&server, test).await
}

/// An empty database on a server.
pub async fn create(server: &str, test: &str) -> String {
    let name = format!("fleet_{test}");
    let mut admin = PgConnection::connect(server).await.unwrap();
    for sql in
        [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")]
    {
        admin.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    admin.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// Runs a statement.
pub async fn execute(database: &str, sql: &str) {
    let mut connection = PgConnection::connect(database).await.unwrap();
    connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}

/// The same database for a role that may read and write rows, and nothing else.
pub async fn with_rows_only(database: &str, role: &str) -> String {
    for sql in [
        format!("DROP ROLE IF EXISTS {role}"),
        format!("CREATE ROLE {role} LOGIN"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        // So it is by default since PostgreSQL 15.
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned(),
    ] {
        execute(database, &sql).await;
    }
    let (_, rest) = database.split_once('@').unwrap();
    format!("postgres://{role}@{rest}")
}
