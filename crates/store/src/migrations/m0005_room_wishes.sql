-- Who wants a mail from a waiting room: `turn` when it is theirs, `places` when some come back.
CREATE TABLE room_wishes (
    id {uuid} PRIMARY KEY,
    performance_id {uuid} NOT NULL REFERENCES performances (id),
    place {bigint} NOT NULL,
    wish text NOT NULL,
    position {bigint},
    email text NOT NULL,
    locale text NOT NULL,
    created_at {bigint} NOT NULL,
    mailed_at {bigint}
) {strict};
CREATE INDEX room_wishes_open ON room_wishes (performance_id, position, id) WHERE mailed_at IS NULL AND wish = 'places';
CREATE INDEX room_wishes_by_room ON room_wishes (performance_id, wish, created_at, id);
CREATE INDEX room_wishes_by_age ON room_wishes (created_at);

-- How waiting rooms stood in the last half hour, for their organisers' pictures.
CREATE TABLE room_samples (
    performance_id {uuid} NOT NULL REFERENCES performances (id),
    at {bigint} NOT NULL,
    joined {bigint} NOT NULL,
    waiting {bigint} NOT NULL,
    called {bigint} NOT NULL,
    missed {bigint} NOT NULL,
    in_shop {bigint} NOT NULL,
    rate_per_minute {bigint} NOT NULL,
    PRIMARY KEY (performance_id, at)
) {strict};
