/**
 * Wraps a solver so that neighbours hear the log-ratios of the moved policy itself instead of J x, optionally after
 * backtracking on the true KL and the true Lagrangian, as the official code does at every activation.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { SolverStatistics, ThetaSolver } from "../trust-region/theta-step.ts";

/** Finds the scale of x to use and writes the true log-ratios there; 0 leaves the policy where it was. */
export type StepTrial = (step: Pointer, logRatio: Pointer) => number;

export class TrueRatioSolver implements ThetaSolver {
  readonly #arena: Arena;
  readonly #inner: ThetaSolver;
  readonly #size: number;
  readonly #components: number;
  readonly #trial: StepTrial;
  readonly #step: Pointer;
  #scale = 0;

  constructor(arena: Arena, inner: ThetaSolver, size: number, components: number, trial: StepTrial) {
    this.#arena = arena;
    this.#inner = inner;
    this.#size = size;
    this.#components = components;
    this.#trial = trial;
    this.#step = arena.allocateF32(size);
  }

  get scale(): number {
    return this.#scale * this.#inner.scale;
  }

  get statistics(): SolverStatistics {
    return this.#inner.statistics;
  }

  solve(target: Pointer, k: number, logRatio: Pointer): void {
    this.#inner.solve(target, k);
    this.#inner.readStep(this.#step);
    this.#scale = this.#trial(this.#step, logRatio);
    if (this.#scale === 0) this.#arena.kernels.fillF32(0, logRatio, this.#components);
  }

  readStep(out: Pointer): void {
    this.#inner.readStep(out);
    this.#arena.kernels.scaleF32(this.#scale, out, out, this.#size);
  }

  curvature(): number {
    return this.#scale * this.#scale * this.#inner.curvature();
  }
}
