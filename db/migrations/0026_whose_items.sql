-- Whose an item is follows from the number that it names and from who signed it, at the time when it came. A number may change hands while
-- items wait or lie in quarantine, and its new owner must not get what customers wrote to the old one.

ALTER TABLE app.webhook_items ADD COLUMN belongs_to text;
COMMENT ON COLUMN app.webhook_items.belongs_to IS
  'The organization that owned the number when the item came, if the app that signed may speak for it; NULL when it was nobody''s.';

UPDATE app.webhook_items i SET belongs_to = n.organization_id FROM public.phone_numbers n
  WHERE i.state IN ('waiting', 'quarantined') AND n.phone_number_id = i.phone_number_id AND n.released_at IS NULL
    AND i.signed_by IN ('install', n.organization_id);
