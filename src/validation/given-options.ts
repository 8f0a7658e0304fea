/** Options of calls that no schema describes: one that is undefined counts as not given. */

/** The options without those that are undefined, to be laid over defaults. */
export function givenOptions<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const own = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(own) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
