-- Moving old messages into the archive, a batch at a time, and letting go of what belongs to a customer who is gone.

CREATE OR REPLACE FUNCTION app.make_archive_year(year integer) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  child text := 'messages_archive_' || year;
BEGIN
  IF to_regclass(format('public.%I', child)) IS NULL THEN
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.messages_archive FOR VALUES FROM (%L) TO (%L)',
      child, make_date(year, 1, 1), make_date(year + 1, 1, 1));
    PERFORM app.guard_home_table(format('public.%I', child)::regclass);
    PERFORM app.admit_supabase_roles(ARRAY[format('public.%I', child)::regclass::oid]);
  END IF;
END
$$;
COMMENT ON FUNCTION app.make_archive_year(integer) IS 'Makes a year''s partition of the archive, with its walls.';

-- One home after the other, named as a value. What one batch moved is in one place or the other, never in both or neither.
CREATE OR REPLACE FUNCTION app.archive_messages(older_than interval, most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  edge timestamp := (now() - older_than) AT TIME ZONE 'utc';
  place record;
  year integer;
  columns text;
  moved integer := 0;
  batch integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.archive', 0));
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = 'public.messages_archive'::regclass AND a.attnum > 0 AND NOT a.attisdropped;
  FOR place IN SELECT a.id, a.home FROM public.agents a ORDER BY a.id LOOP
    FOR year IN EXECUTE format(
      'SELECT DISTINCT extract(year FROM m."timestamp")::integer FROM (SELECT "timestamp" FROM public.messages
         WHERE home = %s AND agent_id = %s AND "timestamp" < %L ORDER BY "timestamp" LIMIT %s) AS m',
      place.home, place.id, edge, most - moved)
    LOOP
      PERFORM app.make_archive_year(year);
    END LOOP;
    EXECUTE format(
      'WITH old AS (
         DELETE FROM public.messages WHERE home = %1$s AND agent_id = %2$s AND id IN (
           SELECT m.id FROM public.messages m WHERE m.home = %1$s AND m.agent_id = %2$s AND m."timestamp" < %3$L
           ORDER BY m."timestamp" LIMIT %4$s)
         RETURNING %5$s)
       INSERT INTO public.messages_archive (%5$s) SELECT %5$s FROM old',
      place.home, place.id, edge, most - moved, columns);
    GET DIAGNOSTICS batch = ROW_COUNT;
    moved := moved + batch;
    EXIT WHEN moved >= most;
  END LOOP;
  RETURN moved;
END
$$;
COMMENT ON FUNCTION app.archive_messages(interval, integer) IS 'Moves at most so many messages that are old enough; returns how many.';

-- Deleting a customer takes their conversations and archived messages along, as the keys of a home do for the rest. While an
-- agent moves between homes its customers are only copied: then nothing of theirs may go.
CREATE OR REPLACE FUNCTION app.forget_customer() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  DELETE FROM public.messages_archive m WHERE m.agent_id = OLD.agent_id AND m.customer_id = OLD.id;
  DELETE FROM public.conversations c WHERE c.agent_id = OLD.agent_id AND c.customer_id = OLD.id;
  -- A person who is nobody's customer any more is forgotten as a contact too.
  WITH gone AS (
    DELETE FROM public.contact_identities i WHERE i.organization_id = OLD.organization_id
      AND i.agent_id IS NOT DISTINCT FROM OLD.agent_id AND i.customer_id = OLD.id
    RETURNING i.organization_id, i.portfolio_id, i.kind, i.value
  )
  DELETE FROM public.contacts c USING gone g, public.contact_keys k
  WHERE k.organization_id = g.organization_id AND k.portfolio_id = g.portfolio_id AND k.kind = g.kind AND k.value = g.value
    AND c.id = k.contact_id AND NOT EXISTS (
      SELECT FROM public.contact_keys other JOIN public.contact_identities i ON i.organization_id = other.organization_id
        AND i.portfolio_id = other.portfolio_id AND i.kind = other.kind AND i.value = other.value
      WHERE other.contact_id = c.id AND (i.agent_id, i.customer_id) IS DISTINCT FROM (OLD.agent_id, OLD.id));
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.forget_customer() IS 'Lets go of what belongs to a deleted customer outside the agent''s own tables.';
DROP TRIGGER IF EXISTS trigger_forget_customer ON public.customers;
CREATE TRIGGER trigger_forget_customer AFTER DELETE ON public.customers
  FOR EACH ROW WHEN (current_setting('app.moving_agent', true) IS DISTINCT FROM OLD.agent_id::text)
  EXECUTE FUNCTION app.forget_customer();

GRANT EXECUTE ON FUNCTION app.archive_messages(interval, integer) TO switchboard_worker;
