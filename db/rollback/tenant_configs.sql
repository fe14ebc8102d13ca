-- Takes the table of configurations away again. Every other step back is a new migration; this one exists because operators
-- of earlier systems know it. Credentials stored in the table are lost: export them first.
BEGIN;
DROP TABLE IF EXISTS public.tenant_configs;
COMMIT;
