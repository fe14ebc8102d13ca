/** The secrets of test installs. Roles are shared by all databases of a cluster, so their passwords are the same in every test. */
import { derivePasswords } from '../../src/platform/db/roles.ts';

export const TEST_PASSWORDS = derivePasswords('the test cluster');
/** Signs the deliveries of tests. */
export const TEST_APP_SECRET = 'app-secret-that-only-tests-know';
