/** The secrets of test installs. Roles are shared by all databases of a cluster, so their passwords are the same in every test. */
import { derivePasswords } from '../../src/platform/db/roles.ts';

export const TEST_PASSWORDS = derivePasswords('the test cluster');
/** Signs the deliveries of tests. */
export const TEST_APP_SECRET = 'app-secret-that-only-tests-know';
export const TEST_SESSION_SECRET = 'a session secret for tests, long enough';
export const TEST_VERIFY_TOKEN = 'a verify token for tests';
export const TEST_ENCRYPTION_KEY = Buffer.alloc(32, 7);

/** What no log, answer or table of any test may hold. */
export const TEST_SECRETS = [
  TEST_APP_SECRET,
  TEST_SESSION_SECRET,
  TEST_VERIFY_TOKEN,
  TEST_ENCRYPTION_KEY.toString('base64'),
  ...Object.values(TEST_PASSWORDS),
];
