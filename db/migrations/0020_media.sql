-- Files of messages. Their bytes lie outside the database under random names; here stands what they are and whose.

CREATE TABLE public.media (
  id uuid CONSTRAINT media_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  agent_id bigint,
  conversation_id uuid,
  message_id bigint NOT NULL,
  phone_number_id text NOT NULL,
  meta_id text NOT NULL CONSTRAINT media_meta_id_length CHECK (length(meta_id) BETWEEN 1 AND 255),
  kind text NOT NULL CONSTRAINT media_kind_known CHECK (kind IN ('image', 'video', 'audio', 'document', 'sticker')),
  file_name text,
  declared_type text,
  declared_sha256 text,
  state text NOT NULL DEFAULT 'waiting' CONSTRAINT media_state_known CHECK (state IN ('waiting', 'stored', 'failed', 'expired')),
  fault text,
  attempts integer NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL,
  stored_as text CONSTRAINT media_stored_as_shape CHECK (stored_as ~ '^[0-9a-f]{32}$'),
  mime_type text,
  size_bytes bigint,
  width integer,
  height integer,
  has_thumbnail boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT media_message_key UNIQUE (organization_id, message_id, meta_id),
  CONSTRAINT media_stored_as_key UNIQUE (organization_id, stored_as),
  CONSTRAINT media_stored_is_whole CHECK (state <> 'stored' OR (stored_as IS NOT NULL AND size_bytes IS NOT NULL)),
  CONSTRAINT media_agent_fkey FOREIGN KEY (organization_id, agent_id)
    REFERENCES public.agents (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT media_conversation_fkey FOREIGN KEY (organization_id, conversation_id)
    REFERENCES public.conversations (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX media_message_idx ON public.media (message_id);
CREATE INDEX media_conversation_idx ON public.media (conversation_id);
CREATE INDEX media_agent_idx ON public.media (agent_id);
CREATE INDEX media_waiting_idx ON public.media (created_at) WHERE state = 'waiting';
COMMENT ON TABLE public.media IS 'Files that came with messages. The bytes are outside the database, under the random name of stored_as.';
COMMENT ON COLUMN public.media.meta_id IS 'Meta''s id of the file; it can be fetched by it for seven days.';
COMMENT ON COLUMN public.media.declared_type IS 'What the sender''s phone says it is; mime_type is what its bytes say.';
COMMENT ON COLUMN public.media.expires_at IS 'From when Meta no longer gives the file out.';
COMMENT ON COLUMN public.media.file_name IS 'As the sender named it: text to show, never a path.';

SELECT app.raise_wall('public.media');
-- Whoever sees the conversation sees its files; an owner also those of the waiting room.
CREATE POLICY files_of_my_conversations ON public.media TO switchboard_app
  USING (EXISTS (SELECT FROM public.conversations c WHERE c.id = conversation_id) OR (SELECT app.is_organization_owner()));

GRANT SELECT, UPDATE (state, fault, attempts) ON public.media TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON public.media TO switchboard_worker;
