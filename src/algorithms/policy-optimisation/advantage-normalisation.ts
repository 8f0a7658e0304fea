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
  f: (value: number) => number = (value) => value,
): number {
  const { sum, count } = total([values], [alive], f);
  return count > 0 ? sum / count : 0;
}

function moments(parts: readonly Float64Array[], alive: readonly Uint8Array[]): Moments {
  const { sum, count } = total(parts, alive, (value) => value);
  if (count === 0) return { mean: 0, deviation: 0 };
  const mean = sum / count;
  const squares = total(parts, alive, (value) => (value - mean) * (value - mean)).sum;
  return { mean, deviation: Math.sqrt(squares / count) };
}

function total(parts: readonly Float64Array[], alive: readonly Uint8Array[], f: (value: number) => number) {
  let [sum, count] = [0, 0];
  for (const [i, part] of parts.entries()) {
    for (let row = 0; row < part.length; row++) {
      if (!alive[i][row]) continue;
      sum += f(part[row]);
      count++;
    }
  }
  return { sum, count };
}
