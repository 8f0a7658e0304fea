/**
 * Brings the agents' advantages to one scale, Âᵢ = (Aᵢ − mean) / (deviation + 10⁻⁸), without anyone showing theirs:
 * what must be common is averaged over the links, one scalar an agent.
 *   common  own mean;     deviation = √ average of the agents' variances
 *   global  common mean;  deviation = √ average of the squares about it (the official code's statistic)
 *   agent   own mean and deviation
 */
import { average, standardise, variance } from "../../rollouts/advantages.ts";
import { presentRows } from "../../rollouts/presence.ts";
import { type GossipLink, gossip } from "./gossip.ts";

export type AdvantageNormalisation = "common" | "global" | "agent" | "none";

export interface Neighbourhood {
  /** Each agent's ends of its links. */
  readonly links: readonly (readonly GossipLink[])[];
  readonly rounds: number;
}

/**
 * @param advantages one array an agent
 * @param alive [agents] of [rows], 1 where the agent is there: no other row counts, and they stay 0
 * @returns new arrays
 */
export function normaliseAdvantages(
  advantages: readonly Float32Array[],
  alive: readonly Uint8Array[],
  normalisation: AdvantageNormalisation,
  { links, rounds }: Neighbourhood,
): Float32Array[] {
  if (normalisation === "none") return advantages.map((own) => own.slice());
  const present = advantages.map((own, agent) => presentRows(own, alive[agent]));
  const ownMeans = present.map((own) => average(own));
  const means = normalisation === "global" ? gossip("advantage-mean", ownMeans, links, rounds) : ownMeans;
  const squares = present.map((own, agent) => variance(own, means[agent]));
  const scales = normalisation === "agent" ? squares : gossip("advantage-scale", squares, links, rounds);
  return advantages.map((own, agent) =>
    standardise(own, means[agent], scales[agent]).map((value, row) => (alive[agent][row] ? value : 0)),
  );
}
