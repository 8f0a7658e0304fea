/** Every agent's advantages, as they stand: estimated once, and again for an agent when those before it have moved. */
import { meanAlive, normaliseAdvantages } from "./advantage-normalisation.ts";
import type { Estimate } from "./estimates.ts";
import type { FamilySettings } from "./options.ts";

export class TeamAdvantages {
  readonly #estimates: readonly Estimate[];
  readonly #alive: readonly Uint8Array[];
  readonly #over: FamilySettings["advantageNormalisation"];
  readonly #present: Float64Array[];

  /** @param estimates [agents] @param alive [agents] of [rows] @param over whose moments normalise */
  constructor(
    estimates: readonly Estimate[],
    alive: readonly Uint8Array[],
    over: FamilySettings["advantageNormalisation"],
  ) {
    const distinct = new Map(estimates.map((estimate) => [estimate, estimate.advantages()]));
    this.#estimates = estimates;
    this.#alive = alive;
    this.#over = over;
    this.#present = estimates.map((estimate) => distinct.get(estimate) as Float64Array);
  }

  /** Estimates an agent's anew. @param ratios [rows] new / old of those who have moved */
  correct(agent: number, ratios: Float64Array): void {
    this.#present[agent] = this.#estimates[agent].advantages(ratios);
  }

  /** [rows]. */
  normalised(agent: number): Float64Array {
    return normaliseAdvantages(this.#present, this.#alive, agent, this.#over);
  }

  /** [agents] E|A|: how much there is to gain. */
  scores(): number[] {
    return this.#present.map((advantages, agent) => meanAlive(advantages, this.#alive[agent], Math.abs));
  }

  /** [agents] E A. */
  means(): number[] {
    return this.#present.map((advantages, agent) => meanAlive(advantages, this.#alive[agent]));
  }

  /** [rows] A + V, what the agent's critic learns. */
  returns(agent: number): Float32Array {
    const { values } = this.#estimates[agent];
    return Float32Array.from(this.#present[agent], (advantage, row) => advantage + values[row]);
  }
}
