/**
 * Cooperative Navigation (Lowe et al. 2017) as in Li & He 2020: N agents spread over L landmarks.
 * Observation of i: [vᵢ, pᵢ, landmarks − pᵢ, pⱼ − pᵢ for j ≠ i in order], 2L + 2N + 2 numbers.
 * Reward after the step: rᵢ = −#{j ≠ i: dᵢⱼ < 0.3}, and agent 0 alone pays −Σ_l min_j ‖pⱼ − landmark_l‖.
 * Central rewards: agent 0 gets the sum of all. Central state: the observation of agent 0, then the velocities of
 * the others. Everything starts uniform in [−1, 1)², at rest.
 */
import * as v from "valibot";
import type { Random } from "../../tensor/random.ts";
import { validate } from "../../validation/validate.ts";
import type { Drawing, EnvironmentDefinition, EnvironmentInstance, VecBatch } from "../environment.ts";
import { StepOutcome } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { makeSpec } from "../spec.ts";
import { colorOf, drawParticles } from "./draw.ts";
import { count, episodeLimit, rewards } from "./options.ts";
import { type Point, pointsSchema, readPoints, writePoints } from "./points.ts";
import { MOVES, ParticleWorld } from "./world.ts";

export const NAVIGATION_ID = "particle/cooperative-navigation";
const RADIUS = 0.15;
/** A little above (2 · radius)², to spare most square roots. */
const NEAR = 0.091;
const LANDMARK_RADIUS = 0.05;
const LANDMARK_COLOR = "#333333";
const DRIVE = 5;

export const navigationOptions = v.strictObject({
  agents: v.optional(v.pipe(count, v.description("Number of agents.")), 3),
  landmarks: v.optional(v.pipe(count, v.description("Number of landmarks; as many as agents by default."))),
  episodeLimit,
  rewards,
});
export type NavigationOptions = v.InferInput<typeof navigationOptions>;

/** One copy, from which any step can be replayed. */
export interface NavigationState {
  /** [agents] each. */
  readonly positions: readonly Point[];
  readonly velocities: readonly Point[];
  /** [landmarks]. */
  readonly landmarks: readonly Point[];
}

/** @throws InvalidInputError for unknown keys and values out of range */
export function cooperativeNavigation(
  options: NavigationOptions = {},
): EnvironmentDefinition<NavigationState> {
  const given = validate(navigationOptions, options, NAVIGATION_ID);
  const { agents, landmarks = agents, episodeLimit } = given;
  const central = given.rewards === "central";
  const spec = makeSpec({
    id: NAVIGATION_ID,
    agents: Array.from({ length: agents }, (_, i) => `agent_${i}`),
    observationSizes: new Array(agents).fill(2 * (landmarks + agents + 1)),
    stateSize: 2 * (landmarks + 2 * agents),
    headSizes: new Array(agents).fill([MOVES]),
    episodeLimit,
  });
  return { spec, create: (copies) => new Navigation(copies, agents, landmarks, central) };
}

export const navigationEntry: EnvironmentEntry = {
  id: NAVIGATION_ID,
  description: "Agents spread over landmarks without colliding; only agent 0 is paid for the coverage.",
  schema: navigationOptions,
  load: cooperativeNavigation,
};

class Navigation implements EnvironmentInstance<NavigationState> {
  readonly #agents: number;
  readonly #marks: number;
  readonly #central: boolean;
  readonly #world: ParticleWorld;
  /** [copies, landmarks, 2]. */
  readonly #landmarks: Float64Array;

  constructor(copies: number, agents: number, landmarks: number, central: boolean) {
    this.#agents = agents;
    this.#marks = landmarks;
    this.#central = central;
    this.#world = new ParticleWorld(copies, new Array(agents).fill({ radius: RADIUS }));
    this.#landmarks = new Float64Array(copies * landmarks * 2);
  }

  reset(copy: number, random: Random): void {
    const { positions, velocities } = this.#world;
    const start = copy * this.#agents * 2;
    for (let i = start; i < start + this.#agents * 2; i++) {
      positions[i] = random.uniform(-1, 1);
      velocities[i] = 0;
    }
    const first = copy * this.#marks * 2;
    for (let i = first; i < first + this.#marks * 2; i++) this.#landmarks[i] = random.uniform(-1, 1);
  }

  step(copy: number, _random: Random, batch: VecBatch): StepOutcome {
    const first = copy * this.#agents;
    const { actions, rewards } = batch;
    const world = this.#world;
    const agents = this.#agents;
    for (let i = 0; i < agents; i++) {
      world.setMove(i, actions[first + i], DRIVE);
      rewards[first + i] = 0;
    }
    world.step(copy);
    this.#penaliseContacts(copy, batch.rewards);
    batch.rewards[first] -= this.#distanceToLandmarks(copy);
    return StepOutcome.running;
  }

  #penaliseContacts(copy: number, rewards: Float32Array): void {
    const { positions } = this.#world;
    const first = copy * this.#agents;
    const end = first + this.#agents;
    for (let a = first; a < end; a++) {
      const x = positions[2 * a];
      const y = positions[2 * a + 1];
      for (let b = a + 1; b < end; b++) {
        const dx = x - positions[2 * b];
        const dy = y - positions[2 * b + 1];
        const square = dx * dx + dy * dy;
        if (square > NEAR || Math.sqrt(square) >= 2 * RADIUS) continue;
        rewards[this.#central ? first : a] -= 1;
        rewards[this.#central ? first : b] -= 1;
      }
    }
  }

  /** Σ_l min_j ‖pⱼ − landmark_l‖. */
  #distanceToLandmarks(copy: number): number {
    const { positions } = this.#world;
    const landmarks = this.#landmarks;
    const start = copy * this.#agents * 2;
    const end = start + this.#agents * 2;
    const first = copy * this.#marks * 2;
    const last = first + this.#marks * 2;
    let sum = 0;
    for (let l = first; l < last; l += 2) {
      const x = landmarks[l];
      const y = landmarks[l + 1];
      let least = Number.POSITIVE_INFINITY;
      for (let i = start; i < end; i += 2) {
        const dx = positions[i] - x;
        const dy = positions[i + 1] - y;
        const square = dx * dx + dy * dy;
        if (square < least) least = square;
      }
      sum += Math.sqrt(least);
    }
    return sum;
  }

  observe(copy: number, batch: VecBatch): void {
    const { positions, velocities } = this.#world;
    const { observations } = batch;
    const landmarks = this.#landmarks;
    const start = copy * this.#agents * 2;
    const end = start + this.#agents * 2;
    const firstMark = copy * this.#marks * 2;
    const lastMark = firstMark + this.#marks * 2;
    const size = 2 * (this.#marks + this.#agents + 1);
    let out = copy * this.#agents * size;
    for (let i = start; i < end; i += 2) {
      const x = positions[i];
      const y = positions[i + 1];
      observations[out++] = velocities[i];
      observations[out++] = velocities[i + 1];
      observations[out++] = x;
      observations[out++] = y;
      out = writeOffsets(landmarks, firstMark, lastMark, x, y, observations, out);
      out = writeOffsets(positions, start, i, x, y, observations, out);
      out = writeOffsets(positions, i + 2, end, x, y, observations, out);
    }
    this.#writeState(copy, batch, size);
  }

  /** Agent 0's observation of `size` numbers and what it lacks: the others' velocities. */
  #writeState(copy: number, { observations, state }: VecBatch, size: number): void {
    const { velocities } = this.#world;
    const moving = this.#agents * 2;
    const first = copy * this.#agents * size;
    let out = copy * (size + moving - 2);
    for (let i = first; i < first + size; i++) state[out++] = observations[i];
    for (let i = copy * moving + 2; i < (copy + 1) * moving; i++) state[out++] = velocities[i];
  }

  saveState(copy: number): NavigationState {
    const { positions, velocities } = this.#world;
    const start = copy * this.#agents * 2;
    return {
      positions: readPoints(positions, start, this.#agents),
      velocities: readPoints(velocities, start, this.#agents),
      landmarks: readPoints(this.#landmarks, copy * this.#marks * 2, this.#marks),
    };
  }

  loadState(copy: number, state: NavigationState): void {
    const schema = v.strictObject({
      positions: pointsSchema(this.#agents),
      velocities: pointsSchema(this.#agents),
      landmarks: pointsSchema(this.#marks),
    });
    const { positions, velocities, landmarks } = validate(schema, state, `state of ${NAVIGATION_ID}`);
    const start = copy * this.#agents * 2;
    writePoints(positions, this.#world.positions, start);
    writePoints(velocities, this.#world.velocities, start);
    writePoints(landmarks, this.#landmarks, copy * this.#marks * 2);
  }

  draw(copy: number): Drawing {
    const { positions, landmarks } = this.saveState(copy);
    return drawParticles([
      ...landmarks.map((at) => ({ at, radius: LANDMARK_RADIUS, color: LANDMARK_COLOR })),
      ...positions.map((at, i) => ({ at, radius: RADIUS, color: colorOf(i), label: `${i}` })),
    ]);
  }
}

/** Writes point − (x, y) for the points at [from, to); returns where the next number goes. */
function writeOffsets(
  points: Float64Array,
  from: number,
  to: number,
  x: number,
  y: number,
  out: Float32Array,
  at: number,
): number {
  for (let i = from; i < to; i += 2) {
    out[at++] = points[i] - x;
    out[at++] = points[i + 1] - y;
  }
  return at;
}
