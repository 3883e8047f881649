//! Writing an order with all that belongs to it by one statement, where the database can: PostgreSQL.
//!
//! Six round trips become one, for all who buy at the same moment, and no transaction is open while its caller is busy
//! with something else.

use serde_json::{Value, json};

use crate::{
    Result,
    entity::{jobs, order_positions, orders, payments},
    postgres::Postgres,
};

/// What follows an order is written only if the order is. References are checked when all of it is there, but for that to
/// the performance: a reference would lock its row, which all who buy at the same moment share.
const WRITE: &str = "
    WITH asked AS (SELECT * FROM {asked}), bought AS (
        INSERT INTO orders (
            id, code, secret_hash, organisation_id, performance_id, hold_id, channel, state, contact_name,
            contact_email, contact_phone, locale, total_minor, currency, idempotency_hash, created_at
        )
        SELECT p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16 FROM asked
        WHERE EXISTS (SELECT 1 FROM performances WHERE performances.id = p5)
        ON CONFLICT DO NOTHING
        RETURNING id
    ), written AS (
        SELECT DISTINCT ON (id) id, n, p17, p18, p19 FROM asked JOIN bought ON id = p1 ORDER BY id, n
    ), placed AS (
        INSERT INTO order_positions (
            order_id, idx, place_kind, place_id, label, category, ticket_type, price_minor, attendee_name
        )
        SELECT written.id, row.* FROM written, jsonb_to_recordset(p17) AS row (
            idx integer, place_kind text, place_id bigint, label text, category integer, ticket_type integer,
            price_minor bigint, attendee_name text
        )
    ), opening AS (
        INSERT INTO payments (
            order_id, id, provider, amount_minor, currency, state, expires_at, next_check_at, attempts,
            created_at, updated_at
        )
        SELECT written.id, row.* FROM written, jsonb_to_recordset(p18) AS row (
            id uuid, provider text, amount_minor bigint, currency text, state text, expires_at bigint,
            next_check_at bigint, attempts integer, created_at bigint, updated_at bigint
        )
    ), later AS (
        INSERT INTO jobs (id, kind, key, payload, state, due_at, attempts, created_at)
        SELECT row.* FROM written, jsonb_to_recordset(p19) AS row (
            id uuid, kind text, key text, payload jsonb, state text, due_at bigint, attempts integer,
            created_at bigint
        )
        ON CONFLICT DO NOTHING
    )
    SELECT n FROM written";

/// Writes them; false, changing nothing, if the order is there, its code is taken, or there is no such performance.
pub(super) async fn write(
    db: &Postgres,
    order: &orders::Model,
    positions: &[order_positions::Model],
    payment: Option<&payments::Model>,
    jobs: &[jobs::Model],
) -> Result<bool> {
    let order = order.clone();
    let rows = |rows: Vec<Value>| Value::Array(rows);
    let values = [
        order.id.into(),
        order.code.into(),
        order.secret_hash.into(),
        order.organisation_id.into(),
        order.performance_id.into(),
        order.hold_id.into(),
        order.channel.into(),
        order.state.into(),
        order.contact_name.into(),
        order.contact_email.into(),
        order.contact_phone.into(),
        order.locale.into(),
        order.total_minor.into(),
        order.currency.into(),
        order.idempotency_hash.into(),
        order.created_at.into(),
        rows(positions.iter().map(position_row).collect()).into(),
        rows(payment.into_iter().map(payment_row).collect()).into(),
        rows(jobs.iter().map(job_row).collect()).into(),
    ];
    Ok(db.change(WRITE, values.into()).await?)
}

fn position_row(row: &order_positions::Model) -> Value {
    json!({
        "idx": row.idx,
        "place_kind": row.place_kind,
        "place_id": row.place_id,
        "label": row.label,
        "category": row.category,
        "ticket_type": row.ticket_type,
        "price_minor": row.price_minor,
        "attendee_name": row.attendee_name,
    })
}

fn payment_row(row: &payments::Model) -> Value {
    json!({
        "id": row.id,
        "provider": row.provider,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "state": row.state,
        "expires_at": row.expires_at,
        "next_check_at": row.next_check_at,
        "attempts": row.attempts,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    })
}

fn job_row(row: &jobs::Model) -> Value {
    json!({
        "id": row.id,
        "kind": row.kind,
        "key": row.key,
        "payload": row.payload,
        "state": row.state,
        "due_at": row.due_at,
        "attempts": row.attempts,
        "created_at": row.created_at,
    })
}
