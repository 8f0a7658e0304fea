/** What a critic makes of a batch: values, and the advantages that follow from them, as often as ratios change. */
import type { Batch } from "../../rollouts/batch.ts";
import { departures, type Presence } from "../../rollouts/presence.ts";
import { type TraceOptions, traceAdvantages, visitRatios } from "../../rollouts/trace.ts";
import type { FamilySettings } from "./options.ts";

export type EstimateSettings = Pick<
  FamilySettings,
  "gamma" | "gaeLambda" | "timeLimits" | "traceClip" | "lambdaPower" | "traceLeak"
>;

export class Estimate {
  /** [rows] V, in units of rewards. */
  readonly values: Float32Array;
  readonly #rewards: Float32Array;
  readonly #bootstraps: Float32Array;
  readonly #ends: Uint8Array;
  readonly #options: TraceOptions;

  /**
   * @param cutValues [cuts] V of what followed each cut row
   * @param presence of an agent whose rewards are its own, so that its returns end when it leaves, while the team's go on
   */
  constructor(
    batch: Batch,
    rewards: Float32Array,
    values: Float32Array,
    cutValues: Float32Array,
    settings: EstimateSettings,
    presence?: Presence,
  ) {
    const { traceClip, timeLimits } = settings;
    this.values = values;
    this.#options = { ...settings, traceClip: traceClip === "none" ? Number.POSITIVE_INFINITY : traceClip };
    this.#ends = new Uint8Array(batch.rows);
    this.#bootstraps = new Float32Array(batch.rows);
    this.#bootstraps.set(values.subarray(1));
    this.#rewards = rewards;
    for (const [index, row] of batch.cuts.entries()) {
      this.#ends[row] = 1;
      const over = batch.terminated[row] || (batch.truncated[row] && timeLimits !== "bootstrap");
      this.#bootstraps[row] = over ? 0 : cutValues[index];
    }
    const gone = presence ? departures(batch, presence) : new Uint8Array(batch.rows);
    for (const row of gone.keys()) if (gone[row]) this.#end(row);
    if (timeLimits === "zero") this.#rewards = this.#withoutLimits(batch, gone);
  }

  #end(row: number): void {
    this.#ends[row] = 1;
    this.#bootstraps[row] = 0;
  }

  /** [rows] advantages. @param ratios [rows] new / old of those who have changed; without them nobody has */
  advantages(ratios?: Float64Array): Float64Array {
    const { values } = this;
    const trace = { rewards: this.#rewards, values, bootstraps: this.#bootstraps, ends: this.#ends };
    return traceAdvantages(ratios ? { ...trace, ratios } : trace, this.#options);
  }

  /** [rows] how much likelier each row's state has become. @param ratios as for `advantages` */
  visits(ratios: Float64Array): Float64Array {
    return visitRatios({ ratios, ends: this.#ends }, this.#options.traceClip ?? 1);
  }

  /** Rewards that make δ = 0 where a time limit ended the episode, of those whom it stopped. */
  #withoutLimits({ truncated }: Batch, gone: Uint8Array): Float32Array {
    return this.#rewards.map((reward, row) => (truncated[row] && !gone[row] ? this.values[row] : reward));
  }
}
