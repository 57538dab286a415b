import type { Service } from './service.ts';

/** What the sealed list is bound to. */
const purpose = 'event chains';

/**
 * Seals which chains there are, by which one that vanishes as a whole is missed. Chains are only ever added, so what the list
 * named before stays in it: otherwise the next list would hide what had vanished.
 *
 * A list that is forged, or gone although there was one, is left so for the same reason, and the log says it.
 *
 * @param chainIds those that there are now
 * @param wasListed whether there was a list before, asked where there is none
 */
export async function extendChainRoll(
  service: Service,
  chainIds: readonly number[],
  wasListed: () => Promise<boolean>,
): Promise<void> {
  const roll = await openChainRoll(service);
  if (roll === 'forged' || (roll === 'missing' && (await wasListed()))) {
    service.log.error({}, `The sealed list of the chains of events is ${roll}: see keywright event verify`);
    return;
  }
  const all = new Set([...(roll === 'missing' ? [] : roll), ...chainIds]);
  const inOrder = [...all].sort((one, other) => one - other);
  await service.database.putChainRoll(service.box.seal(formatRanges(inOrder), purpose));
}

/** Which chains there were when the list was last sealed. */
export async function openChainRoll(service: Service): Promise<readonly number[] | 'missing' | 'forged'> {
  const sealed = await service.database.findChainRoll();
  if (sealed === undefined) return 'missing';
  try {
    return readRanges(service.box.open(sealed, purpose));
  } catch {
    return 'forged';
  }
}

/** `1-3,7`, of ids in order: those of organisations are mostly in a row. */
function formatRanges(ids: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const id of ids) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === id - 1) range[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

function readRanges(text: string): number[] {
  if (text === '') return [];
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
