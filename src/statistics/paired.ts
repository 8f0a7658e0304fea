/** Differences between two settings that ran on the same seeds: what both share drops out. */

/** What one seed brought. */
export interface SeedValue {
  readonly seed: number;
  readonly value: number;
}

/** first − second for every seed that both have, in the order of `first`. */
export function pairedDifferences(first: readonly SeedValue[], second: readonly SeedValue[]): SeedValue[] {
  const values = new Map(second.map(({ seed, value }) => [seed, value]));
  return first.flatMap(({ seed, value }) => {
    const other = values.get(seed);
    return other === undefined ? [] : [{ seed, value: value - other }];
  });
}
