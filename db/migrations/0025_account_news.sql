-- Everybody hears that an account changed; the worker notes whose token it is; and a number of the WhatsApp Business app has its past fetched.

-- A screen shows how the organization's accounts are to whoever works there, so whoever works there is told of changes. Such an event
-- carries the account's id and nothing else.
DROP POLICY my_own_events ON public.events;
CREATE POLICY my_own_events ON public.events FOR SELECT TO switchboard_app
  USING (agent_id = (SELECT app.current_agent_id()) OR assignee_id = (SELECT auth.uid()) OR type = 'account.changed'
    OR (SELECT app.is_organization_owner()));

-- A new PIN that Meta refuses is forgotten again.
GRANT DELETE ON public.number_pins TO switchboard_app;
GRANT UPDATE (app_id) ON public.waba_accounts TO switchboard_worker;

ALTER TABLE public.connection_attempts DROP CONSTRAINT connection_attempts_step_known;
-- squawk-ignore constraint-missing-not-valid -- an attempt lives for a day: an install has few
ALTER TABLE public.connection_attempts ADD CONSTRAINT connection_attempts_step_known CHECK (step IN
  ('consent', 'exchange', 'inspect', 'extend', 'account', 'subscribe', 'callback', 'register', 'sync', 'finish'));
