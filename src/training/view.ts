/** The environment as an algorithm learns it: everyone's own view, or the central one. */
import type { AlgorithmEntry } from "../algorithms/registry.ts";
import { centralise } from "../environments/centralise.ts";
import type { AsyncVecEnv } from "../environments/environment.ts";

export function viewFor({ view }: AlgorithmEntry, environment: AsyncVecEnv): AsyncVecEnv {
  return view === "central" ? centralise(environment) : environment;
}
