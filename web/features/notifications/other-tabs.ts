/**
 * Whether the same person looks at Switchboard in another tab of this browser. Tabs ask each other: who sleeps or has crashed does not
 * answer, so nothing has to be kept or cleaned up.
 */

/** Milliseconds in which a tab that is looked at answers; browsers let hidden ones wait for a second. */
const PATIENCE = 300;

type Word = { ask: string } | { looking: string };

export type OtherTabs = { areLookedAt: () => Promise<boolean>; leave: () => void };

/** Answers the others until `leave` is called. */
export function meetOtherTabs(userId: string): OtherTabs {
  const channel = new BroadcastChannel(`switchboard.tabs.${userId}`);
  const open = new Map<string, () => void>();
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if ('looking' in data) open.get(data.looking)?.();
    else if (!document.hidden) channel.postMessage({ looking: data.ask } satisfies Word);
  };
  return {
    areLookedAt: () =>
      new Promise((resolve) => {
        const question = crypto.randomUUID();
        const answer = (isLookedAt: boolean) => {
          open.delete(question);
          resolve(isLookedAt);
        };
        open.set(question, () => answer(true));
        setTimeout(() => answer(false), PATIENCE);
        channel.postMessage({ ask: question } satisfies Word);
      }),
    leave: () => channel.close(),
  };
}
