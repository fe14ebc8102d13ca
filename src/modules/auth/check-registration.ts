/** Holds a registration that did not come over HTTP to the same rules. */
import { Value } from 'typebox/value';
import { AppError } from '../../platform/errors.ts';
import { RegisterBody } from './contract.ts';
import { refuseWeakPassword } from './password-strength.ts';

/** Throws `auth.bad_registration` with every fault, or `auth.weak_password`. */
export async function checkRegistration(body: RegisterBody): Promise<RegisterBody> {
  const faults = Value.Errors(RegisterBody, body).map(
    (fault) => `${fault.instancePath.slice(1)} ${fault.message}`,
  );
  if (faults.length > 0) throw new AppError('auth.bad_registration', 400, `Not right: ${faults.join('; ')}.`);
  const { name, email, organization_name: organizationName } = body;
  await refuseWeakPassword(body.password, { name, email, organizationName });
  return body;
}
