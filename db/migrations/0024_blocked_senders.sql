-- Who blocked a sender, when and why: beside the state that says it, so that it goes wherever the conversation goes.

ALTER TABLE public.conversations
  ADD COLUMN blocked_at timestamptz,
  ADD COLUMN blocked_by uuid,
  ADD COLUMN blocked_reason text CONSTRAINT conversations_blocked_reason_length CHECK (length(blocked_reason) BETWEEN 1 AND 500);
ALTER TABLE public.triage_items
  ADD COLUMN blocked_at timestamptz,
  ADD COLUMN blocked_by uuid,
  ADD COLUMN blocked_reason text CONSTRAINT triage_items_blocked_reason_length CHECK (length(blocked_reason) BETWEEN 1 AND 500);
UPDATE public.conversations SET blocked_at = updated_at WHERE status = 'blocked';
UPDATE public.triage_items SET blocked_at = last_message_at WHERE state = 'blocked';

-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint -- the column was made above and is empty
ALTER TABLE public.conversations ADD CONSTRAINT conversations_blocker_fkey FOREIGN KEY (organization_id, blocked_by)
  REFERENCES public.users (organization_id, id) ON DELETE SET NULL (blocked_by);
-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint -- the column was made above and is empty
ALTER TABLE public.triage_items ADD CONSTRAINT triage_items_blocker_fkey FOREIGN KEY (organization_id, blocked_by)
  REFERENCES public.users (organization_id, id) ON DELETE SET NULL (blocked_by);

-- squawk-ignore require-concurrent-index-creation -- partial, and few are blocked
CREATE INDEX conversations_blocked_idx ON public.conversations (organization_id, blocked_at DESC, id DESC) WHERE status = 'blocked';
-- squawk-ignore require-concurrent-index-creation -- partial, and few are blocked
CREATE INDEX triage_items_blocked_idx ON public.triage_items (organization_id, blocked_at DESC, id DESC) WHERE state = 'blocked';

COMMENT ON COLUMN public.conversations.blocked_at IS 'Since when the sender is blocked; kept by trigger_note_block.';
COMMENT ON COLUMN public.conversations.blocked_by IS 'Who blocked them; NULL when that person has left, or it was not written down then.';
COMMENT ON COLUMN public.conversations.blocked_reason IS 'Why, in the words of whoever blocked them.';
COMMENT ON COLUMN public.triage_items.blocked_at IS 'Since when the sender is blocked; kept by trigger_note_block.';
COMMENT ON COLUMN public.triage_items.blocked_by IS 'Who blocked them; NULL when that person has left, or it was not written down then.';
COMMENT ON COLUMN public.triage_items.blocked_reason IS 'Why, in the words of whoever blocked them.';
GRANT UPDATE (blocked_reason) ON public.triage_items TO switchboard_app;
