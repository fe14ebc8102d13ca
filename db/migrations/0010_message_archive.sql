-- Where old messages go, year by year, so that the agents' own tables stay small. A thread reads on from here.

CREATE TABLE public.messages_archive (
  LIKE public.messages INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS
) PARTITION BY RANGE ("timestamp");
ALTER TABLE public.messages_archive ALTER COLUMN id DROP DEFAULT;
-- squawk-ignore ban-drop-column -- the table is new and nobody reads it
ALTER TABLE public.messages_archive DROP COLUMN home;
-- squawk-ignore adding-serial-primary-key-field -- the table is new and empty
ALTER TABLE public.messages_archive ADD CONSTRAINT messages_archive_pkey PRIMARY KEY ("timestamp", id);
CREATE INDEX messages_archive_thread_idx ON public.messages_archive (agent_id, conversation_id, "timestamp" DESC, id DESC);
CREATE INDEX messages_archive_customer_idx ON public.messages_archive (agent_id, customer_id);
COMMENT ON TABLE public.messages_archive IS
  'Messages past the age of archiving, by year. The same walls as messages; no home, because nobody works on them any more.';
SELECT app.guard_home_table('public.messages_archive');
