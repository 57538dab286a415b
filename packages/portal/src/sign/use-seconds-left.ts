import { useEffect, useState } from 'react';

const tickMs = 250;

/** How many seconds are left until a time on this machine's clock; tells when it has come. */
export function useSecondsLeft(endsAt: number, onEnd?: () => void): number {
  const [now, setNow] = useState(Date.now);
  const isOver = now >= endsAt;
  useEffect(() => {
    if (isOver) {
      onEnd?.();
      return;
    }
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [isOver, onEnd]);
  return Math.max(Math.ceil((endsAt - now) / 1000), 0);
}
