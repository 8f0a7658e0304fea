/** A graph of in-process links as gossip sees it. */
import { type GossipLink, metropolisWeight } from "../../src/algorithms/matrpo/gossip.ts";
import { connect, type LinkRecorder } from "../../src/algorithms/matrpo/link.ts";
import type { Topology } from "../../src/algorithms/matrpo/topology.ts";

/** Each agent's ends of its links. */
export function gossipLinks(topology: Topology, record?: LinkRecorder): GossipLink[][] {
  const links: GossipLink[][] = Array.from({ length: topology.agents }, () => []);
  for (const [i, j] of topology.links) {
    const weight = metropolisWeight(topology, i, j);
    const [first, second] = connect(i, j, record);
    links[i].push({ link: first, weight });
    links[j].push({ link: second, weight });
  }
  return links;
}
