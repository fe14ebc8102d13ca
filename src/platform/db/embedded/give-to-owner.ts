/** Root may start the program in another user's data directory: what it writes there stays that user's, who may start it next. */
import { lchownSync, statSync } from 'node:fs';
import process from 'node:process';

/** Gives a file to the owner of the directory, when we are root and that is not. */
export function giveToOwnerOf(directory: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const owner = statSync(directory);
  if (owner.uid !== 0) lchownSync(path, owner.uid, owner.gid);
}
