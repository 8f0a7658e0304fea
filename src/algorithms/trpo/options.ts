/** What can be set of the TRPO baselines, on the groups of options they share with MATRPO. docs/algorithms/trpo.md */
import * as v from "valibot";
import { choice } from "../option-kinds.ts";
import {
  dataOptions,
  defectOptions,
  divideMaxKl,
  networkOptions,
  officialOptions,
  paperOptions,
  solverOptions,
  stepOptions,
} from "../trust-region/options.ts";

const entries = {
  ...dataOptions,
  ...networkOptions,
  ...stepOptions,
  lineSearch: v.optional(
    choice(
      ["kl", "surrogate", "none"],
      "test of the final step: true KL alone, true KL and a surrogate that is not worse, or no test",
    ),
    "kl",
  ),
  ...solverOptions,
  // A learner alone solves once, so a basis has all its vectors at once and conjugate gradients cost less.
  solver: v.optional(solverOptions.solver.wrapped, "conjugate-gradient"),
  subspaceStart: v.optional(solverOptions.subspaceStart.wrapped, 10),
  ...defectOptions,
} as const;

export const trpoCentralSchema = v.strictObject(entries);
export const trpoIndependentSchema = v.strictObject({
  ...entries,
  divideMaxKl: v.optional(divideMaxKl, true),
});

/** Options as given: every one may be left out. */
export type TrpoCentralOptions = v.InferInput<typeof trpoCentralSchema>;
export type TrpoIndependentOptions = v.InferInput<typeof trpoIndependentSchema>;
/** Options complete; without `divideMaxKl` δ is each learner's own. */
export type TrpoSettings = v.InferOutput<typeof trpoCentralSchema> & { readonly divideMaxKl?: boolean };

/** The paper's settings, sampled correctly and solved as accurately as MATRPO's. */
const paper: TrpoCentralOptions = { ...paperOptions, lineSearch: "surrogate" };
/** The authors' program with its defects. */
const official: TrpoCentralOptions = { ...paper, ...officialOptions };

export const trpoCentralPresets = { default: {}, paper, official } as const satisfies Record<
  string,
  TrpoCentralOptions
>;
export const trpoIndependentPresets = {
  default: {},
  paper: { ...paper, divideMaxKl: false },
  official: { ...official, divideMaxKl: false },
} as const satisfies Record<string, TrpoIndependentOptions>;
