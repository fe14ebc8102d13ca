/** What can go wrong with an organization's configuration, in the words that its owner sees. Programs know the codes by `waba`. */
import { AppError } from '../../platform/errors.ts';

/** There is none, or it was deleted. */
export function configNotFound(): AppError {
  return new AppError(
    'waba.config_not_found',
    404,
    'Your organization has no configuration of its own. Create one, or restore the one that was deleted.',
  );
}

/** An organization has one that is not deleted at the most. */
export function configExists(): AppError {
  return new AppError(
    'waba.config_exists',
    409,
    'Your organization has a configuration already. Change it with PUT, or delete it first.',
  );
}

/** None was deleted, or its 30 days are over. */
export function nothingToRestore(): AppError {
  return new AppError(
    'waba.config_not_restorable',
    404,
    'There is no deleted configuration to restore: after 30 days it is gone. Enter the credentials again.',
  );
}
