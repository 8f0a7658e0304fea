/** The one complete table: what each operation computes and how it is differentiated. */
import type { Rules } from "./rule.ts";
import { elementwiseRules } from "./rules/elementwise.ts";
import { entropyRules } from "./rules/entropy.ts";
import { gruRules } from "./rules/gru.ts";
import { layerNormRules } from "./rules/layer-norm.ts";
import { matrixRules } from "./rules/matrix.ts";
import { shapingRules } from "./rules/shaping.ts";

export const rules: Rules = {
  ...elementwiseRules,
  ...entropyRules,
  ...gruRules,
  ...layerNormRules,
  ...matrixRules,
  ...shapingRules,
};
