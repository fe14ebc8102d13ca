-- The number that a user answers on. These run with the rights of whoever calls, under row level security.

CREATE OR REPLACE FUNCTION public.create_whatsapp_config(
  user_id uuid, whatsapp_number varchar, webhook_url text, api_key text DEFAULT NULL, business_account_id varchar DEFAULT NULL,
  phone_number_id varchar DEFAULT NULL
) RETURNS SETOF public.whatsapp_configuration
  LANGUAGE plpgsql SET search_path = ''
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  INSERT INTO public.whatsapp_configuration AS w
    (organization_id, user_id, whatsapp_number, webhook_url, api_key, business_account_id, phone_number_id)
  SELECT u.organization_id, u.id, create_whatsapp_config.whatsapp_number, create_whatsapp_config.webhook_url,
    create_whatsapp_config.api_key, create_whatsapp_config.business_account_id, create_whatsapp_config.phone_number_id
  FROM public.users u WHERE u.id = create_whatsapp_config.user_id
  ON CONFLICT ON CONSTRAINT whatsapp_configuration_user_key DO UPDATE SET
    whatsapp_number = excluded.whatsapp_number, webhook_url = excluded.webhook_url, api_key = excluded.api_key,
    business_account_id = excluded.business_account_id, phone_number_id = excluded.phone_number_id, is_active = true,
    updated_at = now()
  RETURNING w.*;
END
$$;
COMMENT ON FUNCTION public.create_whatsapp_config(uuid, varchar, text, text, varchar, varchar) IS
  'Makes a user''s configuration or replaces it; no row when there is no such user. api_key is ciphertext.';

CREATE OR REPLACE FUNCTION public.get_whatsapp_config(user_id uuid) RETURNS SETOF public.whatsapp_configuration
  LANGUAGE sql STABLE SET search_path = ''
AS $$ SELECT w.* FROM public.whatsapp_configuration w WHERE w.user_id = get_whatsapp_config.user_id AND w.is_active $$;
COMMENT ON FUNCTION public.get_whatsapp_config(uuid) IS 'A user''s active configuration, or no row.';

-- NULL leaves a field as it is.
CREATE OR REPLACE FUNCTION public.update_whatsapp_config(
  user_id uuid, whatsapp_number varchar DEFAULT NULL, webhook_url text DEFAULT NULL, api_key text DEFAULT NULL,
  business_account_id varchar DEFAULT NULL, phone_number_id varchar DEFAULT NULL, is_active boolean DEFAULT NULL
) RETURNS SETOF public.whatsapp_configuration
  LANGUAGE sql SET search_path = ''
AS $$
  UPDATE public.whatsapp_configuration w SET
    whatsapp_number = coalesce(update_whatsapp_config.whatsapp_number, w.whatsapp_number),
    webhook_url = coalesce(update_whatsapp_config.webhook_url, w.webhook_url),
    api_key = coalesce(update_whatsapp_config.api_key, w.api_key),
    business_account_id = coalesce(update_whatsapp_config.business_account_id, w.business_account_id),
    phone_number_id = coalesce(update_whatsapp_config.phone_number_id, w.phone_number_id),
    is_active = coalesce(update_whatsapp_config.is_active, w.is_active),
    updated_at = now()
  WHERE w.user_id = update_whatsapp_config.user_id
  RETURNING w.*
$$;
COMMENT ON FUNCTION public.update_whatsapp_config(uuid, varchar, text, text, varchar, varchar, boolean) IS
  'Changes the fields that are given; no row when the user has no configuration.';

CREATE OR REPLACE FUNCTION public.delete_whatsapp_config(user_id uuid) RETURNS boolean
  LANGUAGE sql SET search_path = ''
AS $$
  WITH ended AS (
    UPDATE public.whatsapp_configuration w SET is_active = false, updated_at = now()
    WHERE w.user_id = delete_whatsapp_config.user_id AND w.is_active RETURNING true
  ) SELECT coalesce((SELECT true FROM ended), false)
$$;
COMMENT ON FUNCTION public.delete_whatsapp_config(uuid) IS 'Deactivates a user''s configuration; false when there was none active.';

GRANT EXECUTE ON FUNCTION
  public.create_whatsapp_config(uuid, varchar, text, text, varchar, varchar), public.get_whatsapp_config(uuid),
  public.update_whatsapp_config(uuid, varchar, text, text, varchar, varchar, boolean), public.delete_whatsapp_config(uuid)
  TO switchboard_app;
