/** Every agent's advantages, as they stand: estimated once, and again for an agent when those before it have moved. */
import { meanAlive, normaliseAdvantages } from "./advantage-normalisation.ts";
import type { Estimate } from "./estimates.ts";
import type { FamilySettings } from "./options.ts";

type AdvantageSettings = Pick<FamilySettings, "advantageNormalisation" | "stateRatios">;

export class TeamAdvantages {
  readonly #estimates: Estimate[];
  readonly #alive: readonly Uint8Array[];
  readonly #settings: AdvantageSettings;
  /** [agents] of [rows] before any correction. */
  readonly #first: readonly Float64Array[];
  readonly #present: Float64Array[];
  /** [agents] of [rows] weights, of those whose states have become more or less likely. */
  readonly #visits: Float64Array[] = [];

  /** @param estimates [agents] @param alive [agents] of [rows] */
  constructor(estimates: readonly Estimate[], alive: readonly Uint8Array[], settings: AdvantageSettings) {
    const distinct = new Map(estimates.map((estimate) => [estimate, estimate.advantages()]));
    this.#estimates = [...estimates];
    this.#alive = alive;
    this.#settings = settings;
    this.#first = estimates.map((estimate) => distinct.get(estimate) as Float64Array);
    this.#present = [...this.#first];
  }

  /** Other values of an agent's critic, of which its next correction is made. */
  refresh(agent: number, estimate: Estimate): void {
    this.#estimates[agent] = estimate;
  }

  /** Estimates an agent's anew. @param ratios [rows] new / old of those who have moved */
  correct(agent: number, ratios: Float64Array): void {
    this.#present[agent] = this.#estimates[agent].advantages(ratios);
    if (this.#settings.stateRatios) this.#visits[agent] = this.#estimates[agent].visits(ratios);
  }

  /** [rows], normalised, then weighted with how much likelier the states have become if that is asked for. */
  normalised(agent: number): Float64Array {
    const advantages = normaliseAdvantages(
      this.#present,
      this.#alive,
      agent,
      this.#settings.advantageNormalisation,
    );
    const visits = this.#visits[agent];
    return visits ? advantages.map((advantage, row) => advantage * visits[row]) : advantages;
  }

  /** [agents] E|A|: how much there is to gain. */
  scores(): number[] {
    return this.#present.map((advantages, agent) => meanAlive(advantages, this.#alive[agent], Math.abs));
  }

  /** [agents] E|A − A before any correction|. */
  corrections(): number[] {
    return this.#present.map((advantages, agent) => {
      const first = this.#first[agent];
      const moved = advantages.map((advantage, row) => advantage - first[row]);
      return meanAlive(moved, this.#alive[agent], Math.abs);
    });
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
