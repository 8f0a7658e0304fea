/** What a model can learn from: a built-in environment, or one that a user wrote and makes. */
import { type FromParallelOptions, fromParallel } from "../environments/adapters.ts";
import type {
  AsyncVecEnv,
  EnvironmentDefinition,
  EnvironmentSpec,
  ParallelEnv,
} from "../environments/environment.ts";
import { flatten, type SpaceValue, violation } from "../environments/space-values.ts";
import { box, type Space } from "../environments/spaces.ts";
import { vectorise } from "../environments/vectorise.ts";
import { InvalidInputError, NonFiniteError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { didYouMean } from "../validation/suggest.ts";

/** A user-written environment with what is said beside it. */
export interface ParallelSource extends Omit<FromParallelOptions, "copies" | "seed" | "firstCopy"> {
  /** Called once a copy; must return a new environment each time. */
  readonly make: () => ParallelEnv;
}
export type EnvironmentSource = EnvironmentDefinition | (() => ParallelEnv) | ParallelSource;

/**
 * Copies of the environment, ready to be reset.
 * @throws InvalidInputError for what is no source, and as `fromParallel` does
 */
export function openSource(source: EnvironmentSource, copies: number): AsyncVecEnv {
  if (typeof source === "function") return fromParallel(source, { copies });
  if (typeof source !== "object" || source === null || !("make" in source || "create" in source)) {
    throw new InvalidInputError(
      `the environment is ${formatValue(source)}; give a built-in one, a function that makes a new one each time, ` +
        "or { make } with that function",
    );
  }
  if ("create" in source) return vectorise(source, { copies });
  const { make, ...options } = source;
  return fromParallel(make, { ...options, copies });
}

/** Each agent's observation space, as a user gives observations to `predict`. */
export function observationSpaces({ spec, observationSpaces }: AsyncVecEnv): readonly Space[] {
  const open = Number.POSITIVE_INFINITY;
  return observationSpaces ?? spec.observationSizes.map((size) => box(-open, open, [size]));
}

/** What each agent's actions are, as `step` takes them. */
export function actionKinds({ spec, actionSpaces }: AsyncVecEnv): readonly Space["type"][] {
  if (actionSpaces) return actionSpaces.map(({ type }) => type);
  if (spec.action === "continuous") return spec.agents.map(() => "box");
  return spec.headSizes.map((heads) => (heads.length === 1 ? "discrete" : "multi_discrete"));
}

/** Lays one observation flat. @throws InvalidInputError or NonFiniteError naming the agent and the fault */
export function flattenObservation(agent: string, space: Space, value: unknown, into: Float32Array): void {
  const problem = violation(space, value, false);
  if (problem) {
    const message = `The observation of ${agent}${problem.where} ${problem.reason}`;
    throw problem.nonFinite ? new NonFiniteError(message) : new InvalidInputError(message);
  }
  flatten(space, value as SpaceValue, into, 0);
}

/**
 * The masks of one situation as algorithms take them; undefined where the environment masks nothing.
 * @throws InvalidInputError for an unknown agent, a wrong number of entries or a head without a legal choice
 */
export function readMasks(
  { agents, headSizes, maskSize }: EnvironmentSpec,
  given: Readonly<Record<string, ArrayLike<number>>>,
): Uint8Array[] | undefined {
  for (const agent of Object.keys(given)) {
    if (agents.includes(agent)) continue;
    throw new InvalidInputError(`There is no agent "${agent}"; ${didYouMean(agent, agents)}`);
  }
  if (maskSize === 0) return undefined;
  return agents.map((agent, i) => {
    const mask = given[agent];
    const choices = headSizes[i].reduce((sum, size) => sum + size, 0);
    if (!mask) return new Uint8Array(choices).fill(1);
    requireMask(headSizes[i], mask, `The action mask of ${agent}`);
    return Uint8Array.from(mask);
  });
}

function requireMask(sizes: readonly number[], mask: ArrayLike<number>, what: string): void {
  const choices = sizes.reduce((sum, size) => sum + size, 0);
  const entries = Array.from(mask);
  if (entries.length !== choices || entries.some((entry) => entry !== 0 && entry !== 1)) {
    throw new InvalidInputError(`${what} is [${entries}]; give ${choices} entries, each 0 or 1.`);
  }
  let first = 0;
  for (const size of sizes) {
    if (!entries.slice(first, first + size).includes(1)) {
      throw new InvalidInputError(`${what} is [${entries}]; every head needs a legal choice.`);
    }
    first += size;
  }
}
