-- Secrets at rest under a new key: which columns are sealed, what in them an older key sealed, and putting the new text in place of
-- the old one. What must stay true: a column that holds sealed text is listed here (every test of a whole server looks), and a
-- secret that was changed in between is never overwritten. The database sees ciphertext only.

-- `row_id` is the row's part of the place to which a secret is bound (src/platform/crypto/secret-box.ts).
CREATE OR REPLACE FUNCTION app.sealed_columns() RETURNS TABLE (table_name text, column_name text, row_id text)
  LANGUAGE sql IMMUTABLE SET search_path = ''
AS $$
  VALUES
    ('waba_accounts', 'access_token', 'user_id || ''/'' || waba_id'),
    ('tenant_configs', 'access_token', 'tenant_id || ''/'' || id'),
    ('tenant_configs', 'fb_app_secret', 'tenant_id || ''/'' || id'),
    ('tenant_configs', 'verify_token', 'tenant_id || ''/'' || id'),
    ('tenant_configs', 'refresh_token', 'tenant_id || ''/'' || id'),
    ('tenant_configs', 'previous_app_secret', 'tenant_id || ''/'' || id'),
    ('connection_attempts', 'access_token', 'id::text'),
    ('number_pins', 'pin', 'organization_id || ''/'' || phone_number_id'),
    ('whatsapp_configuration', 'api_key', 'user_id::text'),
    ('user_totp', 'secret', 'user_id::text')
$$;
COMMENT ON FUNCTION app.sealed_columns() IS 'Every column that holds sealed text, and how its rows are named.';

-- A window of the table's pages, so that a pass reads it once however many batches it takes.
CREATE OR REPLACE FUNCTION app.list_stale_secrets(sealed_table text, sealed_column text, newest text, first_page bigint, pages integer)
  RETURNS TABLE (place tid, row_id text, sealed text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  known record;
BEGIN
  SELECT * INTO STRICT known FROM app.sealed_columns() s
    WHERE s.table_name = sealed_table AND s.column_name = sealed_column;
  RETURN QUERY EXECUTE format(
    'SELECT t.ctid, (%1$s)::text, t.%2$I::text FROM public.%3$I t WHERE t.ctid >= %4$L::tid AND t.ctid < %5$L::tid
       AND t.%2$I <> '''' AND NOT starts_with(t.%2$I::text, %6$L)',
    known.row_id, known.column_name, known.table_name, format('(%s,0)', first_page), format('(%s,0)', first_page + pages),
    'enc_v1:' || newest || ':');
END
$$;
COMMENT ON FUNCTION app.list_stale_secrets(text, text, text, bigint, integer) IS
  'The secrets in some pages of a table that another key than the newest sealed.';

CREATE OR REPLACE FUNCTION app.replace_secrets(sealed_table text, sealed_column text, places tid[], old text[], new text[])
  RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  known record;
  replaced integer;
BEGIN
  SELECT * INTO STRICT known FROM app.sealed_columns() s
    WHERE s.table_name = sealed_table AND s.column_name = sealed_column;
  EXECUTE format(
    'UPDATE public.%1$I t SET %2$I = n.new FROM unnest($1, $2, $3) AS n (place, old, new) WHERE t.ctid = n.place AND t.%2$I = n.old',
    known.table_name, known.column_name) USING places, old, new;
  GET DIAGNOSTICS replaced = ROW_COUNT;
  RETURN replaced;
END
$$;
COMMENT ON FUNCTION app.replace_secrets(text, text, tid[], text[], text[]) IS
  'Puts the new text in place of the old one where it still stands; returns how often.';

CREATE OR REPLACE FUNCTION app.count_pages(sealed_table text) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT pg_relation_size(format('public.%I', s.table_name)::regclass) / current_setting('block_size')::bigint
  FROM app.sealed_columns() s WHERE s.table_name = sealed_table LIMIT 1
$$;
COMMENT ON FUNCTION app.count_pages(text) IS 'How many pages a table with sealed columns has.';

GRANT EXECUTE ON FUNCTION app.sealed_columns(), app.list_stale_secrets(text, text, text, bigint, integer),
  app.replace_secrets(text, text, tid[], text[], text[]), app.count_pages(text) TO switchboard_worker;
