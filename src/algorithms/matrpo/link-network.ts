/** All links of a team: both ends of each for the agents, and one place where all that crosses can be heard. */
import { connect, type Link, type LinkRecorder } from "./link.ts";
import type { LinkPair } from "./topology.ts";

export class LinkNetwork {
  /** The agents that each link joins, by number. */
  readonly pairs: readonly LinkPair[];
  /** Both ends of each link, in the order of `pairs`. */
  readonly ends: readonly (readonly [Link, Link])[];
  #record: LinkRecorder | undefined;

  constructor(pairs: readonly LinkPair[]) {
    this.pairs = pairs;
    this.ends = pairs.map(([first, second]) =>
      connect(first, second, (message, from, to) => this.#record?.(message, from, to)),
    );
  }

  /** From now on hands every message to `record` alone when it is sent; without it, listening ends. */
  listen(record?: LinkRecorder): void {
    this.#record = record;
  }

  /** Forgets all messages that are on their way. */
  clear(): void {
    for (const end of this.ends.flat()) end.clear();
  }
}
