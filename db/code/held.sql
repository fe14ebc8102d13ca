-- Messages that wait because sending is paused for their account. The outbox shows a row to whoever wrote it only; that a message waits is
-- everybody's business who sees its conversation.
CREATE OR REPLACE FUNCTION app.list_held_messages(conversations uuid[]) RETURNS TABLE (message_id bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT o.message_id FROM public.outbox o JOIN public.conversations c ON c.id = o.conversation_id
  WHERE o.conversation_id = ANY (conversations) AND o.organization_id = app.current_organization_id() AND o.state = 'queued'
    AND (app.is_organization_owner() OR c.agent_id = app.current_agent_id() OR c.assignee_id = auth.uid())
    AND EXISTS (SELECT FROM public.outbox held WHERE held.conversation_id = o.conversation_id AND held.position <= o.position
      AND held.state = 'queued' AND held.held_at IS NOT NULL)
$$;
COMMENT ON FUNCTION app.list_held_messages(uuid[]) IS
  'Which messages of the asker''s conversations wait for their account to be connected, or behind one that does.';
GRANT EXECUTE ON FUNCTION app.list_held_messages(uuid[]) TO switchboard_app;
