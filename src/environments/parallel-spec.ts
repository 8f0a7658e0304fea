/** Reads the specification of a user-written environment from its agents and spaces. */
import { InvalidInputError } from "../validation/errors.ts";
import { complain, requireAgents } from "./contract.ts";
import type { EnvironmentSpec, ParallelEnv } from "./environment.ts";
import {
  type Bound,
  type Box,
  boundAt,
  box,
  flatSize,
  headSizes,
  type Space,
  spaceProblem,
} from "./spaces.ts";
import { makeSpec } from "./spec.ts";

/** A specification with the spaces it came from, in the order of `spec.agents`. */
export interface ParallelSpec {
  readonly spec: EnvironmentSpec;
  readonly observationSpaces: readonly Space[];
  readonly actionSpaces: readonly Space[];
  /** Of a state that is used. */
  readonly stateSpace?: Box;
  /** Masks that the environment shows are neither used nor complained of. */
  readonly ignoresMasks: boolean;
}

/** What a user says beside the environment; absent where it says so itself. */
export interface ParallelSpecOptions {
  readonly id: string;
  readonly episodeLimit?: number | undefined;
  readonly masked?: boolean | undefined;
  readonly stateSize?: number | undefined;
  readonly agentStateSize?: number | undefined;
}

/**
 * @throws InvalidInputError when agents or spaces are malformed, discrete and continuous actions mixed, continuous ones
 *   masked, or the length of the state is unknown
 */
export function readParallelSpec(environment: ParallelEnv, options: ParallelSpecOptions): ParallelSpec {
  const { id } = options;
  const place = { id };
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
  const { masked = !continuous && typeof environment.actionMask === "function" } = options;
  if (masked && continuous) {
    throw new InvalidInputError(`${id}: masked is true, but actions are continuous; masks are for choices`);
  }
  const stateSpace = readStateSpace(environment, options);
  const spec = makeSpec({
    id,
    agents,
    masked,
    episodeLimit: options.episodeLimit ?? 0,
    stateSize: stateSpace ? flatSize(stateSpace) : 0,
    agentStateSize: options.agentStateSize ?? 0,
    observationSizes: observationSpaces.map(flatSize),
    headSizes: actionSpaces.map(headSizes),
    ...(continuous ? { bounds: actionSpaces.map(flatBounds) } : {}),
  });
  const ignoresMasks = options.masked === false;
  return { spec, observationSpaces, actionSpaces, ...(stateSpace && { stateSpace }), ignoresMasks };
}

/** The space of the state: the environment's own, or as many numbers as `stateSize` says. */
function readStateSpace(
  { state, stateSpace }: ParallelEnv,
  { id, stateSize }: ParallelSpecOptions,
): Box | undefined {
  if (stateSize === 0 || (stateSize ?? stateSpace ?? state) === undefined) return undefined;
  if (typeof state !== "function") {
    const what = stateSpace === undefined ? `stateSize is ${stateSize}` : "it has stateSpace";
    throw new InvalidInputError(`${id}: ${what}, but no state(); write it, or leave both out`);
  }
  if (stateSpace === undefined) {
    if (stateSize !== undefined) return box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, [stateSize]);
    throw new InvalidInputError(
      `${id}: it has state() but no stateSpace; add stateSpace: box(low, high, [length]), or pass ` +
        "{ stateSize: length }, to a model { make, stateSize: length }, with 0 to do without the state",
    );
  }
  const problem = spaceProblem(stateSpace) ?? (stateSpace.type === "box" ? undefined : "it must be a box");
  if (problem !== undefined) throw new InvalidInputError(`${id}: stateSpace: ${problem}`);
  const size = flatSize(stateSpace);
  if (stateSize === undefined || stateSize === size) return stateSpace;
  throw new InvalidInputError(
    `${id}: stateSize is ${stateSize}, but stateSpace has ${size} numbers; leave stateSize out, or give 0`,
  );
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
