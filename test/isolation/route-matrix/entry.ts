/**
 * How to call one route validly, and who may. Every route of the server has such an entry in this folder, in the file of its module;
 * README.md says how to write one.
 */
import type { SessionAnswer } from '../../../src/modules/auth/contract.ts';
import type { TestSwitchboard } from '../../harness/switchboard.ts';
import type { Ids } from './ids.ts';

/** The least that a caller must be. An owner may all that an agent may; `admin` is whoever runs the install. */
export type Audience = 'anyone' | 'agent' | 'owner' | 'admin';

/** What a valid request consists of, besides its method and path. */
export type Call = {
  /** What stands in place of `:name` in the path. */
  params?: Record<string, string>;
  /** With its question mark. */
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
};

export type Entry = {
  may: Audience;
  /** The status of a valid call by somebody who may. */
  answers: number | readonly number[];
  /** The call; absent when the path alone is one. `ids` are one organization's: whatever names something takes it from there. */
  call?: (ids: Ids, caller: Caller) => Call;
  /** Makes what the call uses up or deletes, anew for each call that is to succeed. */
  prepare?: (world: Scene, caller: Caller) => Promise<Partial<Ids>>;
  /** What somebody of another organization gets: 404 unless said otherwise, with the reason. */
  foreign?: { answers: readonly number[]; because: string };
  /** Reads or changes the whole install: there is no other organization for whoever may. */
  wholeInstall?: true;
  /** Answers only somebody who proved within minutes who they are. */
  needsRecentSignIn?: true;
  /** Not for API keys, whatever they may. */
  notForApiKeys?: true;
  /** Fields that the body may hold besides those of the call, for whoever has the right. */
  takes?: readonly string[];
  /** Stays open: its status is read, then it is hung up. */
  stream?: boolean;
  /** Names of secrets that the answer is there to give. */
  gives?: readonly string[];
};

/** `METHOD /path` as the server registers it. HEAD follows from GET. */
export type Entries = Record<string, Entry>;

/** Who calls. */
export type Caller = {
  name: string;
  userId: string;
  organizationId: string;
  /** Of the request that is about to be made: each has a session of its own, because some end theirs. */
  sessionId: string;
  token: string;
  refreshToken: string;
};

/** What entries may use to make things. */
export type Scene = {
  switchboard: TestSwitchboard;
  owner: SessionAnswer;
  /** A request as the caller, which must succeed. */
  call: (caller: Caller, method: string, path: string, body?: unknown) => Promise<void>;
  /** One statement past every wall; returns the rows. */
  sql: <Row extends Record<string, unknown>>(statement: string, values?: unknown[]) => Promise<Row[]>;
};
