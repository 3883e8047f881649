-- Venues belong to organisations. Those from before belong to whoever sold in them first; one in which nobody sold
-- belongs to nobody until an organisation describes it again.

ALTER TABLE venues ADD COLUMN organisation_id {uuid} REFERENCES organisations (id);

UPDATE venues SET organisation_id = (
    SELECT events.organisation_id
    FROM performances
    JOIN events ON events.id = performances.event_id
    WHERE performances.venue_id = venues.id
    ORDER BY performances.created_at, performances.id
    LIMIT 1
);
