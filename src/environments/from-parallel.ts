/**
 * Makes a user-written `ParallelEnv` trainable: many copies side by side, observations laid flat (choices
 * one-hot), every reply checked. Synchronous environments stay so; slow ones are stepped concurrently.
 */
import * as v from "valibot";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { validate } from "../validation/validate.ts";
import { requireEnvironment } from "./contract.ts";
import type { AsyncVecEnv, Drawing, MaybePromise, ParallelEnv, VecBatch } from "./environment.ts";
import { allReady, whenReady } from "./maybe-promise.ts";
import { ParallelCopy } from "./parallel-copy.ts";
import { lookForMasks } from "./parallel-masks.ts";
import { type ParallelSpec, type ParallelSpecOptions, readParallelSpec } from "./parallel-spec.ts";
import { createBatch } from "./spec.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const schema = v.strictObject({
  copies: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  seed: v.optional(v.union([count, v.string()]), 0),
  id: v.optional(v.string(), "environment"),
  episodeLimit: v.optional(count, 0),
  masked: v.optional(v.boolean()),
  stateSize: v.optional(count),
  agentStateSize: v.optional(count, 0),
  firstCopy: v.optional(count, 0),
});

export interface FromParallelOptions {
  /** How many copies step together. @defaultValue 1 */
  readonly copies?: number;
  /** Episode e of copy c is reset with a seed that follows from (seed, c, e). @defaultValue 0 */
  readonly seed?: number | string;
  /** Names the environment in messages. @defaultValue "environment" */
  readonly id?: string;
  /** Steps after which an episode is truncated; 0 leaves that to the environment. @defaultValue 0 */
  readonly episodeLimit?: number;
  /**
   * Whether actions are masked; false ignores the masks that there are.
   * @defaultValue whether the environment has `actionMask` or, if it answers at once, shows `action_mask` in the
   *   infos of a first reset, which is made to find out
   */
  readonly masked?: boolean;
  /** Length of `state()`; 0 ignores it. @defaultValue that of `stateSpace` */
  readonly stateSize?: number;
  /** Numbers in each agent's own view of the state, which end it one after another. @defaultValue 0 */
  readonly agentStateSize?: number;
  /** Number of the first copy, for shards of a larger set. @defaultValue 0 */
  readonly firstCopy?: number;
}

/**
 * @param make called once a copy; must return a new environment each time
 * @throws InvalidInputError for bad options, spaces that do not fit together and replies that break the
 *   contract; NonFiniteError for NaN and ±Infinity. Messages name copy, step, agent and field.
 */
export function fromParallel(make: () => ParallelEnv, options: FromParallelOptions = {}): AsyncVecEnv {
  const { copies, seed, firstCopy, ...given } = validate(schema, options, "options of fromParallel");
  if (typeof make !== "function") {
    throw new InvalidInputError(`${given.id}: make is ${formatValue(make)}; it must be a function`);
  }
  const made = Array.from({ length: copies }, () => requireEnvironment(make(), "make() returned", given));
  if (new Set(made).size !== copies) {
    throw new InvalidInputError(
      `${given.id}: make() returned the same object twice; return a new environment each time`,
    );
  }
  const { facts, ready } = readCopies(made, given);
  const { spec, observationSpaces, actionSpaces } = facts;
  const batch = createBatch(spec, copies);
  const rows = made.map((environment, copy) => new ParallelCopy(environment, facts, batch, copy, firstCopy));
  for (const row of rows) row.seed(seed);
  const face = { spec, copies, batch, observationSpaces, actionSpaces };
  return { ...face, ...lifeCycle(rows, batch, ready), ...extras(made, rows) };
}

/** What all copies are, and when the first is ready to begin. */
function readCopies(
  made: readonly ParallelEnv[],
  given: ParallelSpecOptions,
): { readonly facts: ParallelSpec; readonly ready: MaybePromise<void> } {
  const all = made.map((environment) => readParallelSpec(environment, given));
  const [facts] = all;
  if (all.some((other) => JSON.stringify(other) !== JSON.stringify(facts))) {
    throw new InvalidInputError(
      `${given.id}: two copies have different agents or spaces; make() must return equals`,
    );
  }
  const open = given.masked === undefined && facts.spec.action === "discrete" && facts.spec.maskSize === 0;
  const { masked, ready } = open ? lookForMasks(made[0]) : { masked: false, ready: undefined };
  return { facts: masked ? readParallelSpec(made[0], { ...given, masked }) : facts, ready };
}

function lifeCycle(
  rows: readonly ParallelCopy[],
  batch: VecBatch,
  ready: MaybePromise<void>,
): Pick<AsyncVecEnv, "reset" | "step"> {
  return {
    reset(seed) {
      if (seed !== undefined) for (const row of rows) row.seed(seed);
      batch.rewards.fill(0);
      batch.terminated.fill(0);
      batch.truncated.fill(0);
      return whenReady(ready, () => allReady(rows, (row) => row.begin()));
    },
    step: () => allReady(rows, (row) => row.step()),
  };
}

/** What only some environments can do. */
function extras(made: readonly ParallelEnv[], rows: readonly ParallelCopy[]): Partial<AsyncVecEnv> {
  const saves = made[0].saveState && made[0].loadState;
  return {
    ...(saves ? { saveState: (copy: number) => rows[copy].save() } : {}),
    ...(saves ? { loadState: (copy: number, state: unknown) => rows[copy].load(state) } : {}),
    ...(made[0].draw ? { draw: (copy: number) => made[copy].draw?.() as Drawing } : {}),
    close: (): MaybePromise<void> => allReady(made, (environment) => environment.close?.()),
  };
}
