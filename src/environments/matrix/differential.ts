/**
 * Games of one move with real actions, as in the experiments on continuous teams: r = a₁a₂ (Kuba et al. 2022, Fig. 1),
 * and the larger of two hills (Wei et al. 2018), r = max(0.8(−((a₁+5)/3)² − ((a₂+5)/3)²), 10 − (a₁−5)² − (a₂−5)²):
 * the lower hill at (−5, −5) is wide, the higher at (5, 5) narrow. Actions beyond the box count as its edge.
 */
import * as v from "valibot";
import { InvalidInputError } from "../../validation/errors.ts";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition, EnvironmentSpec, VecBatch } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { type OneShotState, oneShotGame } from "./one-shot.ts";

export const DIFFERENTIAL_ID = "matrix/differential";

export const differentialOptions = v.strictObject({
  kind: v.optional(
    v.pipe(
      v.picklist(["product", "two-hills"]),
      v.description("r = a₁a₂, or the larger of a low wide hill and a high narrow one."),
    ),
    "product",
  ),
  limit: v.optional(
    v.pipe(v.number(), v.finite(), v.gtValue(0), v.description("Actions are cut to [−limit, limit].")),
    10,
  ),
});
export type DifferentialOptions = v.InferInput<typeof differentialOptions>;

const payoffs = {
  product: (a: number, b: number): number => a * b,
  "two-hills": (a: number, b: number): number => Math.max(wideHill(a, b), narrowHill(a, b)),
} as const;

const square = (x: number): number => x * x;
const wideHill = (a: number, b: number): number => -0.8 * (square((a + 5) / 3) + square((b + 5) / 3));
const narrowHill = (a: number, b: number): number => 10 - square(a - 5) - square(b - 5);

/** @throws InvalidInputError for unknown keys and values out of range */
export function differentialGame(options: DifferentialOptions = {}): EnvironmentDefinition<OneShotState> {
  const { kind, limit } = validate(differentialOptions, options, DIFFERENTIAL_ID);
  const bound = { low: [-limit], high: [limit] };
  const payoff = payoffs[kind];
  return oneShotGame(
    { id: DIFFERENTIAL_ID, headSizes: [[], []], bounds: [bound, bound] },
    (spec, batch, copy) => ({
      reward: payoff(readReal(spec, batch, copy, 0, limit), readReal(spec, batch, copy, 1, limit)),
    }),
  );
}

export const differentialEntry: EnvironmentEntry = {
  id: DIFFERENTIAL_ID,
  description: "One move with a real number each: a product, or two hills of which the narrow one is higher.",
  schema: differentialOptions,
  load: differentialGame,
};

/** The agent's action, cut to [−limit, limit]. @throws InvalidInputError when it is NaN */
function readReal(
  spec: EnvironmentSpec,
  batch: VecBatch,
  copy: number,
  agent: number,
  limit: number,
): number {
  const value = batch.actions[copy * spec.agents.length + agent];
  if (!Number.isNaN(value)) return Math.max(-limit, Math.min(limit, value));
  throw new InvalidInputError(
    `${spec.id}: agent ${agent} chose action NaN; it must be a number from ${-limit} to ${limit}`,
  );
}
