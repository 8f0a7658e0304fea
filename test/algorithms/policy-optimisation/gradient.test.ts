/** The gradient that moves a policy is that of its surrogate, by finite differences through the network. */
import { test } from "uvu";
import { actionColumns } from "../../../src/algorithms/policy-optimisation/policy.ts";
import { PolicyBatch } from "../../../src/algorithms/policy-optimisation/policy-batch.ts";
import {
  type ClipRange,
  surrogate,
  surrogateTensor,
} from "../../../src/algorithms/policy-optimisation/surrogate.ts";
import { type Share, weightSamples } from "../../../src/algorithms/policy-optimisation/surrogate-samples.ts";
import { sum } from "../../../src/autodiff/ops.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { gradientOf } from "../../../src/nn/network-gradient.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close } from "../../support/close.ts";
import { makeFamily, playedBatch } from "../../support/family.ts";
import { taskShape } from "../../support/random-batch.ts";

const arena = createArena();
const task = taskShape(3, 4, 3);

/** A batch of the three agents of one policy, the second of whom is away at times. */
function scene(seed: number) {
  const trainer = makeFamily("mappo", { activation: "tanh" }, { task, seed });
  const played = playedBatch(trainer, task, seed);
  const agents = played.agents.map((agent, i) =>
    i === 1 ? { ...agent, alive: agent.alive.map((_, row) => Number(row % 4 > 0)) } : agent,
  );
  const [policy] = trainer.policies;
  return {
    policy,
    batch: new PolicyBatch(arena, policy, actionColumns(task), { ...played, agents }, 1),
    played,
  };
}

/** Two of the three agents, with advantages and factors of their own. */
function sharesOf(rows: number, range: ClipRange, random: Random): (Share | undefined)[] {
  const numbers = (draw: () => number) => Float64Array.from({ length: rows }, draw);
  return [0, 1, 2].map((agent) =>
    agent === 2
      ? undefined
      : {
          agent,
          advantages: numbers(() => random.normal()),
          factors: numbers(() => 0.5 + random.float()),
          range,
        },
  );
}

for (const placement of ["inside", "outside"] as const) {
  for (const away of [0, 0.05]) {
    const range = { inner: 0.2, outer: 0.1, placement };
    const title = away === 0 ? "where nothing has moved it is the policy gradient" : "also elsewhere";

    test(`${placement}: ${title}`, () => {
      const { policy, batch } = scene(3);
      const random = Random.fromSeed(11);
      const shares = sharesOf(batch.rows, range, random);
      const samples = batch.select([0, 1]);
      const weighted = weightSamples(samples, shares, batch.rows);
      const start = policy.parameters.map((value) => value + away * random.normal());
      const direction = start.map(() => random.normal());
      /** Mean surrogate in f64, of the rows in which agents are there, and how far from an edge the nearest is. */
      const value = (step: number): number => {
        policy.parameters = start.map((at, i) => at + step * direction[i]);
        batch.measure(arena);
        let [total, count] = [0, 0];
        for (const share of shares.slice(0, 2) as Share[]) {
          const ratios = batch.ratios(share.agent);
          for (let row = 0; row < batch.rows; row++) {
            if (share.agent === 1 && row % 4 === 0) continue;
            const factor = (share.factors as Float64Array)[row];
            total += surrogate(ratios[row], factor, share.advantages[row], range);
            count++;
          }
        }
        return total / count;
      };
      const slope = arena.scope(() => {
        const { gradient } = gradientOf(arena, policy.shape, arena.place(start), samples, (output, extra) => {
          const logProbs = policy.distribution.logProb(output, extra, samples.actions, samples.masks);
          return sum(surrogateTensor(logProbs, (weighted as NonNullable<typeof weighted>).terms));
        });
        return arena.read(gradient, start.length).reduce((all, g, i) => all + g * direction[i], 0);
      });
      // f32 networks: errors of 1e-7 over 2h; the clip's edges are met by few of 70 samples within h.
      const h = 2e-4;
      close((value(h) - value(-h)) / (2 * h), slope, 2e-3 * (1 + Math.abs(slope)));
    });
  }
}

test.run();
