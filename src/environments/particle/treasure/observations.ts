/**
 * Observations in Cooperative Treasure Collection (Li & He 2020), K banks, offsets as seen from the observer:
 *   own position, own velocity, [hunters: one-hot K of what it holds],
 *   other agents, nearest first: offset, velocity, one-hot 2K: the bank's type | what the hunter holds,
 *   treasures, nearest first: offset, one-hot K of the type.
 * Of two at the same distance the one with the lower index comes first.
 */
import type { VecBatch } from "../../environment.ts";
import type { TreasureCounts, TreasureScene } from "./scene.ts";

/** Numbers that a bank observes; a hunter observes `banks` more. */
export function bankObservationSize({ hunters, banks, treasures }: TreasureCounts): number {
  return 4 + (hunters + banks - 1) * (4 + 2 * banks) + treasures * (2 + banks);
}

export class TreasureObserver {
  readonly #scene: TreasureScene;
  readonly #size: number;
  /** Indices by distance, of the list at hand. */
  readonly #order: Int32Array;

  constructor(scene: TreasureScene) {
    this.#scene = scene;
    this.#size = bankObservationSize(scene) + scene.banks;
    this.#order = new Int32Array(Math.max(scene.agents, scene.treasures));
  }

  /** Writes the observations of a copy, and hunter 0's as the central state: it is complete. */
  write(copy: number, { observations, state }: VecBatch): void {
    const { agents } = this.#scene;
    const first = copy * agents * this.#size;
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
    return agent < hunters ? writeOneHot(holding[copy * hunters + agent], banks, out, at) : at;
  }

  #writeOthers(copy: number, agent: number, out: Float32Array, at: number): number {
    const { agents, hunters, banks, holding, distances, world } = this.#scene;
    const { positions, velocities } = world;
    const start = copy * agents * 2;
    const x = positions[start + 2 * agent];
    const y = positions[start + 2 * agent + 1];
    const order = this.#order;
    sortByDistance(distances, this.#scene.row(copy, agent), agents, agent, order);
    for (let k = 0; k < agents - 1; k++) {
      const other = order[k];
      const i = start + 2 * other;
      out[at++] = positions[i] - x;
      out[at++] = positions[i + 1] - y;
      out[at++] = velocities[i];
      out[at++] = velocities[i + 1];
      const isHunter = other < hunters;
      const hot = isHunter ? holding[copy * hunters + other] : other - hunters;
      at = writeOneHot(isHunter && hot >= 0 ? banks + hot : hot, 2 * banks, out, at);
    }
    return at;
  }

  #writeTreasures(copy: number, agent: number, out: Float32Array, at: number): void {
    const { agents, banks, treasures, distances, places, types, world } = this.#scene;
    const i = (copy * agents + agent) * 2;
    const x = world.positions[i];
    const y = world.positions[i + 1];
    const order = this.#order;
    sortByDistance(distances, this.#scene.row(copy, agent) + agents, treasures, -1, order);
    for (let k = 0; k < treasures; k++) {
      const treasure = copy * treasures + order[k];
      out[at++] = places[2 * treasure] - x;
      out[at++] = places[2 * treasure + 1] - y;
      at = writeOneHot(types[treasure], banks, out, at);
    }
  }
}

/** Fills `order` with the indices below `count` except `skip`, nearest first; equal distances keep their order. */
function sortByDistance(
  distances: Float64Array,
  start: number,
  count: number,
  skip: number,
  order: Int32Array,
): void {
  let sorted = 0;
  for (let i = 0; i < count; i++) {
    if (i === skip) continue;
    const distance = distances[start + i];
    let k = sorted++;
    for (; k > 0 && distances[start + order[k - 1]] > distance; k--) order[k] = order[k - 1];
    order[k] = i;
  }
}

/** `size` zeros but a one at `hot`, if that is not negative; returns where the next number goes. */
function writeOneHot(hot: number, size: number, out: Float32Array, at: number): number {
  for (let k = 0; k < size; k++) out[at + k] = k === hot ? 1 : 0;
  return at + size;
}
