import * as fc from "fast-check";
import { test } from "uvu";
import { createArena } from "../../src/kernels/arena.ts";
import { type EpisodeEnds, estimateAdvantages, explainedVariance } from "../../src/rollouts/advantages.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close } from "../support/close.ts";

const arena = createArena();

interface Scene {
  readonly batch: Batch;
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  readonly cutValues: Float32Array;
}

/** Copies with random ends of episodes, some terminated, some truncated. */
function scene(seed: number, copies: number, steps: number): Scene {
  const random = Random.fromSeed(seed);
  const rows = copies * steps;
  const terminated = Uint8Array.from({ length: rows }, () => (random.float() < 0.15 ? 1 : 0));
  const truncated = terminated.map((ended) => (!ended && random.float() < 0.15 ? 1 : 0));
  const ends = [...terminated.keys()].filter(
    (row) => terminated[row] || truncated[row] || (row + 1) % steps === 0,
  );
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const batch: Batch = {
    rows,
    copies,
    steps,
    terminated,
    truncated,
    cuts: Int32Array.from(ends),
    actions: new Int32Array(rows),
    agents: [],
    state: new Float32Array(0),
    cutStates: new Float32Array(0),
    newEpisodes: true,
    memory: new Float32Array(0),
    episodes: { count: 0, returns: new Float64Array(0), lengths: new Int32Array(0) },
  };
  return { batch, rewards: normal(rows), values: normal(rows), cutValues: normal(ends.length) };
}

/** The definition: Aₜ = Σₗ (γλ)ˡ δₜ₊ₗ up to the end of the trace, in f64. */
function definition({ batch, rewards, values, cutValues }: Scene, gamma: number, lambda: number): number[] {
  const cuts = Array.from(batch.cuts);
  const next = (row: number) => {
    const index = cuts.indexOf(row);
    if (index < 0) return values[row + 1];
    return batch.terminated[row] ? 0 : cutValues[index];
  };
  return Array.from(rewards, (_, row) => {
    let sum = 0;
    let weight = 1;
    for (let t = row; ; t++) {
      sum += weight * (rewards[t] + gamma * next(t) - values[t]);
      weight *= gamma * lambda;
      if (cuts.includes(t)) return sum;
    }
  });
}

function advantages(given: Scene, gamma: number, gaeLambda: number, episodeEnds: EpisodeEnds = "exact") {
  const { batch, rewards, values, cutValues } = given;
  const options = { gamma, gaeLambda, episodeEnds };
  return estimateAdvantages(arena, batch, rewards, values, cutValues, options);
}

test("advantages are the discounted sums of temporal differences up to the end of each trace", () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, copies, steps, gamma, lambda) => {
        const given = scene(seed, copies, steps);
        const found = advantages(given, gamma, lambda);
        allClose(found.advantages, definition(given, gamma, lambda), 2e-5, "advantage");
        allClose(
          found.returns,
          found.advantages.map((a, row) => a + given.values[row]),
          1e-6,
          "return",
        );
      },
    ),
    { numRuns: 300 },
  );
});

/** One copy, five steps, truncated after the third; γ = λ = 1 makes the sums easy to see. */
const truncatedOnce: Scene = {
  batch: {
    rows: 5,
    copies: 1,
    steps: 5,
    terminated: new Uint8Array(5),
    truncated: Uint8Array.of(0, 0, 1, 0, 0),
    cuts: Int32Array.of(2, 4),
    actions: new Int32Array(5),
    agents: [],
    state: new Float32Array(0),
    cutStates: new Float32Array(0),
    newEpisodes: true,
    memory: new Float32Array(0),
    episodes: { count: 1, returns: new Float64Array(0), lengths: new Int32Array(0) },
  },
  rewards: Float32Array.of(1, 2, 3, 4, 5),
  values: Float32Array.of(10, 20, 30, 40, 50),
  cutValues: Float32Array.of(300, 500),
};

test("truncation bootstraps from the true last observation", () => {
  const { returns } = advantages(truncatedOnce, 1, 1);
  allClose(returns, [306, 305, 303, 509, 505], 1e-4);
});

test("ignored ends let the trace run into the next episode (official defect 3)", () => {
  const { returns } = advantages(truncatedOnce, 1, 1, "ignored");
  allClose(returns, [515, 514, 512, 509, 505], 1e-4);
});

test("early ends cut one step too soon and leak the next episode's value (official defect 2)", () => {
  const { returns } = advantages(truncatedOnce, 1, 1, "early");
  // Step 1 loses its future; step 2 goes on into the next episode; the last row is not an end and bootstraps.
  allClose(returns, [3, 2, 512, 509, 505], 1e-4);
});

test("explained variance is 1 for perfect values, 0 for constant ones", () => {
  const returns = Float32Array.of(1, 2, 4, 8);
  close(explainedVariance(returns, returns), 1, 0);
  close(explainedVariance(new Float32Array(4).fill(7), returns), 0, 1e-12);
  close(explainedVariance(returns, new Float32Array(4).fill(3)), 0, 0);
});

test.run();
