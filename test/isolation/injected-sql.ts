/**
 * What an attacker would write who can place text inside one of the server's queries: as a value in a condition, in a list of
 * columns or behind FROM. `target` is what is known of somebody of another organization. Each payload is one expression or one
 * relation of a SELECT: PostgreSQL takes only one statement at a time in the protocol that parameters are sent by.
 */
export type Target = {
  userId: string;
  organizationId: string;
  email: string;
  agentId: number;
  prefix: string;
  sessionId: string;
};

const TABLES = [
  'users',
  'organizations',
  'agents',
  'conversations',
  'customers',
  'messages',
  'messages_archive',
  'orders',
  'orders_items',
  'events',
  'waba_accounts',
  'phone_numbers',
  'tenant_configs',
  'whatsapp_configuration',
  'sessions',
  'user_profiles',
  'contact_identities',
  'route_decisions',
  'outbox',
  'consent_events',
  'rental.properties',
  'rental.tenants',
  'rental.leases',
];
const FORBIDDEN = [
  'user_credentials',
  'sign_in_links',
  'message_keys',
  'parked_statuses',
  'tenant_landlord_routing',
  'app.webhook_deliveries',
  'app.webhook_items',
  'app.settings',
  'app.routing_changes',
  'pgboss.job',
  'switchboard_migrations.applied',
  'pg_authid',
  'pg_statistic',
  'pg_largeobject',
  'pg_user_mapping',
  'pg_hba_file_rules',
  'pg_file_settings',
];

/** Ways of changing who asks, from inside a query. */
function asSomebodyElse({ userId, organizationId }: Target): string[] {
  const claims = JSON.stringify({ sub: userId, role: 'authenticated' });
  const settings = [
    ['request.jwt.claims', claims],
    ['request.jwt.claim.sub', userId],
    ['app.organization_id', organizationId],
    ['role', 'switchboard_owner'],
    ['role', 'switchboard_worker'],
    ['role', 'none'],
    ['session_authorization', 'switchboard_worker'],
    ['row_security', 'off'],
    ['search_path', 'pg_temp, public'],
    ['default_transaction_read_only', 'off'],
    ['session_replication_role', 'replica'],
    ['app.moving_agent', '1'],
  ];
  return settings.flatMap(([name = '', value = '']) => [
    `(SELECT set_config('${name}', '${value}', true))`,
    `(SELECT pg_catalog.set_config('${name}', '${value}', false))`,
    `(SELECT (query_to_xml($q$ SELECT set_config('${name}', '${value}', true) $q$, true, true, ''))::text)`,
    `(SELECT max(v) FROM (SELECT set_config('${name}', '${value}', true) AS v FROM generate_series(1, 2)) s)`,
    `(SELECT set_config(name, '${value}', true) FROM (VALUES ('${name}')) AS t (name))`,
  ]);
}

/** SQL that is handed to a function as text. */
function asText(): string[] {
  return ['users', 'messages', 'customers', 'user_credentials']
    .flatMap((table) => [
      `(SELECT query_to_xml('SELECT * FROM public.${table}', true, false, '')::text)`,
      `(SELECT table_to_xml('public.${table}', true, false, '')::text)`,
      `(SELECT query_to_xml_and_xmlschema('TABLE public.${table}', true, false, '')::text)`,
      `(SELECT string_agg(word, ' ') FROM ts_stat('SELECT to_tsvector(t::text) FROM public.${table} t'))`,
      `(SELECT ts_rewrite('a'::tsquery, 'SELECT plainto_tsquery(t::text), plainto_tsquery(t::text) FROM public.${table} t')::text)`,
    ])
    .concat([
      `(SELECT schema_to_xml('public', true, false, '')::text)`,
      `(SELECT database_to_xml(true, false, '')::text)`,
      `(SELECT schema_to_xml('rental', true, false, '')::text)`,
      `(SELECT cursor_to_xml('c', 100, true, false, '')::text)`,
      `(SELECT query_to_xml('SET ROLE switchboard_owner', true, false, '')::text)`,
      `(SELECT query_to_xml('COPY public.users TO STDOUT', true, false, '')::text)`,
      `(SELECT query_to_xml('RESET ALL', true, false, '')::text)`,
    ]);
}

/** The machine's files, other databases, other sessions. */
const OUTSIDE = [
  `(SELECT pg_read_file('postgresql.conf'))`,
  `(SELECT pg_read_file('pg_hba.conf', 0, 100))`,
  `(SELECT encode(pg_read_binary_file('PG_VERSION'), 'hex'))`,
  `(SELECT string_agg(f, ',') FROM pg_ls_dir('.') f)`,
  `(SELECT string_agg(name, ',') FROM pg_ls_waldir())`,
  `(SELECT string_agg(name, ',') FROM pg_ls_logdir())`,
  `(SELECT string_agg(name, ',') FROM pg_ls_tmpdir())`,
  `(SELECT pg_stat_file('postgresql.conf')::text)`,
  `(SELECT lo_import('/etc/passwd')::text)`,
  `(SELECT lo_export(1, '/tmp/x')::text)`,
  `(SELECT lo_creat(-1)::text)`,
  `(SELECT lo_create(0)::text)`,
  `(SELECT lo_from_bytea(0, 'x')::text)`,
  `(SELECT encode(lo_get(16384), 'hex'))`,
  `(SELECT lo_unlink(16384)::text)`,
  `(SELECT lo_open(16384, 393216)::text)`,
  `(SELECT lo_put(1, 0, 'x')::text)`,
  `(SELECT dblink('host=localhost', 'SELECT 1')::text)`,
  `(SELECT dblink_connect('host=localhost'))`,
  `(SELECT current_setting('data_directory'))`,
  `(SELECT current_setting('hba_file'))`,
  `(SELECT pg_reload_conf()::text)`,
  `(SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity LIMIT 1)`,
  `(SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity LIMIT 1)`,
  `(SELECT pg_promote()::text)`,
  `(SELECT pg_switch_wal()::text)`,
  `(SELECT pg_create_restore_point('x')::text)`,
  `(SELECT pg_logical_slot_get_changes('s', NULL, NULL)::text)`,
  `(SELECT pg_create_physical_replication_slot('s')::text)`,
  `(SELECT string_agg(rolpassword, ',') FROM pg_authid)`,
  `(SELECT string_agg(passwd, ',') FROM pg_shadow)`,
  `(SELECT string_agg(query, ' ') FROM pg_stat_activity WHERE usename <> current_user)`,
  `(SELECT string_agg(most_common_vals::text, ' ') FROM pg_stats WHERE schemaname IN ('public', 'rental', 'app'))`,
  `(SELECT string_agg(histogram_bounds::text, ' ') FROM pg_stats WHERE schemaname IN ('public', 'rental', 'app'))`,
  `(SELECT string_agg(most_common_vals::text, ' ') FROM pg_stats_ext)`,
  `(SELECT string_agg(statement, ' ') FROM pg_prepared_statements)`,
  `(SELECT string_agg(setting, ',') FROM pg_settings WHERE name LIKE '%password%' OR name LIKE 'request%')`,
  `(SELECT string_agg(stavalues1::text, ' ') FROM pg_statistic)`,
  `(SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE prosrc LIKE '%Canary%')`,
];

/** What policies let through by mistake when they are asked cleverly. */
function throughPolicies({ userId, organizationId, agentId, prefix }: Target): string[] {
  return [
    ...TABLES.flatMap((table) => [
      `(SELECT string_agg(t::text, ' ') FROM ${table} t)`,
      `(SELECT string_agg(t::text, ' ') FROM ONLY ${table} t WHERE true OR pg_sleep(0) IS NULL)`,
      `(SELECT string_agg(to_jsonb(t)::text, ' ') FROM ${table} t WHERE organization_id = '${organizationId}')`,
    ]).map((payload) =>
      payload.includes(' organizations t WHERE organization_id')
        ? payload.replace('organization_id', 'id')
        : payload,
    ),
    ...FORBIDDEN.map((table) => `(SELECT string_agg(t::text, ' ') FROM ${table} t)`),
    ...['customers', 'messages', 'orders', 'orders_items'].flatMap((kind) => [
      `(SELECT string_agg(t::text, ' ') FROM ${prefix}_${kind} t)`,
      `(SELECT string_agg(t::text, ' ') FROM pool_03_${kind} t)`,
      `(SELECT string_agg(t::text, ' ') FROM waiting_room_${kind} t)`,
    ]),
    `(WITH w AS MATERIALIZED (SELECT * FROM users) SELECT string_agg(w::text, ' ') FROM w)`,
    `(WITH RECURSIVE r AS (SELECT id, email FROM users UNION SELECT u.id, u.email FROM users u, r) SELECT string_agg(r::text, ' ') FROM r)`,
    `(SELECT string_agg(u::text, ' ') FROM users u TABLESAMPLE SYSTEM (100))`,
    `(SELECT string_agg(x.u::text, ' ') FROM organizations o CROSS JOIN LATERAL (SELECT u FROM users u) x)`,
    `(SELECT (SELECT string_agg(u::text, ' ') FROM users u WHERE u.id = '${userId}')::int::text)`,
    `(SELECT string_agg((1 / (length(u.email) - length(u.email)))::text, '') FROM users u WHERE u.id = '${userId}')`,
    `(SELECT cast(email AS int)::text FROM users WHERE id = '${userId}')`,
    `(SELECT string_agg(c::text, '') FROM customers c WHERE c.agent_id = ${String(agentId)} OR true)`,
    `(SELECT row_security_active('users')::text FROM users WHERE id = '${userId}')`,
  ];
}

/** The functions that sign people in, asked by somebody who is signed in already. */
const throughGate = ({ userId, email, sessionId }: Target): string[] => [
  `(SELECT string_agg(c::text, '') FROM app.find_credentials('${email}', NULL) c)`,
  `(SELECT string_agg(c::text, '') FROM app.load_actor('${sessionId}', '${userId}') c)`,
  `(SELECT app.open_session('${userId}', '\\x00', 'x', interval '1 day')::text)`,
  `(SELECT app.create_sign_in_link('${email}', '\\x00', interval '1 day')::text)`,
  `(SELECT string_agg(c::text, '') FROM app.rotate_session('${sessionId}', '\\x00', '\\x01') c)`,
  `(SELECT app.close_session('${sessionId}')::text)`,
  `(SELECT app.first_admin_email())`,
];

export function injectedSql(target: Target): string[] {
  return [
    ...asSomebodyElse(target),
    ...asText(),
    ...OUTSIDE,
    ...throughPolicies(target),
    ...throughGate(target),
  ];
}
