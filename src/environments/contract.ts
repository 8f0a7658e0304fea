/**
 * What a user-written environment must reply, checked where it replies: exactly the agents that acted, finite
 * numbers, lists of the declared length. Every complaint names environment, copy, step, agent and field.
 */
import { InvalidInputError, NonFiniteError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import type { Info, ParallelEnv, ParallelStep, PerAgent } from "./environment.ts";
import { isPromise } from "./maybe-promise.ts";
import { isList, numberViolation, violation } from "./space-values.ts";
import { type Box, headSizes, type Space } from "./spaces.ts";

/** Where a reply came from. */
export interface Place {
  readonly id: string;
  readonly copy?: number;
  /** Counts from 1; 0 is the reset. Absent for what is there before it. */
  readonly step?: number;
}

export function complain(place: Place, sentence: string, nonFinite = false): never {
  const copy = place.copy === undefined ? "" : `, copy ${place.copy}`;
  const moment = place.step === undefined ? "" : place.step === 0 ? ", reset" : `, step ${place.step}`;
  const Kind = nonFinite ? NonFiniteError : InvalidInputError;
  throw new Kind(`${place.id}${copy}${moment}: ${sentence}`);
}

/**
 * An environment as someone gave it, with the methods that all have.
 * @param giver begins the complaint: "make() returned"
 */
export function requireEnvironment(given: unknown, giver: string, place: Place): ParallelEnv {
  if (isPromise(given)) complain(place, `${giver} a promise; only its reset and step may be waited for`);
  if (typeof given !== "object" || given === null)
    complain(
      place,
      `${giver} ${formatValue(given)}; it must be an environment, an object with reset and step`,
    );
  const environment = given as ParallelEnv;
  for (const method of ["reset", "step"] as const) {
    if (typeof environment[method] !== "function")
      complain(place, `${method} is missing; it must be a function`);
  }
  return environment;
}

/** Agents' names: a list of different, non-empty strings. */
export function requireAgents(agents: unknown, field: string, place: Place): readonly string[] {
  const names = Array.isArray(agents)
    ? agents
    : complain(place, `${field} is ${formatValue(agents)}; it must be a list of names`);
  const odd = names.find((name, i) => typeof name !== "string" || name === "" || names.indexOf(name) !== i);
  if (odd !== undefined)
    complain(place, `${field} holds ${formatValue(odd)}; names must be different, non-empty strings`);
  return names;
}

/** The reply of `reset` or `step` as a whole. */
export function requireReply<T>(reply: T, method: "reset" | "step", place: Place): T {
  if (typeof reply === "object" && reply !== null) return reply;
  return complain(
    place,
    `${method}() returned ${formatValue(reply)}; it must be an object with observations`,
  );
}

/** A record with one entry for each of `agents` and no other. */
export function requireRecord<T>(
  record: unknown,
  field: string,
  agents: readonly string[],
  place: Place,
): PerAgent<T> {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    complain(
      place,
      `${field} is ${formatValue(record)}; it must be an object with an entry for each live agent`,
    );
  }
  for (const agent of agents) {
    if (!Object.hasOwn(record, agent))
      complain(place, `${field} has no entry for agent ${agent}, which is alive`);
  }
  for (const agent of Object.keys(record)) {
    if (agents.includes(agent)) continue;
    complain(
      place,
      `${field} has an entry for agent ${agent}, which is not alive; live agents: ${agents.join(", ")}; nobody joins ` +
        "or comes back before a reset",
    );
  }
  return record as PerAgent<T>;
}

/** An observation of the space; its range only when `bounds`. */
export function requireObservation(
  space: Space,
  value: unknown,
  agent: string,
  place: Place,
  bounds: boolean,
): void {
  const found = violation(space, value, bounds);
  if (found) complain(place, `observation${found.where} of agent ${agent} ${found.reason}`, found.nonFinite);
}

export function requireReward(value: unknown, agent: string, place: Place): number {
  const found = numberViolation(value);
  if (found) complain(place, `reward of agent ${agent} ${found.reason}`, found.nonFinite);
  return value as number;
}

export function requireFlag(value: unknown, field: string, agent: string, place: Place): void {
  if (typeof value === "boolean") return;
  complain(place, `${field} of agent ${agent} is ${formatValue(value)}; it must be true or false`);
}

/** Infos, which may be absent for some or all agents but not name strangers. */
export function requireInfos(infos: unknown, agents: readonly string[], place: Place): PerAgent<Info> {
  if (infos === undefined) return {};
  if (typeof infos !== "object" || infos === null) {
    return complain(place, `infos is ${formatValue(infos)}; it must be an object or absent`);
  }
  const stranger = Object.keys(infos).find((agent) => !agents.includes(agent));
  if (stranger === undefined) return infos as PerAgent<Info>;
  return complain(
    place,
    `infos has an entry for agent ${stranger}, which is not alive; live agents: ${agents.join(", ")}`,
  );
}

/** Of a mask where none was expected. */
export function complainOfMask(agent: string, action: "discrete" | "continuous", place: Place): never {
  const advice =
    action === "continuous"
      ? "but its actions are continuous; masks are for choices, so leave it out"
      : "but a first reset showed none; give one at every reset, or pass { masked: true }, " +
        "to a model { make, masked: true }";
  return complain(place, `agent ${agent} has an action mask, ${advice}`);
}

/** A mask with one 0 or 1 for each choice and a legal choice in each head. */
export function requireMask(
  space: Space,
  mask: unknown,
  agent: string,
  place: Place,
): asserts mask is ArrayLike<number> {
  const sizes = headSizes(space);
  const length = sizes.reduce((sum, n) => sum + n, 0);
  if (!isList(mask)) {
    complain(
      place,
      `action mask of agent ${agent} is ${formatValue(mask)}; it must be a list with 0 or 1 for each choice`,
    );
  }
  if (mask.length !== length) {
    complain(
      place,
      `action mask of agent ${agent} has ${mask.length} entries; its actions have ${length} choices`,
    );
  }
  let first = 0;
  for (const [head, n] of sizes.entries()) {
    const part = Array.prototype.slice.call(mask, first, first + n);
    const odd = part.find((entry) => entry !== 0 && entry !== 1);
    if (odd !== undefined)
      complain(place, `action mask of agent ${agent} holds ${formatValue(odd)}; it must be 0 or 1`);
    if (!part.includes(1))
      complain(place, `action mask of agent ${agent} leaves no legal choice in head ${head}`);
    first += n;
  }
}

/** The central state, of its space; its range only when `bounds`. */
export function requireState(
  space: Box,
  state: unknown,
  place: Place,
  bounds: boolean,
): asserts state is ArrayLike<number> {
  const found = violation(space, state, bounds);
  if (found) complain(place, `state()${found.where} ${found.reason}`, found.nonFinite);
}

/** What the flags of a step make of those who acted in it. */
export interface Flagged {
  /** Those who go on: with neither flag. */
  readonly live: readonly string[];
  /** Those who have not terminated, whom only a clock can have stopped. Nobody: the task itself has ended. */
  readonly unfinished: readonly string[];
}

/** Both flags of everyone who acted. @throws InvalidInputError */
export function requireFlags(
  step: Pick<ParallelStep<unknown>, "terminations" | "truncations">,
  acted: readonly string[],
  place: Place,
): Flagged {
  const terminations = requireRecord<unknown>(step.terminations, "terminations", acted, place);
  const truncations = requireRecord<unknown>(step.truncations, "truncations", acted, place);
  for (const agent of acted) {
    requireFlag(terminations[agent], "termination", agent, place);
    requireFlag(truncations[agent], "truncation", agent, place);
  }
  const unfinished = acted.filter((agent) => !terminations[agent]);
  return { live: unfinished.filter((agent) => !truncations[agent]), unfinished };
}
