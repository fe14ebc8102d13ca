/** Configurations as they are answered. What must stay true: plain text leaves through `presentFull` alone. */
import type { SecretBox } from '../../platform/crypto/secret-box.ts';
import type { DeletedConfig, TenantConfig } from './contract.ts';
import { configPlace, type SealedColumn } from './config-loader.ts';
import type { ConfigRow } from './queries.ts';
import { maskSecret } from './rules.ts';
import { restorableUntil } from './restoring.ts';

type Show = (secret: string) => string;

function present(secretBox: SecretBox, row: ConfigRow, show: Show): TenantConfig {
  const shown = (column: SealedColumn) => {
    const sealed = row[column];
    return sealed ? show(secretBox.open(sealed, configPlace(row, column))) : null;
  };
  return {
    id: row.id,
    tenant_id: row.tenant_id,
    user_id: row.user_id,
    waba_id: row.waba_id,
    phone_number_id: row.phone_number_id,
    access_token: shown('access_token'),
    fb_app_id: row.fb_app_id,
    fb_app_secret: shown('fb_app_secret'),
    fb_config_id: row.fb_config_id,
    callback_url: row.callback_url,
    redirect_url: row.redirect_url,
    verify_token: shown('verify_token'),
    refresh_token: shown('refresh_token'),
    token_expires_at: row.token_expires_at?.toISOString() ?? null,
    is_active: row.is_active,
    onboarding_completed: row.onboarding_completed,
    onboarded_at: row.onboarded_at?.toISOString() ?? null,
    last_verified_at: row.last_verified_at?.toISOString() ?? null,
    previous_app_secret_until: row.previous_app_secret_until?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** Of each secret at most the last four characters. */
export function presentMasked(secretBox: SecretBox, row: ConfigRow): TenantConfig {
  return present(secretBox, row, maskSecret);
}

/** With its secrets. Only for an owner who has just proven who they are. */
export function presentFull(secretBox: SecretBox, row: ConfigRow): TenantConfig {
  return present(secretBox, row, (secret) => secret);
}

/** What is left to see of a deleted one: that it can come back, and until when. */
export function presentDeleted({
  id,
  deleted_at: deletedAt,
}: {
  id: number;
  deleted_at: Date;
}): DeletedConfig {
  return {
    id,
    deleted_at: deletedAt.toISOString(),
    restorable_until: restorableUntil(deletedAt).toISOString(),
  };
}
