/** Kernels against the table that is committed: which have become slower than the noise of a shared machine explains. */
import { tableRows } from "../support/section.ts";

/** What counts of a kernel on one shape. */
export interface Standing {
  readonly kernel: string;
  readonly shape: string;
  /** Twin's time over the kernel's. */
  readonly ratio: number;
  /** Of the peak, for kernels whose operations count. */
  readonly share?: number;
}

/** By how much of the committed value each may fall. */
export const tolerance = { ratio: 0.25, share: 0.15 } as const;

/** The standings in the section of kernels. @throws Error when there are none */
export function committedStandings(section: string | undefined): Standing[] {
  const rows = section === undefined ? [] : tableRows(section);
  if (rows.length === 0)
    throw new Error("docs/benchmarks.md has no table of kernels; run npm run bench -- kernels.");
  return rows.map(([kernel, shape, , , ratio, , share]) => ({
    kernel,
    shape,
    ratio: Number.parseFloat(ratio),
    ...(share === "–" ? {} : { share: Number.parseFloat(share) / 100 }),
  }));
}

const sameCase = (a: Standing, b: Standing): boolean => a.kernel === b.kernel && a.shape === b.shape;

/** What is wrong with a kernel as it stands now; nothing is "". */
export function regression(now: Standing, committed: readonly Standing[]): string {
  const before = committed.find((standing) => sameCase(standing, now));
  const name = `${now.kernel} ${now.shape}`;
  if (!before) return `${name}: not in docs/benchmarks.md; run npm run bench -- kernels`;
  const falls = (["ratio", "share"] as const).flatMap((quantity) => {
    const [old, fresh] = [before[quantity], now[quantity]];
    if (old === undefined || fresh === undefined || fresh >= (1 - tolerance[quantity]) * old) return [];
    return `${quantity} ${old.toPrecision(3)} → ${fresh.toPrecision(3)}`;
  });
  return falls.length > 0 ? `${name}: ${falls.join(", ")}` : "";
}

/** The better of two measurements of a case: noise only ever slows. */
export function better(a: Standing, b: Standing): Standing {
  const share = a.share === undefined || b.share === undefined ? {} : { share: Math.max(a.share, b.share) };
  return { ...a, ratio: Math.max(a.ratio, b.ratio), ...share };
}
