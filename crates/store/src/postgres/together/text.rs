//! What is asked for one, rewritten for many.

use sea_orm::Value;

use super::columns::array_type;

/// What stands for those who ask, in a statement that is written for many: who each of them is, `n`, and what they give,
/// `p1` and so on.
const ASKED: &str = "{asked}";

/// The statement for many. Three kinds are known: `SELECT`, `UPDATE .. WHERE`, and what is written for many already, with
/// [`ASKED`] where they come from and `n` first in what it returns.
pub(super) fn for_many(sql: &str, values: &[Value]) -> String {
    // PostgreSQL refuses what it does not know, and the caller is told.
    let kinds = values.iter().map(|value| array_type(value).unwrap_or("unknown"));
    let arrays: Vec<_> = (1..).zip(kinds).map(|(at, kind)| format!("${at}::{kind}")).collect();
    let names: Vec<_> = (1..=values.len()).map(|at| format!("p{at}")).collect();
    let (arrays, names) = (arrays.join(", "), names.join(", "));
    let asked = format!("unnest({arrays}) WITH ORDINALITY AS asked ({names}, n)");
    if sql.contains(ASKED) {
        return sql.replace(ASKED, &asked);
    }
    let sql = of_each(sql);
    match sql.split_once("WHERE") {
        Some((change, condition)) if sql.starts_with("UPDATE") => {
            format!("{change}FROM {asked} WHERE{condition} RETURNING asked.n")
        }
        _ => format!("SELECT asked.n, found.* FROM {asked} CROSS JOIN LATERAL ({sql}) AS found"),
    }
}

/// With `asked.p1` for `$1`.
fn of_each(sql: &str) -> String {
    let mut pieces = sql.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push_str("asked.p");
        text.push_str(piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use sea_orm::Value;

    use super::for_many;

    #[test]
    fn what_is_asked_for_one_is_asked_for_many() {
        let values = [Value::Uuid(None), Value::BigInt(None)];
        let asked = "unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS asked (p1, p2, n)";
        assert_eq!(
            for_many("SELECT a FROM t WHERE id = $1 AND at < $2 LIMIT 3", &values),
            format!(
                "SELECT asked.n, found.* FROM {asked} CROSS JOIN LATERAL \
                (SELECT a FROM t WHERE id = asked.p1 AND at < asked.p2 LIMIT 3) AS found"
            )
        );
        assert_eq!(
            for_many("UPDATE t SET at = $2 WHERE id = $1", &values),
            format!(
                "UPDATE t SET at = asked.p2 FROM {asked} WHERE id = asked.p1 RETURNING asked.n"
            )
        );
        assert_eq!(
            for_many("INSERT INTO t SELECT p1, p2 FROM {asked}", &values),
            format!("INSERT INTO t SELECT p1, p2 FROM {asked}")
        );
    }
}
