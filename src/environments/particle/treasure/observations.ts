/**
 * Observations in Cooperative Treasure Collection (Li & He 2020), K banks, offsets as seen from the observer:
 *   own position, own velocity, [hunters: one-hot K of what it holds],
 *   other agents, nearest first or by number: offset, velocity, one-hot 2K: the bank's type | what the hunter holds,
 *   treasures, nearest first: offset, one-hot K of the type.
 * Of two at the same distance the one with the lower index comes first.
 */
import * as v from "valibot";
import type { VecBatch } from "../../environment.ts";
import { NOTHING, type TreasureCounts, type TreasureScene } from "./scene.ts";

/** How other agents are arranged: by distance nobody can tell who is who, by number everybody can. */
export const agentOrder = v.optional(
  v.pipe(
    v.picklist(["distance", "number"]),
    v.description("How an agent sees the others arranged: the nearest first, or everyone at its own place."),
  ),
  "distance",
);
export type AgentOrder = v.InferOutput<typeof agentOrder>;

/** Numbers that a bank observes; a hunter observes `banks` more. */
export function bankObservationSize({ hunters, banks, treasures }: TreasureCounts): number {
  return 4 + (hunters + banks - 1) * (4 + 2 * banks) + treasures * (2 + banks);
}

export class TreasureObserver {
  readonly #scene: TreasureScene;
  readonly #size: number;
  readonly #agentOrder: AgentOrder;
  /**
   * [copies, agents, agents − 1 + treasures]: for each agent the other agents, then the treasures (numbered on from
   * the agents), as arranged when last seen. Little changes in a step, so sorting them again is quick.
   */
  readonly #order: Int32Array;

  constructor(scene: TreasureScene, copies: number, order: AgentOrder) {
    this.#scene = scene;
    this.#agentOrder = order;
    this.#size = bankObservationSize(scene) + scene.banks;
    const { agents, treasures } = scene;
    const all = Array.from({ length: agents + treasures }, (_, i) => i);
    const unsorted = all.slice(0, agents).flatMap((agent) => all.filter((i) => i !== agent));
    this.#order = new Int32Array(copies * unsorted.length);
    for (let copy = 0; copy < copies; copy++) this.#order.set(unsorted, copy * unsorted.length);
  }

  /** Writes the observations of a copy, and hunter 0's as the central state: it is complete. */
  write(copy: number, { observations, state }: VecBatch): void {
    const { agents } = this.#scene;
    const first = copy * agents * this.#size;
    observations.fill(0, first, first + agents * this.#size);
    for (let agent = 0; agent < agents; agent++) {
      const at = this.#writeSelf(copy, agent, observations, first + agent * this.#size);
      this.#writeTreasures(copy, agent, observations, this.#writeOthers(copy, agent, observations, at));
    }
    for (let k = 0; k < this.#size; k++) state[copy * this.#size + k] = observations[first + k];
  }

  #writeSelf(copy: number, agent: number, out: Float32Array, at: number): number {
    const { agents, hunters, banks, holding, world } = this.#scene;
    const i = (copy * agents + agent) * 2;
    out[at++] = world.positions[i];
    out[at++] = world.positions[i + 1];
    out[at++] = world.velocities[i];
    out[at++] = world.velocities[i + 1];
    if (agent >= hunters) return at;
    const held = holding[copy * hunters + agent];
    if (held !== NOTHING) out[at + held] = 1;
    return at + banks;
  }

  #writeOthers(copy: number, agent: number, out: Float32Array, at: number): number {
    const { agents, hunters, banks, treasures, holding, distances, world } = this.#scene;
    const { positions, velocities } = world;
    const start = copy * agents * 2;
    const x = positions[start + 2 * agent];
    const y = positions[start + 2 * agent + 1];
    const order = this.#order;
    const from = (copy * agents + agent) * (agents - 1 + treasures);
    const to = from + agents - 1;
    if (this.#agentOrder === "distance") {
      sortByDistance(order, from, to, distances, this.#scene.row(copy, agent));
    }
    for (let k = from; k < to; k++) {
      const other = order[k];
      const i = start + 2 * other;
      out[at++] = positions[i] - x;
      out[at++] = positions[i + 1] - y;
      out[at++] = velocities[i];
      out[at++] = velocities[i + 1];
      const held = other < hunters ? holding[copy * hunters + other] : NOTHING;
      if (other >= hunters) out[at + other - hunters] = 1;
      else if (held !== NOTHING) out[at + banks + held] = 1;
      at += 2 * banks;
    }
    return at;
  }

  #writeTreasures(copy: number, agent: number, out: Float32Array, at: number): void {
    const { agents, banks, treasures, distances, places, types, world } = this.#scene;
    const i = (copy * agents + agent) * 2;
    const x = world.positions[i];
    const y = world.positions[i + 1];
    const order = this.#order;
    const from = (copy * agents + agent) * (agents - 1 + treasures) + agents - 1;
    const to = from + treasures;
    sortByDistance(order, from, to, distances, this.#scene.row(copy, agent));
    for (let k = from; k < to; k++) {
      const treasure = copy * treasures + order[k] - agents;
      out[at++] = places[2 * treasure] - x;
      out[at++] = places[2 * treasure + 1] - y;
      out[at + types[treasure]] = 1;
      at += banks;
    }
  }
}

/** Sorts order[from … to) by distance, then by index: one result, whatever the order was. `row`: their distances. */
function sortByDistance(
  order: Int32Array,
  from: number,
  to: number,
  distances: Float64Array,
  row: number,
): void {
  for (let i = from + 1; i < to; i++) {
    const index = order[i];
    const distance = distances[row + index];
    let k = i;
    for (; k > from; k--) {
      const before = order[k - 1];
      const least = distances[row + before];
      if (least < distance || (least === distance && before < index)) break;
      order[k] = before;
    }
    order[k] = index;
  }
}
