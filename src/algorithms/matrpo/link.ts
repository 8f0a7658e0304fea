/**
 * The only way between two agents. A link carries the messages declared here and nothing else; in one process it
 * is a pair of queues, elsewhere a channel with the same methods.
 */

/** The log-ratios log π(aᵐ|o) − log π_old(aᵐ|o) of the sampled joint actions: [rows · heads], or [rows] in joint mode. */
export interface LogRatioMessage {
  readonly kind: "log-ratio";
  readonly values: Float32Array;
}

/** One statistic of the sender's advantages, on its way to the average over all agents (gossip). */
export interface AdvantageStatisticMessage {
  readonly kind: "advantage-scale" | "advantage-mean";
  readonly value: number;
}

export type LinkMessage = LogRatioMessage | AdvantageStatisticMessage;
export type MessageOf<K extends LinkMessage["kind"]> = Extract<
  LinkMessage,
  { readonly kind: K | unknown }
> & {
  readonly kind: K;
};

/** What there is to know about a kind of message before any is sent. */
export interface MessageKind {
  /** A vector of f32, or one f64. */
  readonly content: "vector" | "number";
  readonly meaning: string;
}

/** Every kind that may cross. */
export const messageKinds: Readonly<Record<LinkMessage["kind"], MessageKind>> = {
  "log-ratio": {
    content: "vector",
    meaning:
      "log π(a|o) − log π_old(a|o) of the sampled joint actions a after the sender's present step: " +
      "[samples, heads], or their sum [samples] with consensus joint",
  },
  "advantage-scale": {
    content: "number",
    meaning:
      "mean square of the sender's advantages about its mean (global: the common one), averaged with what it has heard",
  },
  "advantage-mean": {
    content: "number",
    meaning: "mean of the sender's advantages, averaged with what it has heard",
  },
};

/** One agent's end of a link. */
export interface Link {
  send(message: LinkMessage): void;
  /** The next message from the other end; throws when it is of another kind or has not come. */
  receive<K extends LinkMessage["kind"]>(kind: K): MessageOf<K>;
  /** Forgets what has come and was not received, when the update that it belonged to is undone. */
  clear(): void;
}

/** Called with every message that crosses, not to be changed; sender and receiver are agents' numbers. */
export type LinkRecorder = (message: LinkMessage, from: number, to: number) => void;

/** Both ends of a link inside one process. */
export function connect(first: number, second: number, record?: LinkRecorder): readonly [Link, Link] {
  const toFirst: LinkMessage[] = [];
  const toSecond: LinkMessage[] = [];
  return [
    end(toSecond, toFirst, (message) => record?.(message, first, second)),
    end(toFirst, toSecond, (message) => record?.(message, second, first)),
  ];
}

function end(outbox: LinkMessage[], inbox: LinkMessage[], record: (message: LinkMessage) => void): Link {
  return {
    send(message) {
      record(message);
      outbox.push(message);
    },
    receive<K extends LinkMessage["kind"]>(kind: K): MessageOf<K> {
      const message = inbox.shift();
      if (message?.kind !== kind)
        throw new Error(`link: expected ${kind}, got ${message?.kind ?? "nothing"}`);
      return message as MessageOf<K>;
    },
    clear() {
      inbox.length = 0;
    },
  };
}
