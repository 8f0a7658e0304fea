/** Exact theory of tabular games: what `marlstone/theory` offers. */
export * from "./bounds.ts";
export { randomCorrectionCase, randomUpdate } from "./cases.ts";
export { type Claim, type ClaimStatus, claims, type Gap } from "./claims.ts";
export { meadowAndMarsh } from "./counterexample.ts";
export * from "./decomposition.ts";
export * from "./didactic.ts";
export { type Estimator, estimators } from "./estimators.ts";
export { type Identity, identities } from "./identities.ts";
export * from "./measures.ts";
export * from "./policy.ts";
export * from "./preopc.ts";
export * from "./studies.ts";
export * from "./surrogates.ts";
export * from "./update.ts";
export { evaluatePolicy, type PolicyValues, temporalDifferences } from "./values.ts";
