/** How the policy of a run plays where it is evaluated or watched: the likeliest actions, or sampled ones. */
import { Option } from "commander";
import type { RunConfig } from "../training/run-config.ts";

export interface MannerFlags {
  readonly deterministic?: true;
  readonly sampled?: true;
}

export const deterministicFlag = (): Option =>
  new Option(
    "--deterministic",
    "take the likeliest actions (default, unless trained with --evaluate-sampled)",
  );

export const sampledFlag = (): Option =>
  new Option("--sampled", "sample actions, as training does").conflicts("deterministic");

/** Whether to take the likeliest actions: as a flag says, else as the run is evaluated while it trains. */
export function isDeterministic(
  { deterministic, sampled }: MannerFlags,
  { evaluateDeterministic }: Pick<RunConfig, "evaluateDeterministic">,
): boolean {
  return sampled ? false : (deterministic ?? evaluateDeterministic);
}
