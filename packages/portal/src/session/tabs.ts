/** What one tab tells the others. It goes from memory to memory: nothing of it is stored. */
export type TabMessage =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'ended' };

const name = 'keywright-session';
const channel = new BroadcastChannel(name);

/** Tells every other tab of this browser that shows our pages. */
export function tellOtherTabs(message: TabMessage): void {
  channel.postMessage(message);
}

/** Listens to the other tabs. */
export function listenToOtherTabs(listener: (message: TabMessage) => void): void {
  channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => listener(data));
}

/** Does something that only one tab may do at a time; where the browser has no locks, at once. */
export async function exclusively(work: () => Promise<void>): Promise<void> {
  // Browsers have locks in secure contexts alone; plain HTTP off loopback is for those who asked for it.
  const { locks } = navigator as Partial<Navigator>;
  if (locks === undefined) await work();
  else await locks.request(name, work);
}
