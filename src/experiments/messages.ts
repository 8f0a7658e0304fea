/** What an experiment and the processes that train for it tell each other; plain JSON. */
import type { IterationMetrics } from "../training/metrics.ts";
import type { RunConfig } from "../training/run-config.ts";

/** To a run. */
export type Order =
  | { readonly type: "train"; readonly path: string; readonly config: RunConfig; readonly threads: number }
  /** Finish the iteration at hand, save and end. */
  | { readonly type: "stop" };

/** From a run. */
export type Report =
  | { readonly type: "iteration"; readonly metrics: IterationMetrics }
  | { readonly type: "ended"; readonly outcome: Outcome };

/** How a run ended. */
export type Outcome =
  | { readonly status: "finished" }
  | { readonly status: "interrupted" }
  | { readonly status: "failed"; readonly error: string };
