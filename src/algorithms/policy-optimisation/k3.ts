/**
 * What the official HATRPO code bounds in place of the KL of categorical policies: Σₐ (rₐ − 1 − log rₐ) over all choices,
 * r = π/π_old, without the weights π_old. At a uniform policy over A choices it is A times the KL to second order, so
 * bounds tuned for it are not comparable with those on the KL.
 */
import type { ActionDistribution } from "../../distributions/action-distribution.ts";
import { CategoricalActions } from "../../distributions/categorical-actions.ts";
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { OutputMetric } from "../../nn/network-fisher.ts";
import { exp, log } from "../../tensor/math.ts";

/** Visits each head of each row: log-probabilities are written to `logs` [size], −∞ where a choice is illegal. */
function eachHead(
  { headSizes }: CategoricalActions,
  output: Float32Array,
  masks: Uint8Array | undefined,
  visit: (start: number, logs: Float64Array) => void,
): void {
  let head = 0;
  for (let start = 0; start < output.length; start += headSizes[head], head = (head + 1) % headSizes.length) {
    const size = headSizes[head];
    const logits = Float64Array.from({ length: size }, (_, a) =>
      masks && !masks[start + a] ? Number.NEGATIVE_INFINITY : output[start + a],
    );
    const most = logits.reduce((a, b) => Math.max(a, b));
    const total = log(logits.reduce((sum, logit) => sum + exp(logit - most), 0));
    visit(
      start,
      logits.map((logit) => logit - most - total),
    );
  }
}

/**
 * Sum over the rows that count; the exact KL is for other distributions. @returns undefined when they are not categorical
 * @param counts [rows], 0 where a row is left out
 */
export function unweightedK3(
  distribution: ActionDistribution,
  oldOutput: Float32Array,
  output: Float32Array,
  counts: Uint8Array,
  masks: Uint8Array | undefined,
): number | undefined {
  if (!(distribution instanceof CategoricalActions)) return undefined;
  const olds: Float64Array[] = [];
  eachHead(distribution, oldOutput, masks, (_, logs) => olds.push(logs));
  let [sum, head] = [0, 0];
  eachHead(distribution, output, masks, (start, logs) => {
    const old = olds[head++];
    if (!counts[Math.floor(start / distribution.outputSize)]) return;
    for (const [a, logProb] of logs.entries()) {
      if (logProb === Number.NEGATIVE_INFINITY) continue;
      sum += exp(logProb - old[a]) - 1 - (logProb - old[a]);
    }
  });
  return sum;
}

/** Its Hessian by the logits, Σₐ (eₐ − p)(eₐ − p)ᵀ over legal choices a head; other distributions keep their own. */
export function unweightedMetric(
  arena: Arena,
  distribution: ActionDistribution,
  output: Pointer,
  extra: Pointer | undefined,
  rows: number,
  masks: Uint8Array | undefined,
): OutputMetric {
  if (!(distribution instanceof CategoricalActions)) {
    return distribution.metric(arena, output, extra, rows, masks);
  }
  const logits = arena.read(output, rows * distribution.outputSize);
  return (tangent, _, weight) => {
    const t = arena.f32(tangent, logits.length);
    eachHead(distribution, logits, masks, (start, logs) => {
      const p = logs.map((logProb) => exp(logProb));
      let [legal, sum, mean] = [0, 0, 0];
      for (const [a, probability] of p.entries()) {
        if (logs[a] === Number.NEGATIVE_INFINITY) continue;
        legal++;
        sum += t[start + a];
        mean += probability * t[start + a];
      }
      for (const [a, probability] of p.entries()) {
        const own = logs[a] === Number.NEGATIVE_INFINITY ? 0 : t[start + a] - mean;
        t[start + a] = weight * (own - probability * sum + legal * probability * mean);
      }
    });
  };
}
