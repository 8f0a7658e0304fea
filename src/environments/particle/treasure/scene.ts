/**
 * What there is in Cooperative Treasure Collection and how it changes (Li & He 2020), many copies as struct of
 * arrays. Agents are numbered hunters first, then banks; treasures have types 0 … banks − 1, and bank d takes
 * type d. A step: what the last one left to settle (pick-ups, drops, respawns), then forces and motion.
 */
import type { Random } from "../../../tensor/random.ts";
import { ParticleWorld } from "../world.ts";

export const HUNTER_RADIUS = 0.05;
export const BANK_RADIUS = 0.075;
export const TREASURE_RADIUS = 0.025;
/** Hunters touch each other, treasures and banks below these distances. */
export const HUNTER_REACH = HUNTER_RADIUS + HUNTER_RADIUS;
export const TREASURE_REACH = HUNTER_RADIUS + TREASURE_RADIUS;
export const BANK_REACH = HUNTER_RADIUS + BANK_RADIUS;
const BANK_MASS = 2.25;
const MAX_SPEED = 1;
/** The authors' program applies its factor 1.5 twice. */
const ACCELERATION = 1.5 * 1.5;
const TREASURE_SQUARE = 0.95;
/** In `holding`. */
export const NOTHING = -1;

export interface TreasureCounts {
  readonly hunters: number;
  readonly banks: number;
  readonly treasures: number;
}

export class TreasureScene {
  readonly hunters: number;
  readonly banks: number;
  readonly treasures: number;
  readonly agents: number;
  /** Positions and velocities, [copies, agents, 2]. */
  readonly world: ParticleWorld;
  /** [copies, hunters]: the type held or NOTHING. */
  readonly holding: Int32Array;
  /** [copies, treasures], places with 2 numbers each. */
  readonly types: Int32Array;
  readonly places: Float64Array;
  readonly alive: Uint8Array;
  /** [copies]: 1 while pick-ups, drops and respawns of the last step are still to come. */
  readonly unsettled: Uint8Array;
  /** [copies, agents, agents + treasures] as last measured: from an agent to all agents, then to all treasures. */
  readonly distances: Float64Array;

  constructor(copies: number, { hunters, banks, treasures }: TreasureCounts) {
    this.hunters = hunters;
    this.banks = banks;
    this.treasures = treasures;
    this.agents = hunters + banks;
    this.world = new ParticleWorld(copies, [
      ...new Array(hunters).fill({ radius: HUNTER_RADIUS, maxSpeed: MAX_SPEED }),
      ...new Array(banks).fill({ radius: BANK_RADIUS, mass: BANK_MASS, maxSpeed: MAX_SPEED }),
    ]);
    this.holding = new Int32Array(copies * hunters);
    this.types = new Int32Array(copies * treasures);
    this.places = new Float64Array(copies * treasures * 2);
    this.alive = new Uint8Array(copies * treasures);
    this.unsettled = new Uint8Array(copies);
    this.distances = new Float64Array(copies * this.agents * (this.agents + treasures));
  }

  reset(copy: number, random: Random): void {
    const { positions, velocities } = this.world;
    const numbers = this.agents * 2;
    for (let i = copy * numbers; i < (copy + 1) * numbers; i++) {
      positions[i] = random.uniform(-1, 1);
      velocities[i] = 0;
    }
    for (let h = copy * this.hunters; h < (copy + 1) * this.hunters; h++) this.holding[h] = NOTHING;
    for (let t = copy * this.treasures; t < (copy + 1) * this.treasures; t++) this.#spawn(t, random);
    this.unsettled[copy] = 0;
    this.measure(copy);
  }

  /** Settles the last step, drives the agents of a copy by their `actions` [copies, agents] and moves them. */
  step(copy: number, actions: ArrayLike<number>, random: Random): void {
    if (this.unsettled[copy] === 1) this.#settle(copy, random);
    const first = copy * this.agents;
    for (let i = 0; i < this.agents; i++) {
      const mass = i < this.hunters ? 1 : BANK_MASS;
      this.world.setMove(i, actions[first + i], mass * ACCELERATION);
    }
    this.world.step(copy);
    this.measure(copy);
    this.unsettled[copy] = 1;
  }

  /** Where the distances of an agent of a copy start. */
  row(copy: number, agent: number): number {
    return (copy * this.agents + agent) * (this.agents + this.treasures);
  }

  /** Renews the distances of a copy. */
  measure(copy: number): void {
    const { positions } = this.world;
    const { agents, treasures, distances, places } = this;
    const start = copy * agents * 2;
    for (let a = 0; a < agents; a++) {
      const x = positions[start + 2 * a];
      const y = positions[start + 2 * a + 1];
      const row = this.row(copy, a);
      for (let b = a + 1; b < agents; b++) {
        const dx = positions[start + 2 * b] - x;
        const dy = positions[start + 2 * b + 1] - y;
        const distance = Math.sqrt(dx * dx + dy * dy);
        distances[row + b] = distance;
        distances[this.row(copy, b) + a] = distance;
      }
      for (let t = 0; t < treasures; t++) {
        const dx = places[(copy * treasures + t) * 2] - x;
        const dy = places[(copy * treasures + t) * 2 + 1] - y;
        distances[row + agents + t] = Math.sqrt(dx * dx + dy * dy);
      }
    }
  }

  /** Whether a hunter with empty hands touches a treasure. */
  canTake(copy: number, hunter: number, treasure: number): boolean {
    if (this.holding[copy * this.hunters + hunter] !== NOTHING) return false;
    return this.distances[this.row(copy, hunter) + this.agents + treasure] < TREASURE_REACH;
  }

  /** Whether a hunter touches the bank of what it holds. */
  canDrop(copy: number, hunter: number): boolean {
    const held = this.holding[copy * this.hunters + hunter];
    return held !== NOTHING && this.distances[this.row(copy, hunter) + this.hunters + held] < BANK_REACH;
  }

  /** Treasures in order are taken or, a step later, back in the world; then hunters at their bank drop. */
  #settle(copy: number, random: Random): void {
    this.unsettled[copy] = 0;
    const first = copy * this.treasures;
    for (let t = 0; t < this.treasures; t++) {
      if (this.alive[first + t] === 0) this.#spawn(first + t, random);
      else this.#offer(copy, t);
    }
    for (let h = 0; h < this.hunters; h++) {
      if (this.canDrop(copy, h)) this.holding[copy * this.hunters + h] = NOTHING;
    }
  }

  /** The first hunter that can takes a treasure, which waits at the origin for its return. */
  #offer(copy: number, treasure: number): void {
    const t = copy * this.treasures + treasure;
    for (let h = 0; h < this.hunters; h++) {
      if (!this.canTake(copy, h, treasure)) continue;
      this.holding[copy * this.hunters + h] = this.types[t];
      this.alive[t] = 0;
      this.places[2 * t] = 0;
      this.places[2 * t + 1] = 0;
      return;
    }
  }

  #spawn(treasure: number, random: Random): void {
    this.places[2 * treasure] = random.uniform(-TREASURE_SQUARE, TREASURE_SQUARE);
    this.places[2 * treasure + 1] = random.uniform(-TREASURE_SQUARE, TREASURE_SQUARE);
    this.types[treasure] = random.integer(this.banks);
    this.alive[treasure] = 1;
  }
}
