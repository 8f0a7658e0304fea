/** What a model can learn from: a built-in environment, or a function that makes a user-written one. */
import { fromParallel } from "../environments/adapters.ts";
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

export type EnvironmentSource = EnvironmentDefinition | (() => ParallelEnv);

/** Copies of the environment, ready to be reset. */
export function openSource(source: EnvironmentSource, copies: number): AsyncVecEnv {
  return typeof source === "function" ? fromParallel(source, { copies }) : vectorise(source, { copies });
}

/** Each agent's observation space, as a user gives observations to `predict`. */
export function observationSpaces(source: EnvironmentSource): readonly Space[] {
  if (typeof source !== "function") return vectorSpaces(source.spec);
  const environment = source();
  return environment.possibleAgents.map((agent) => environment.observationSpace(agent));
}

/** Plain vectors, as built-in environments and the central view show them. */
export function vectorSpaces({ observationSizes }: EnvironmentSpec): readonly Space[] {
  return observationSizes.map((size) => box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, [size]));
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
