-- A file follows its message: to the agent who gets it out of the waiting room, and into the conversation of a merged customer.
CREATE OR REPLACE FUNCTION app.follow_message() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  UPDATE public.media m SET agent_id = NEW.agent_id, conversation_id = NEW.conversation_id
    WHERE m.organization_id = NEW.organization_id AND m.message_id = NEW.id
      AND (m.agent_id, m.conversation_id) IS DISTINCT FROM (NEW.agent_id, NEW.conversation_id);
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.follow_message() IS 'Keeps a message''s files with the agent and the conversation of the message.';
DROP TRIGGER IF EXISTS trigger_follow_message ON public.messages;
CREATE TRIGGER trigger_follow_message AFTER INSERT OR UPDATE OF agent_id, conversation_id, type ON public.messages
  FOR EACH ROW WHEN (NEW.type IN ('image', 'video', 'audio', 'document', 'sticker')) EXECUTE FUNCTION app.follow_message();

-- Who deletes a message for everybody means its files too: nobody opens them any more, and the bytes go with the next clean-up.
CREATE OR REPLACE FUNCTION app.forget_files() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  DELETE FROM public.media m WHERE m.organization_id = NEW.organization_id AND m.message_id = NEW.id;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.forget_files() IS 'Lets go of the files of a message that was deleted for everybody.';
DROP TRIGGER IF EXISTS trigger_forget_files ON public.messages;
CREATE TRIGGER trigger_forget_files AFTER UPDATE OF type ON public.messages
  FOR EACH ROW WHEN (NEW.type = 'revoke') EXECUTE FUNCTION app.forget_files();

-- Which of these names a file still has: a file without one is left over.
CREATE OR REPLACE FUNCTION app.keep_media_names(names text[]) RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT m.stored_as FROM public.media m WHERE m.stored_as = ANY (names) $$;
COMMENT ON FUNCTION app.keep_media_names(text[]) IS 'Those of the names under which a file of any organization is stored.';

-- Files that nobody fetches although they wait: their job was lost or given up.
CREATE OR REPLACE FUNCTION app.find_waiting_media(older_than interval, most integer)
  RETURNS TABLE (organization_id text, media_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT m.organization_id, m.id FROM public.media m
  WHERE m.state = 'waiting' AND m.created_at < now() - older_than ORDER BY m.created_at LIMIT most
$$;
COMMENT ON FUNCTION app.find_waiting_media(interval, integer) IS 'Files that have been waiting to be fetched for so long, oldest first.';

GRANT EXECUTE ON FUNCTION app.keep_media_names(text[]), app.find_waiting_media(interval, integer) TO switchboard_worker;

-- Customers who become one take the archived messages along too.
DROP TRIGGER IF EXISTS trigger_follow_message ON public.messages_archive;
CREATE TRIGGER trigger_follow_message AFTER UPDATE OF agent_id, conversation_id ON public.messages_archive
  FOR EACH ROW WHEN (NEW.type IN ('image', 'video', 'audio', 'document', 'sticker')) EXECUTE FUNCTION app.follow_message();
