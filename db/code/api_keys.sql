-- Keys of programs. What must stay true: a key is as good as its user at this moment, and gone at once when it is revoked, when it
-- expires, or when the user is disabled.

CREATE OR REPLACE FUNCTION app.use_api_key(presented bytea) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  found_key public.api_keys%ROWTYPE;
BEGIN
  SELECT * INTO found_key FROM public.api_keys k WHERE k.key_hash = presented AND (k.expires_at IS NULL OR k.expires_at > now());
  -- At most one write a minute, and no request waits for another's.
  IF found_key.last_used_at IS NULL OR found_key.last_used_at < now() - interval '1 minute' THEN
    UPDATE public.api_keys k SET last_used_at = now() WHERE k.id IN
      (SELECT held.id FROM public.api_keys held WHERE held.id = found_key.id FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN found_key.id;
END
$$;
COMMENT ON FUNCTION app.use_api_key(bytea) IS 'The key with this hash, and notes that it was used; NULL when it is unknown or expired.';

CREATE OR REPLACE FUNCTION app.load_key_actor(key_id uuid)
  RETURNS TABLE (user_id uuid, organization_id text, role public.role, is_owner boolean, agent_id bigint, agent_prefix text,
    agent_home bigint, scopes text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT u.id, u.organization_id, u.role, u.is_owner, a.id, a.agent_prefix::text, a.home, k.scopes
  FROM public.api_keys k JOIN public.users u ON u.id = k.user_id LEFT JOIN public.agents a ON a.user_id = u.id
  WHERE k.id = key_id AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.disabled_at IS NULL
    AND coalesce(auth.uid(), u.id) = u.id
$$;
COMMENT ON FUNCTION app.load_key_actor(uuid) IS 'Whom a live key acts as and within which scopes; no row when it ended.';

CREATE OR REPLACE FUNCTION app.wake_readers_of_key() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM pg_notify('switchboard_events', OLD.organization_id);
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.wake_readers_of_key() IS 'Wakes event streams, so that one opened with a revoked key ends at once.';
DROP TRIGGER IF EXISTS trigger_wake_readers ON public.api_keys;
CREATE TRIGGER trigger_wake_readers AFTER DELETE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION app.wake_readers_of_key();

GRANT EXECUTE ON FUNCTION app.use_api_key(bytea), app.load_key_actor(uuid) TO switchboard_app;
