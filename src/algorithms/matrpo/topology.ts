/** Who talks to whom: an undirected connected graph whose links are oriented from `first` to `second` (C = +1, −1). */
import { InvalidInputError } from "../../validation/errors.ts";

/** A link e = (i, j). The order only fixes the sign of the multipliers. */
export type LinkPair = readonly [first: number, second: number];

export interface Topology {
  readonly agents: number;
  readonly links: readonly LinkPair[];
}

/** 0–1–2–…–0; two agents share one link, one agent has none. */
export function ring(agents: number): Topology {
  const { links } = line(agents);
  return topology(agents, agents > 2 ? [...links, [agents - 1, 0]] : links);
}

/** 0–1–2–…. */
export function line(agents: number): Topology {
  return topology(
    agents,
    Array.from({ length: Math.max(0, agents - 1) }, (_, i) => [i, i + 1] as const),
  );
}

/** Everyone linked to one agent. */
export function star(agents: number, hub = 0): Topology {
  const others = Array.from({ length: agents }, (_, i) => i).filter((i) => i !== hub);
  return topology(
    agents,
    others.map((other) => [hub, other] as const),
  );
}

/** Every pair linked. */
export function complete(agents: number): Topology {
  const links: LinkPair[] = [];
  for (let i = 0; i < agents; i++) for (let j = i + 1; j < agents; j++) links.push([i, j]);
  return topology(agents, links);
}

export const topologies = { ring, line, star, complete } as const;
export type TopologyName = keyof typeof topologies;

/** A graph of one's own. Throws when a link is impossible, doubled, or an agent cannot be reached. */
export function topology(agents: number, links: readonly LinkPair[]): Topology {
  if (!Number.isInteger(agents) || agents < 1) {
    throw new InvalidInputError(`topology: ${agents} agents; give a whole number from 1`);
  }
  const seen = new Set<string>();
  for (const [i, j] of links) {
    const known = [i, j].every((agent) => Number.isInteger(agent) && agent >= 0 && agent < agents);
    if (!known || i === j) {
      throw new InvalidInputError(
        `topology: link [${i}, ${j}]; a link joins two different agents from 0 to ${agents - 1}`,
      );
    }
    const key = `${Math.min(i, j)}-${Math.max(i, j)}`;
    if (seen.has(key))
      throw new InvalidInputError(`topology: link [${i}, ${j}] is given twice; give it once`);
    seen.add(key);
  }
  const reached = reachableFrom(0, agents, links);
  if (reached.size < agents) {
    const lost = Array.from({ length: agents }, (_, i) => i).filter((i) => !reached.has(i));
    throw new InvalidInputError(
      `topology: agents ${lost.join(", ")} cannot be reached from agent 0; add links until the graph is connected`,
    );
  }
  return { agents, links };
}

function reachableFrom(start: number, agents: number, links: readonly LinkPair[]): Set<number> {
  const reached = new Set([start]);
  for (let round = 1; round < agents; round++) {
    for (const [i, j] of links) {
      if (reached.has(i)) reached.add(j);
      else if (reached.has(j)) reached.add(i);
    }
  }
  return reached;
}

/** Number of links at an agent. */
export function degree({ links }: Topology, agent: number): number {
  return links.filter(([i, j]) => i === agent || j === agent).length;
}
