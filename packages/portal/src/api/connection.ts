import { createStore } from '../store/store.ts';

/** Whether the server answers, as far as this page knows. */
export type Connection = 'good' | 'lost';

/** Follows whether the server answers. */
export const connectionStore = createStore<Connection>('good');

const probeDelaysMs = [500, 1000, 2000, 4000, 8000, 15_000];

let probe: ReturnType<typeof setTimeout> | undefined;

/** Notes that the server answered, whatever it said. */
export function noteAnswer(): void {
  clearTimeout(probe);
  probe = undefined;
  connectionStore.set('good');
}

/** Notes that a request got no answer; the page then asks, less and less often, until there is one. */
export function noteNoAnswer(): void {
  connectionStore.set('lost');
  if (probe === undefined) scheduleProbe(0);
}

/** Asks at once whether the server answers again. */
function probeNow(): void {
  if (connectionStore.get() === 'good') return;
  clearTimeout(probe);
  void sendProbe(0);
}

function scheduleProbe(attempt: number): void {
  const delayMs = probeDelaysMs[Math.min(attempt, probeDelaysMs.length - 1)];
  probe = setTimeout(() => void sendProbe(attempt), delayMs);
}

async function sendProbe(attempt: number): Promise<void> {
  try {
    const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(10_000) });
    // A proxy answers for a server that is gone.
    if (answer.ok) noteAnswer();
    else scheduleProbe(attempt + 1);
  } catch {
    scheduleProbe(attempt + 1);
  }
}

/** Resolves once the server answers. */
export function whenConnected(): Promise<void> {
  if (connectionStore.get() === 'good') return Promise.resolve();
  return new Promise((resolve) => {
    const end = connectionStore.subscribe(() => {
      if (connectionStore.get() === 'lost') return;
      end();
      resolve();
    });
  });
}

/** Listens to what the browser knows of the network. */
export function watchConnection(): void {
  window.addEventListener('online', probeNow);
  window.addEventListener('offline', noteNoAnswer);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') probeNow();
  });
}
