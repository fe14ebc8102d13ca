-- Blocked senders. What must stay true: whoever is blocked has a moment since when, whatever statement did it, and nobody else has one.

CREATE OR REPLACE FUNCTION app.note_block() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  NEW.blocked_at := now();
  NEW.blocked_by := coalesce(NEW.blocked_by, auth.uid());
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION app.note_block() IS 'Writes down who blocks a sender, and when.';

CREATE OR REPLACE FUNCTION app.forget_block() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  NEW.blocked_at := NULL;
  NEW.blocked_by := NULL;
  NEW.blocked_reason := NULL;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION app.forget_block() IS 'Forgets who blocked a sender who is not blocked any more.';

DROP TRIGGER IF EXISTS trigger_note_block ON public.conversations;
CREATE TRIGGER trigger_note_block BEFORE INSERT OR UPDATE ON public.conversations FOR EACH ROW
  WHEN (NEW.status = 'blocked' AND NEW.blocked_at IS NULL) EXECUTE FUNCTION app.note_block();
DROP TRIGGER IF EXISTS trigger_forget_block ON public.conversations;
CREATE TRIGGER trigger_forget_block BEFORE INSERT OR UPDATE ON public.conversations FOR EACH ROW
  WHEN (NEW.status <> 'blocked' AND NEW.blocked_at IS NOT NULL) EXECUTE FUNCTION app.forget_block();
DROP TRIGGER IF EXISTS trigger_note_block ON public.triage_items;
CREATE TRIGGER trigger_note_block BEFORE INSERT OR UPDATE ON public.triage_items FOR EACH ROW
  WHEN (NEW.state = 'blocked' AND NEW.blocked_at IS NULL) EXECUTE FUNCTION app.note_block();
DROP TRIGGER IF EXISTS trigger_forget_block ON public.triage_items;
CREATE TRIGGER trigger_forget_block BEFORE INSERT OR UPDATE ON public.triage_items FOR EACH ROW
  WHEN (NEW.state <> 'blocked' AND NEW.blocked_at IS NOT NULL) EXECUTE FUNCTION app.forget_block();
