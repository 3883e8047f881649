-- The first shape. Moments are milliseconds since 1970 UTC, money is minor units, states are words.
-- A unique index is named after its table and columns.

CREATE TABLE organisations (
    id {uuid} PRIMARY KEY,
    name text NOT NULL,
    created_at {bigint} NOT NULL
) {strict};

CREATE TABLE api_keys (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisations (id),
    name text NOT NULL,
    prefix text NOT NULL,
    secret_hash {bytes} NOT NULL,
    created_at {bigint} NOT NULL,
    revoked_at {bigint}
) {strict};
CREATE UNIQUE INDEX api_keys_prefix ON api_keys (prefix);
CREATE INDEX api_keys_by_organisation ON api_keys (organisation_id, created_at, id);

CREATE TABLE venues (
    id {uuid} PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    zone text NOT NULL,
    address text NOT NULL,
    folded text NOT NULL
) {strict};
CREATE UNIQUE INDEX venues_slug ON venues (slug);

CREATE TABLE geometries (
    hash {bytes} PRIMARY KEY,
    content {bytes} NOT NULL,
    created_at {bigint} NOT NULL
) {strict};

CREATE TABLE seating_plans (
    id {uuid} PRIMARY KEY,
    venue_id {uuid} NOT NULL REFERENCES venues (id),
    name text NOT NULL,
    geometry_hash {bytes} NOT NULL REFERENCES geometries (hash),
    seats {int} NOT NULL,
    created_at {bigint} NOT NULL
) {strict};
CREATE UNIQUE INDEX seating_plans_venue_id_name ON seating_plans (venue_id, name);

CREATE TABLE events (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisations (id),
    slug text NOT NULL,
    title {json} NOT NULL,
    summary {json} NOT NULL,
    description {json} NOT NULL,
    genre text NOT NULL,
    image text,
    folded text NOT NULL,
    created_at {bigint} NOT NULL
) {strict};
CREATE UNIQUE INDEX events_slug ON events (slug);
CREATE INDEX events_by_organisation ON events (organisation_id, created_at, id);

-- From sale_state on, the columns are projected from the log.
CREATE TABLE performances (
    id {uuid} PRIMARY KEY,
    event_id {uuid} NOT NULL REFERENCES events (id),
    venue_id {uuid} NOT NULL REFERENCES venues (id),
    plan_id {uuid} NOT NULL REFERENCES seating_plans (id),
    starts_at {bigint} NOT NULL,
    doors_at {bigint},
    currency text NOT NULL,
    offer {json} NOT NULL,
    created_at {bigint} NOT NULL,
    sale_state text NOT NULL DEFAULT 'undefined',
    on_sale_from {bigint},
    price_from {bigint},
    price_to {bigint},
    capacity {bigint} NOT NULL DEFAULT 0,
    area_capacities {json} NOT NULL DEFAULT '[]',
    public_categories {json} NOT NULL DEFAULT '[]',
    blocked {bigint} NOT NULL DEFAULT 0,
    sold {bigint} NOT NULL DEFAULT 0,
    tickets_issued {bigint} NOT NULL DEFAULT 0,
    updated_position {bigint} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX performances_by_event ON performances (event_id, starts_at, id);
CREATE INDEX performances_by_start ON performances (starts_at, id);
CREATE INDEX performances_by_venue ON performances (venue_id, starts_at);

CREATE TABLE orders (
    id {uuid} PRIMARY KEY,
    code text NOT NULL,
    secret_hash {bytes} NOT NULL,
    organisation_id {uuid} NOT NULL REFERENCES organisations (id),
    performance_id {uuid} NOT NULL REFERENCES performances (id),
    hold_id {uuid} NOT NULL,
    channel {int} NOT NULL,
    state text NOT NULL,
    contact_name text NOT NULL,
    contact_email text NOT NULL,
    contact_phone text NOT NULL,
    locale text NOT NULL,
    total_minor {bigint} NOT NULL,
    currency text NOT NULL,
    idempotency_hash {bytes},
    created_at {bigint} NOT NULL,
    paid_at {bigint},
    cancelled_at {bigint},
    erased_at {bigint},
    position {bigint}
) {strict};
CREATE UNIQUE INDEX orders_code ON orders (code);
CREATE UNIQUE INDEX orders_idempotency_hash ON orders (idempotency_hash);
CREATE INDEX orders_by_performance ON orders (performance_id, created_at, id);
CREATE INDEX orders_by_organisation ON orders (organisation_id, created_at, id);
CREATE INDEX orders_by_id ON orders (performance_id, id);
CREATE INDEX orders_by_hold ON orders (hold_id);

CREATE TABLE order_positions (
    order_id {uuid} NOT NULL REFERENCES orders (id),
    idx {int} NOT NULL,
    place_kind text NOT NULL,
    place_id {bigint} NOT NULL,
    label text NOT NULL,
    category {int} NOT NULL,
    ticket_type {int} NOT NULL,
    price_minor {bigint} NOT NULL,
    attendee_name text NOT NULL,
    cancelled_at {bigint},
    PRIMARY KEY (order_id, idx)
) {strict};

CREATE TABLE tickets (
    id {uuid} PRIMARY KEY,
    performance_id {uuid} NOT NULL REFERENCES performances (id),
    order_id {uuid} NOT NULL,
    idx {int} NOT NULL,
    serial {bigint} NOT NULL,
    state text NOT NULL,
    created_at {bigint} NOT NULL,
    voided_at {bigint},
    FOREIGN KEY (order_id, idx) REFERENCES order_positions (order_id, idx)
) {strict};
CREATE UNIQUE INDEX tickets_performance_id_serial ON tickets (performance_id, serial);
CREATE INDEX tickets_by_order ON tickets (order_id, idx);

CREATE TABLE payments (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    provider text NOT NULL,
    provider_ref text,
    page_url text,
    amount_minor {bigint} NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    expires_at {bigint} NOT NULL,
    settled_at {bigint},
    next_check_at {bigint},
    attempts {int} NOT NULL,
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL
) {strict};
CREATE UNIQUE INDEX payments_provider_provider_ref ON payments (provider, provider_ref);
CREATE INDEX payments_by_order ON payments (order_id, created_at, id);
-- An order is paid once: a second payment that succeeds cannot become 'paid' too, and goes back.
CREATE UNIQUE INDEX payments_one_paid ON payments (order_id) WHERE state = 'paid';
CREATE INDEX payments_due ON payments (next_check_at) WHERE next_check_at IS NOT NULL;

CREATE TABLE payment_events (
    provider text NOT NULL,
    event_id text NOT NULL,
    payload {json} NOT NULL,
    received_at {bigint} NOT NULL,
    processed_at {bigint},
    PRIMARY KEY (provider, event_id)
) {strict};
CREATE INDEX payment_events_open ON payment_events (received_at) WHERE processed_at IS NULL;
CREATE INDEX payment_events_processed ON payment_events (processed_at) WHERE processed_at IS NOT NULL;

CREATE TABLE refunds (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payments (id),
    amount_minor {bigint} NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    provider_ref text,
    attempts {int} NOT NULL,
    created_at {bigint} NOT NULL,
    updated_at {bigint} NOT NULL
) {strict};
CREATE INDEX refunds_by_payment ON refunds (payment_id, created_at, id);

-- The id follows from kind and key, so it is what makes them unique. due_at is when a job may next be claimed:
-- claiming moves it to the end of the lease.
CREATE TABLE jobs (
    id {uuid} PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,
    payload {json} NOT NULL,
    state text NOT NULL,
    due_at {bigint} NOT NULL,
    attempts {int} NOT NULL,
    last_error text,
    created_at {bigint} NOT NULL,
    finished_at {bigint}
) {strict};
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE state = 'queued';
CREATE INDEX jobs_dead ON jobs (created_at, id) WHERE state = 'dead';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- high_position is the furthest that was ever projected: a rebuild starts from zero but sends no mail twice.
CREATE TABLE projections (
    stream text PRIMARY KEY,
    position {bigint} NOT NULL,
    high_position {bigint} NOT NULL
) {strict};

CREATE TABLE idempotency (
    principal text NOT NULL,
    key_hash {bytes} NOT NULL,
    fingerprint {bytes} NOT NULL,
    status {int},
    body {bytes},
    lease_until {bigint} NOT NULL,
    created_at {bigint} NOT NULL,
    PRIMARY KEY (principal, key_hash)
) {strict};
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE carts (
    cart_id {uuid} NOT NULL,
    performance_id {uuid} NOT NULL REFERENCES performances (id),
    hold_id {uuid} NOT NULL,
    updated_at {bigint} NOT NULL,
    PRIMARY KEY (cart_id, performance_id)
) {strict};
CREATE INDEX carts_by_age ON carts (updated_at);

CREATE TABLE test_bank_payments (
    ref text PRIMARY KEY,
    version {bigint} NOT NULL,
    document {json} NOT NULL
) {strict};

CREATE TABLE test_bank_deliveries (
    delivery_id text PRIMARY KEY,
    payment_ref text NOT NULL REFERENCES test_bank_payments (ref),
    due_at {bigint} NOT NULL,
    attempts {int} NOT NULL,
    document {json} NOT NULL
) {strict};
CREATE INDEX test_bank_deliveries_due ON test_bank_deliveries (due_at);
