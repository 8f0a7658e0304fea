/**
 * Candidates θ_old + s·x judged on the policy itself, not on its expansion: the true mean KL, and where asked the
 * agent's true Lagrangian. The last candidate accepted is the update (Li & He 2020, section V; Schulman et al. 2015).
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { backtrack } from "../../optim/line-search.ts";
import { scaleToTrustRegion } from "../../optim/trust-region.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import { type LagrangianTerms, lagrangian } from "./lagrangian.ts";
import type { TrustRegionSettings } from "./options.ts";
import type { Divergence, PolicyExpansion } from "./policy-expansion.ts";
import type { ThetaSolver } from "./theta-step.ts";

export interface CandidateOptions
  extends Pick<
    TrustRegionSettings,
    "rescale" | "rescaleLimit" | "lineSearchSteps" | "lineSearchShrink" | "klTolerance"
  > {
  /** Test of the final step: true KL, true KL and Lagrangian (without links the surrogate), or none. */
  readonly lineSearch: "kl" | "lagrangian" | "surrogate" | "none";
}

/** New parameters with their true divergence from the old ones. */
export interface PolicyUpdate extends Divergence {
  readonly parameters: Float32Array;
  /** The multiple of the solver's step that was taken; 0 when none was acceptable. */
  readonly scale: number;
}

export class CandidateStep {
  readonly #arena: Arena;
  readonly #name: string;
  readonly #old: Float32Array;
  readonly #expansion: PolicyExpansion;
  readonly #terms: LagrangianTerms;
  readonly #maxKl: number;
  readonly #options: CandidateOptions;

  /** @param old parameters the expansion stands on. */
  constructor(
    arena: Arena,
    name: string,
    old: Float32Array,
    expansion: PolicyExpansion,
    terms: LagrangianTerms,
    maxKl: number,
    options: CandidateOptions,
  ) {
    this.#arena = arena;
    this.#name = name;
    this.#old = old;
    this.#expansion = expansion;
    this.#terms = terms;
    this.#maxKl = maxKl;
    this.#options = options;
  }

  /** Writes the true log-ratios of θ_old + x; always accepts. */
  readonly measure = (step: Pointer, logRatio: Pointer): number => this.#candidate(step, 1, logRatio).scale;

  /** Backtracks from x on true KL and Lagrangian, writing the log-ratios of the accepted candidate. */
  readonly search = (step: Pointer, logRatio: Pointer): number =>
    this.#backtrack(1, this.#test(step, logRatio));

  /** Turns the solver's last answer into the update: stretched to the trust region and tested as the options say. */
  finish(solver: ThetaSolver): PolicyUpdate {
    return this.#arena.scope(() => {
      const step = this.#arena.allocateF32(this.#old.length);
      solver.readStep(step);
      if (this.#arena.kernels.allFiniteF32(step, this.#old.length) === 0) {
        throw new NonFiniteError(`policy step: ${this.#name}: the step is not finite`);
      }
      const { rescale, rescaleLimit } = this.#options;
      const stretch = scaleToTrustRegion(solver.curvature(), this.#maxKl);
      const update = this.#choose(step, rescale && stretch > 0 ? Math.min(rescaleLimit, stretch) : 1);
      if (!Number.isFinite(update.kl)) {
        throw new NonFiniteError(`policy step: ${this.#name}: the new KL is ${update.kl}`);
      }
      return { ...update, scale: update.scale * solver.scale };
    });
  }

  /** The first acceptable candidate from this scale on, θ_old if there is none. */
  #choose(step: Pointer, start: number): PolicyUpdate {
    const { lineSearch } = this.#options;
    if (lineSearch === "none") return this.#candidate(step, start);
    const logRatio = lineSearch === "kl" ? undefined : this.#arena.allocateF32(this.#terms.components);
    const tried: PolicyUpdate[] = [];
    const scale = this.#backtrack(start, this.#test(step, logRatio, tried));
    const last = tried.at(-1);
    return last?.scale === scale ? last : this.#candidate(step, scale);
  }

  /** The test of a scale: true KL and, with room for log-ratios, true Lagrangian. Candidates go to `tried`. */
  #test(step: Pointer, logRatio?: Pointer, tried: PolicyUpdate[] = []): (scale: number) => boolean {
    const loss = (at?: Pointer): number => lagrangian(this.#arena, this.#terms, at);
    const before = logRatio === undefined ? 0 : loss();
    return (scale) => {
      const candidate = this.#candidate(step, scale, logRatio);
      tried.push(candidate);
      return this.#withinRegion(candidate.kl) && (logRatio === undefined || loss(logRatio) <= before);
    };
  }

  #backtrack(start: number, accept: (scale: number) => boolean): number {
    const { lineSearchSteps, lineSearchShrink } = this.#options;
    return backtrack({ attempts: lineSearchSteps, shrink: lineSearchShrink, start, accept });
  }

  /** False also for a KL that is not a number. */
  #withinRegion(kl: number): boolean {
    return kl <= this.#options.klTolerance * this.#maxKl;
  }

  /** θ_old + scale · x with its true KL; writes its log-ratios when there is room for them. */
  #candidate(step: Pointer, scale: number, logRatio?: Pointer): PolicyUpdate {
    const x = this.#arena.f32(step, this.#old.length);
    const parameters = this.#old.map((value, i) => value + scale * x[i]);
    return { parameters, ...this.#expansion.evaluate(parameters, logRatio), scale };
  }
}
