-- An order's amount is the sum of its items, always, however they change.

CREATE OR REPLACE FUNCTION app.total_of_order(order_home bigint, order_number bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  owner_agent bigint;
BEGIN
  -- Home and agent as values: a plan made without them would open every partition, or read a whole pool. The order is locked by a
  -- statement of its own: only the next one sees the items that whoever held it has committed.
  EXECUTE format('SELECT agent_id FROM public.orders WHERE home = %s AND id = %s FOR NO KEY UPDATE', order_home, order_number)
    INTO owner_agent;
  IF owner_agent IS NULL THEN RETURN; END IF;
  EXECUTE format(
    'UPDATE public.orders o SET updated_at = now() AT TIME ZONE ''utc'', total_amount = s.total
     FROM (SELECT coalesce(sum(i.total), 0) AS total FROM public.orders_items i
       WHERE i.home = %1$s AND i.agent_id = %2$s AND i.order_id = %3$s) AS s
     WHERE o.home = %1$s AND o.agent_id = %2$s AND o.id = %3$s AND o.total_amount <> s.total', order_home, owner_agent, order_number);
END
$$;
COMMENT ON FUNCTION app.total_of_order(bigint, bigint) IS 'Sets an order''s amount to the sum of its items.';

CREATE OR REPLACE FUNCTION app.total_after_item() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM app.total_of_order(OLD.home, OLD.order_id);
  END IF;
  IF TG_OP <> 'DELETE' AND (TG_OP = 'INSERT' OR (NEW.home, NEW.order_id) IS DISTINCT FROM (OLD.home, OLD.order_id)) THEN
    PERFORM app.total_of_order(NEW.home, NEW.order_id);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.total_after_item() IS 'Brings the amounts of the orders that an item left or joined up to date.';

DROP TRIGGER IF EXISTS trigger_total_after_item ON public.orders_items;
CREATE TRIGGER trigger_total_after_item AFTER INSERT OR UPDATE OR DELETE ON public.orders_items
  FOR EACH ROW EXECUTE FUNCTION app.total_after_item();

GRANT EXECUTE ON FUNCTION app.total_of_order(bigint, bigint) TO switchboard_app, switchboard_worker;
