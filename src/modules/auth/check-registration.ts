/** Holds a registration that did not come over HTTP to the same rules. */
import { Value } from 'typebox/value';
import { AppError } from '../../platform/errors.ts';
import { RegisterBody } from './contract.ts';

/** Throws `auth.bad_registration` with every fault. */
export function checkRegistration(body: RegisterBody): RegisterBody {
  const faults = Value.Errors(RegisterBody, body).map(
    (fault) => `${fault.instancePath.slice(1)} ${fault.message}`,
  );
  if (faults.length > 0) throw new AppError('auth.bad_registration', 400, `Not right: ${faults.join('; ')}.`);
  return body;
}
