-- What every replica must agree on, by name.
CREATE TABLE settings (
    name text PRIMARY KEY,
    value text NOT NULL
) {strict};

-- The processes that serve this shop, as each says of itself every few seconds.
CREATE TABLE replicas (
    id {uuid} PRIMARY KEY,
    build text NOT NULL,
    roles text NOT NULL,
    address text NOT NULL,
    state text NOT NULL,
    knows {int} NOT NULL,
    secret_print text NOT NULL,
    streams {json} NOT NULL,
    started_at {bigint} NOT NULL,
    seen_at {bigint} NOT NULL
) {strict};
CREATE INDEX replicas_by_age ON replicas (seen_at);
