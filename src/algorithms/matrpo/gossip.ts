/**
 * Averages one scalar an agent over all agents by talking to neighbours only (Xiao & Boyd 2004, Metropolis weights):
 *   s_i ← s_i + Σ_j w_ij (s_j − s_i),  w_ij = 1 / (1 + max(degree_i, degree_j)).
 * On a complete graph, and so on a ring of three, one round is exact.
 */

import { log } from "../../tensor/math.ts";
import { symmetricEigen } from "../../tensor/symmetric-eigen.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import type { AdvantageStatisticMessage, Link } from "./link.ts";
import { degree, type Topology } from "./topology.ts";

/** Relative disagreement left after the rounds that `gossipRounds` asks for. */
const REMAINING = 1e-3;

export function metropolisWeight(topology: Topology, i: number, j: number): number {
  return 1 / (1 + Math.max(degree(topology, i), degree(topology, j)));
}

/** Rounds until disagreement has shrunk to a thousandth: log ε / log |λ₂| of the weight matrix. */
export function gossipRounds(topology: Topology): number {
  const n = topology.agents;
  const weights = new Float64Array(n * n);
  for (let i = 0; i < n; i++) weights[i * n + i] = 1;
  for (const [i, j] of topology.links) {
    const weight = metropolisWeight(topology, i, j);
    weights[i * n + j] += weight;
    weights[j * n + i] += weight;
    weights[i * n + i] -= weight;
    weights[j * n + j] -= weight;
  }
  if (n === 1) return 0;
  const { values } = symmetricEigen(weights, n); // ascending; the last is 1
  const slowest = Math.max(Math.abs(values[0]), Math.abs(values[n - 2]));
  return slowest < REMAINING ? 1 : Math.ceil(log(REMAINING) / log(slowest));
}

/** One agent's end of a link as gossip needs it. */
export interface GossipLink {
  readonly link: Link;
  readonly weight: number;
}

/** Lets every agent's value become the average of all. All agents send before any receives. */
export function gossip(
  kind: AdvantageStatisticMessage["kind"],
  values: readonly number[],
  links: readonly (readonly GossipLink[])[],
  rounds: number,
): number[] {
  let current = [...values];
  for (let round = 0; round < rounds; round++) {
    for (const [agent, own] of links.entries()) {
      for (const { link } of own) link.send({ kind, value: current[agent] });
    }
    current = current.map((value, agent) => {
      let next = value;
      for (const { link, weight } of links[agent]) next += weight * (link.receive(kind).value - value);
      return next;
    });
  }
  const odd = current.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new NonFiniteError(`advantages: the ${kind} that agent ${odd} heard is ${current[odd]}`);
  return current;
}
