-- An order's amount is the sum of its items, always, however they change.

CREATE OR REPLACE FUNCTION app.total_of_order(order_home bigint, order_number bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  -- Home and order as values: a plan made without them would open every partition.
  EXECUTE format(
    'UPDATE public.orders SET updated_at = now() AT TIME ZONE ''utc'', total_amount =
       coalesce((SELECT sum(i.total) FROM public.orders_items i WHERE i.home = %1$s AND i.order_id = %2$s), 0)
     WHERE home = %1$s AND id = %2$s', order_home, order_number);
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
