/**
 * Rewards of Cooperative Treasure Collection after the motion of a step, before anything is settled (Li & He 2020):
 *   hunter h: −5 for each other hunter closer than 0.1
 *   bank d:   −0.1 · (distance of the nearest hunter that holds d; of the hunters' centre when none does)
 *             − 0.1 · Σ_h (distance of h to the nearest live treasure, or to its bank when it holds one)
 *             + (H + 1) · 5 · deposits + H · 5 · collections
 * The authors' program adds the team's part once for each of the H hunters, hence H + 1 and H.
 */
import type { VecBatch } from "../../environment.ts";
import type { RewardMode } from "../options.ts";
import { HUNTER_REACH, NOTHING, type TreasureScene } from "./scene.ts";

const COLLISION = 5;
const EVENT = 5;
const SHAPING = 0.1;

/** Sums over an episode. */
export const treasureMetrics = ["collected", "deposited", "collisions"] as const;

export class TreasureRewards {
  readonly #scene: TreasureScene;
  readonly #central: boolean;
  /** [agents], of the copy at hand. */
  readonly #shares: Float64Array;

  constructor(scene: TreasureScene, mode: RewardMode) {
    this.#scene = scene;
    this.#central = mode === "central";
    this.#shares = new Float64Array(scene.agents);
  }

  /** Writes the rewards of a copy and adds to its metrics. */
  write(copy: number, { rewards, metrics }: VecBatch): void {
    const { agents, hunters } = this.#scene;
    const collisions = this.#penaliseContacts(copy);
    const collected = this.#countCollections(copy);
    const deposited = this.#countDeposits(copy);
    const events = (hunters + 1) * EVENT * deposited + hunters * EVENT * collected;
    this.#payBanks(copy, events - SHAPING * this.#distanceToGoals(copy));
    const row = copy * treasureMetrics.length;
    metrics[row] += collected;
    metrics[row + 1] += deposited;
    metrics[row + 2] += collisions;
    const first = copy * agents;
    let sum = 0;
    for (let i = 0; i < agents; i++) {
      sum += this.#shares[i];
      rewards[first + i] = this.#central ? 0 : this.#shares[i];
    }
    if (this.#central) rewards[first] = sum;
  }

  /** Sets the hunters' shares; returns how many pairs touch. */
  #penaliseContacts(copy: number): number {
    const { hunters, distances } = this.#scene;
    const shares = this.#shares;
    let pairs = 0;
    for (let a = 0; a < hunters; a++) shares[a] = 0;
    for (let a = 0; a < hunters; a++) {
      const row = this.#scene.row(copy, a);
      for (let b = a + 1; b < hunters; b++) {
        if (distances[row + b] >= HUNTER_REACH) continue;
        shares[a] -= COLLISION;
        shares[b] -= COLLISION;
        pairs++;
      }
    }
    return pairs;
  }

  /** Pairs of a live treasure and a hunter with empty hands that touches it. */
  #countCollections(copy: number): number {
    const { hunters, treasures, alive } = this.#scene;
    let pairs = 0;
    for (let t = 0; t < treasures; t++) {
      if (alive[copy * treasures + t] === 0) continue;
      for (let h = 0; h < hunters; h++) if (this.#scene.canTake(copy, h, t)) pairs++;
    }
    return pairs;
  }

  /** Hunters that touch the bank of what they hold. */
  #countDeposits(copy: number): number {
    let count = 0;
    for (let h = 0; h < this.#scene.hunters; h++) if (this.#scene.canDrop(copy, h)) count++;
    return count;
  }

  /** Σ_h distance to what the hunter wants next. */
  #distanceToGoals(copy: number): number {
    const { hunters, holding, distances } = this.#scene;
    let sum = 0;
    for (let h = 0; h < hunters; h++) {
      const held = holding[copy * hunters + h];
      const toBanks = this.#scene.row(copy, h) + hunters;
      sum += held === NOTHING ? this.#nearestTreasure(copy, h) : distances[toBanks + held];
    }
    return sum;
  }

  /** Distance of a hunter to the nearest live treasure; 0 when there is none. */
  #nearestTreasure(copy: number, hunter: number): number {
    const { agents, treasures, alive, distances } = this.#scene;
    const first = this.#scene.row(copy, hunter) + agents;
    let least = Number.POSITIVE_INFINITY;
    for (let t = 0; t < treasures; t++) {
      if (alive[copy * treasures + t] === 1 && distances[first + t] < least) least = distances[first + t];
    }
    return least === Number.POSITIVE_INFINITY ? 0 : least;
  }

  /** Sets the banks' shares: what all banks get alike, and how far each is from its customers. */
  #payBanks(copy: number, common: number): void {
    const { agents, hunters, world } = this.#scene;
    const { positions } = world;
    const start = copy * agents * 2;
    let x = 0;
    let y = 0;
    for (let i = start; i < start + hunters * 2; i += 2) {
      x += positions[i] / hunters;
      y += positions[i + 1] / hunters;
    }
    for (let bank = hunters; bank < agents; bank++) {
      const dx = x - positions[start + 2 * bank];
      const dy = y - positions[start + 2 * bank + 1];
      const nearest = this.#nearestCustomer(copy, bank);
      const distance = nearest === Number.POSITIVE_INFINITY ? Math.sqrt(dx * dx + dy * dy) : nearest;
      this.#shares[bank] = common - SHAPING * distance;
    }
  }

  /** Distance of a bank to the nearest hunter that holds its type; infinite when none does. */
  #nearestCustomer(copy: number, bank: number): number {
    const { hunters, holding, distances } = this.#scene;
    const row = this.#scene.row(copy, bank);
    let least = Number.POSITIVE_INFINITY;
    for (let h = 0; h < hunters; h++) {
      if (holding[copy * hunters + h] === bank - hunters) least = Math.min(least, distances[row + h]);
    }
    return least;
  }
}
