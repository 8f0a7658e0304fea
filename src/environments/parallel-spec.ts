/** Reads the specification of a user-written environment from its agents and spaces. */
import { InvalidInputError } from "../validation/errors.ts";
import { complain, requireAgents } from "./contract.ts";
import type { EnvironmentSpec, ParallelEnv } from "./environment.ts";
import { type Bound, boundAt, flatSize, headSizes, type Space, spaceProblem } from "./spaces.ts";
import { makeSpec } from "./spec.ts";

/** A specification with the spaces it came from, in the order of `spec.agents`. */
export interface ParallelSpec {
  readonly spec: EnvironmentSpec;
  readonly observationSpaces: readonly Space[];
  readonly actionSpaces: readonly Space[];
}

export interface ParallelSpecOptions {
  readonly id: string;
  readonly episodeLimit: number;
  readonly masked: boolean;
  readonly stateSize: number;
}

/** @throws InvalidInputError when agents or spaces are malformed, or discrete and continuous actions mixed */
export function readParallelSpec(environment: ParallelEnv, options: ParallelSpecOptions): ParallelSpec {
  const { id } = options;
  const place = { id, step: 0 };
  const agents = requireAgents(environment.possibleAgents, "possibleAgents", place);
  if (agents.length === 0) complain(place, "possibleAgents is empty; name at least one agent");
  const observationSpaces = agents.map((agent) => readSpace(environment, "observationSpace", agent, id));
  const actionSpaces = agents.map((agent) => readSpace(environment, "actionSpace", agent, id));
  const continuous = actionSpaces.every((space) => space.type === "box");
  if (!continuous && actionSpaces.some((space) => space.type === "box")) {
    throw new InvalidInputError(
      `${id}: some action spaces are boxes and some discrete; use one kind for all agents`,
    );
  }
  const spec = makeSpec({
    ...options,
    agents,
    observationSizes: observationSpaces.map(flatSize),
    headSizes: actionSpaces.map(headSizes),
    ...(continuous ? { bounds: actionSpaces.map(flatBounds) } : {}),
  });
  return { spec, observationSpaces, actionSpaces };
}

/** @throws InvalidInputError when the agent has no usable space */
export function readSpace(
  environment: ParallelEnv,
  method: "observationSpace" | "actionSpace",
  agent: string,
  id: string,
): Space {
  if (typeof environment[method] !== "function") {
    throw new InvalidInputError(
      `${id}: ${method} is missing; it must be a function from an agent's name to its space`,
    );
  }
  const space = environment[method](agent);
  const problem = spaceProblem(space);
  if (problem !== undefined) throw new InvalidInputError(`${id}: ${method} of agent ${agent}: ${problem}`);
  return space;
}

function flatBounds(space: Space) {
  if (space.type !== "box") throw new TypeError("only boxes have bounds");
  const expand = (bound: Bound) =>
    Float32Array.from({ length: flatSize(space) }, (_, k) => boundAt(bound, k));
  return { low: expand(space.low), high: expand(space.high) };
}
