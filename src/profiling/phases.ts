/** The phases of training and what they are part of. */

export const phases = {
  acting: { part: "sampling", title: "acting" },
  environment: { part: "sampling", title: "environment" },
  recording: { part: "sampling", title: "recording" },
  values: { part: "value fit", title: "advantages and value fit" },
  expansion: { part: "basis building", title: "expansion" },
  preconditioner: { part: "basis building", title: "K-FAC" },
  vectors: { part: "basis building", title: "vectors" },
  solves: { part: "activations", title: "solves" },
  exchange: { part: "activations", title: "exchange" },
  gradients: { part: "policy gradients", title: "policy gradients" },
  lineSearch: { part: "line search", title: "line search" },
  evaluation: { part: "evaluation", title: "evaluation" },
  saving: { part: "saving", title: "saving" },
  other: { part: "other", title: "other" },
} as const;

export type Phase = keyof typeof phases;
/** What the shares of a profile are of: one or several phases. */
export type Part = (typeof phases)[Phase]["part"];

export const phaseNames = Object.keys(phases) as readonly Phase[];
export const parts: readonly Part[] = [...new Set(phaseNames.map((phase) => phases[phase].part))];
