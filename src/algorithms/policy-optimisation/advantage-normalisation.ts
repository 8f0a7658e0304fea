/** (A − mean) / (deviation + 10⁻⁵), over the rows in which agents were there. */

/** Keeps advantages that are all equal from being divided by 0. */
const EPSILON = 1e-5;

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Agent `agent`'s advantages, normalised.
 * @param advantages [agents] of [rows] @param alive [agents] of [rows]
 * @param over whose advantages the moments are of
 */
export function normaliseAdvantages(
  advantages: readonly Float64Array[],
  alive: readonly Uint8Array[],
  agent: number,
  over: "agent" | "team" | "none",
): Float64Array {
  if (over === "none") return advantages[agent];
  const { mean, deviation } =
    over === "team" ? moments(advantages, alive) : moments([advantages[agent]], [alive[agent]]);
  return advantages[agent].map((advantage) => (advantage - mean) / (deviation + EPSILON));
}

/** Mean of f over the rows with alive = 1; 0 when there are none. */
export function meanAlive(
  values: Float64Array,
  alive: Uint8Array,
  f: (value: number) => number = (x) => x,
): number {
  let [sum, count] = [0, 0];
  for (const [row, value] of values.entries()) {
    if (!alive[row]) continue;
    sum += f(value);
    count++;
  }
  return count > 0 ? sum / count : 0;
}

function moments(parts: readonly Float64Array[], alive: readonly Uint8Array[]): Moments {
  const total = (f: (value: number) => number): number =>
    parts.reduce((sum, part, i) => sum + meanAlive(part, alive[i], f) * countAlive(alive[i]), 0);
  const count = alive.reduce((sum, part) => sum + countAlive(part), 0);
  if (count === 0) return { mean: 0, deviation: 0 };
  const mean = total((value) => value) / count;
  return { mean, deviation: Math.sqrt(total((value) => (value - mean) ** 2) / count) };
}

function countAlive(alive: Uint8Array): number {
  let count = 0;
  for (const present of alive) count += present;
  return count;
}
