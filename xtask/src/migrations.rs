//! Refuses migrations that would stop a shop that sells: those that rewrite a big table, read all of it under a lock,
//! block its writers, or take away what replicas of the last release still use.
//!
//! Migrations expand and contract: a release adds (a table, a nullable column), the next one may stop using what was
//! there, and only the one after that takes it away, with a comment `-- contract: REASON` above the statement.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};

use crate::command::root;

/// Tables that have some rows for each organisation or machine, whatever is sold: changing all of them is quick.
const SMALL: [&str; 7] =
    ["organisations", "api_keys", "venues", "seating_plans", "geometries", "settings", "replicas"];

/// What takes away what the last release uses; allowed with a reason.
const CONTRACT: &str = "-- contract:";

/// Every fault of every migration.
pub fn faults() -> Result<Vec<String>> {
    let mut tables = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, sql) in all()? {
        faults.extend(check(&sql, &mut tables).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    Ok(faults)
}

/// The migrations of the tables and of the log, each with its name, in their order.
fn all() -> Result<Vec<(String, String)>> {
    let folder = root().join("crates/store/src/migrations");
    let mut files: Vec<_> =
        folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    let mut migrations = Vec::new();
    for path in files {
        let name = path.file_name().context("a migration has a name")?.to_string_lossy();
        migrations.push((name.into_owned(), fs::read_to_string(&path)?));
    }
    let schema = Path::new("crates/log/src/postgres/schema.rs");
    let text = fs::read_to_string(root().join(schema))?;
    let list =
        text.split_once("const MIGRATIONS: &[&str] = &[").context("no list of migrations")?;
    let list = list.1.split_once("];").context("the list of migrations does not end")?.0;
    for (number, sql) in (1..).zip(list.split('"').skip(1).step_by(2)) {
        migrations.push((format!("{} number {number}", schema.display()), sql.to_owned()));
    }
    Ok(migrations)
}

/// The faults of one migration. Tables that it creates are empty when it changes them.
fn check(sql: &str, tables: &mut BTreeSet<String>) -> Vec<String> {
    let mut created = BTreeSet::new();
    let mut faults = Vec::new();
    for statement in sql.split(';') {
        let contracts = statement.lines().any(|line| line.trim().starts_with(CONTRACT));
        let words = words(statement);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let ["create", "table", name, ..] = words[..] {
            created.insert(name.to_owned());
            continue;
        }
        let Some(table) = table(&words).filter(|table| tables.contains(*table)) else { continue };
        let small = SMALL.contains(&table);
        for (what, forgiven) in problems(&words) {
            let excused = match forgiven {
                Forgiven::Never => false,
                Forgiven::IfSmall => small,
                Forgiven::WithReason => contracts,
            };
            if !excused {
                faults.push(format!("{table}: {what}"));
            }
        }
    }
    tables.extend(created);
    faults
}

/// When a problem is none.
enum Forgiven {
    Never,
    IfSmall,
    WithReason,
}

/// What is wrong with a statement that changes a table with rows in it.
fn problems(words: &[&str]) -> Vec<(&'static str, Forgiven)> {
    use Forgiven::{IfSmall, Never, WithReason};
    let has = |wanted: &[&str]| words.windows(wanted.len()).any(|window| window == wanted);
    let mut found = Vec::new();
    let mut see = |seen: bool, what, forgiven| {
        if seen {
            found.push((what, forgiven));
        }
    };
    if has(&["create", "index"]) || has(&["create", "unique", "index"]) {
        let quiet = has(&["index", "concurrently"]);
        see(!quiet, "an index that is not built CONCURRENTLY blocks writers", IfSmall);
    }
    see(has(&["reindex"]) || has(&["cluster"]), "rewrites the table under a lock", IfSmall);
    see(has(&["lock", "table"]), "locks the table", Never);
    see(has(&["vacuum", "full"]), "rewrites the table under a lock", IfSmall);
    see(has(&["truncate"]), "takes away what is there", WithReason);
    see(
        matches!(words.first(), Some(&("update" | "delete"))),
        "changes every row in one transaction: let the worker do it in portions",
        IfSmall,
    );
    see(has(&["drop", "table"]), "the last release still uses the table", WithReason);
    if words.starts_with(&["alter", "table"]) {
        let column = has(&["add", "column"]);
        see(has(&["drop", "column"]), "the last release still uses the column", WithReason);
        see(has(&["rename"]), "the last release knows the old name", Never);
        see(
            has(&["type"]) && !has(&["set", "storage"]),
            "another type rewrites the table; the last release writes the old one",
            Never,
        );
        see(has(&["set", "not", "null"]), "reads the whole table under a lock", IfSmall);
        let default = has(&["default"]);
        see(
            column && has(&["not", "null"]) && !default,
            "a column that must be given fails the last release: give it a default",
            Never,
        );
        let computed = words.iter().skip_while(|word| **word != "default").nth(2) == Some(&"(");
        see(column && default && computed, "a computed default rewrites the table", IfSmall);
        let checks = has(&["check"]) || has(&["references"]) || has(&["foreign"]);
        see(
            checks && !has(&["not", "valid"]),
            "a constraint that is not NOT VALID reads the whole table under a lock",
            IfSmall,
        );
        let unique = has(&["unique"]) || has(&["primary", "key"]);
        see(unique && !has(&["using", "index"]), "builds an index under a lock", IfSmall);
    }
    found
}

/// The table that a statement changes.
fn table<'a>(words: &[&'a str]) -> Option<&'a str> {
    let after = |word: &str| {
        let at = words.iter().position(|known| *known == word)?;
        words[at + 1..].iter().find(|word| !matches!(**word, "if" | "exists" | "only")).copied()
    };
    match *words.first()? {
        "create" | "reindex" if words.contains(&"on") => after("on"),
        "alter" | "drop" | "lock" | "reindex" => after("table"),
        "update" => after("update"),
        "delete" => after("from"),
        "truncate" if words.contains(&"table") => after("table"),
        first => after(first).filter(|word| *word != "full").or_else(|| after("full")),
    }
}

/// The words of a statement in small letters, without comments and texts.
fn words(statement: &str) -> Vec<String> {
    let lines = statement.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join(" ").to_lowercase();
    let text: String = text.split('\'').step_by(2).collect::<Vec<_>>().join("''");
    let text = text.replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
    text.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{check, faults};

    fn faults_of(sql: &str) -> Vec<String> {
        let mut tables: BTreeSet<String> =
            ["orders", "venues", "log_entries"].map(str::to_owned).into();
        check(sql, &mut tables)
    }

    #[test]
    fn what_stops_a_shop_that_sells_is_refused() {
        for sql in [
            "ALTER TABLE orders ALTER COLUMN code TYPE varchar(10)",
            "ALTER TABLE orders ALTER code SET DATA TYPE text",
            "ALTER TABLE orders ADD COLUMN note text NOT NULL",
            "ALTER TABLE orders ADD COLUMN at bigint DEFAULT random()",
            "ALTER TABLE orders ALTER COLUMN paid_at SET NOT NULL",
            "ALTER TABLE orders ADD COLUMN venue {uuid} REFERENCES venues (id)",
            "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total_minor >= 0)",
            "ALTER TABLE orders ADD CONSTRAINT one UNIQUE (code)",
            "ALTER TABLE orders RENAME COLUMN code TO number",
            "ALTER TABLE orders DROP COLUMN code",
            "DROP TABLE orders",
            "-- all of them\nDROP TABLE IF EXISTS orders",
            "CREATE INDEX orders_by_code ON orders (code)",
            "create unique index orders_by_code on orders (code)",
            "UPDATE orders SET state = 'x'",
            "DELETE FROM orders WHERE state = 'failed'",
            "LOCK TABLE orders",
            "VACUUM FULL orders",
            "CLUSTER orders",
            "TRUNCATE orders",
            "ALTER TABLE venues RENAME COLUMN name TO title",
            "CREATE INDEX log_by_size ON log_entries (length(body))",
        ] {
            assert_eq!(faults_of(sql).len(), 1, "{sql}: {:?}", faults_of(sql));
        }
    }

    #[test]
    fn what_only_adds_is_allowed() {
        for sql in [
            "ALTER TABLE orders ADD COLUMN note text",
            "ALTER TABLE orders ADD COLUMN tries {int} NOT NULL DEFAULT 0",
            "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total_minor >= 0) NOT VALID",
            "ALTER TABLE orders ADD CONSTRAINT one UNIQUE USING INDEX orders_code",
            "ALTER TABLE log_entries ALTER COLUMN body SET STORAGE EXTERNAL",
            "CREATE INDEX CONCURRENTLY orders_by_code ON orders (code)",
            "CREATE TABLE news (id {uuid} PRIMARY KEY, type text); CREATE INDEX by_type ON news (type)",
            "CREATE TABLE news (id {uuid} PRIMARY KEY); UPDATE news SET id = NULL",
            "UPDATE venues SET name = 'x'",
            "CREATE INDEX venues_by_name ON venues (name)",
            "-- contract: unused since 0.4\nALTER TABLE orders DROP COLUMN code",
        ] {
            assert_eq!(faults_of(sql), [""; 0], "{sql}");
        }
    }

    #[test]
    fn the_migrations_that_there_are_stop_nobody() {
        assert_eq!(faults().unwrap(), [""; 0]);
    }
}
