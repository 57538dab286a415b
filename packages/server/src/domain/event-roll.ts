import type { Service } from './service.ts';

/** What the sealed list is bound to. */
const purpose = 'event chains';

/**
 * Seals which chains there are, by which one that vanishes as a whole is missed. Chains are only ever added.
 *
 * @param chainIds in order
 */
export async function sealChainRoll(service: Service, chainIds: readonly number[]): Promise<void> {
  await service.database.putChainRoll(service.box.seal(formatRanges(chainIds), purpose));
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

/** `1-3,7`: ids of organisations are mostly in a row. */
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
