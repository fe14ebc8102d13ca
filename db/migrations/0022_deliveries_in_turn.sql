-- A backlog of one account must not hold up the others before it is split: whose a delivery is, is known when it is stored.

ALTER TABLE app.webhook_deliveries ADD COLUMN turn_of text NOT NULL DEFAULT '';
COMMENT ON COLUMN app.webhook_deliveries.turn_of IS
  'In whose turn it is split: of the organization whose own app signed it, or of the only WhatsApp Business Account that it names. Empty when it may '
  'name several: then it is overtaken by none and overtakes none.';
-- squawk-ignore require-concurrent-index-creation -- an index of a partitioned table cannot be made concurrently; few rows are waiting
CREATE INDEX webhook_deliveries_turn_idx ON app.webhook_deliveries (turn_of, id) WHERE state = 'received';
