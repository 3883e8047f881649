-- Which sales have a waiting room; what it is and how it stands is in its ledger.
CREATE TABLE rooms (
    performance_id {uuid} PRIMARY KEY REFERENCES performances (id),
    created_at {bigint} NOT NULL,
    ended_at {bigint}
) {strict};
CREATE INDEX rooms_open ON rooms (created_at, performance_id) WHERE ended_at IS NULL;

-- What organisers did to a waiting room.
CREATE TABLE room_actions (
    id {uuid} PRIMARY KEY,
    performance_id {uuid} NOT NULL REFERENCES performances (id),
    at {bigint} NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    detail {json} NOT NULL
) {strict};
CREATE INDEX room_actions_by_room ON room_actions (performance_id, at, id);
