/** Ways to break an honest environment, and what the check must say about it. */
import type { ParallelStep } from "../../../src/environments/environment.ts";
import type { Choice, HonestEnvironment } from "../../support/honest-environment.ts";

/** Name, how it is broken, what the message must match; the last is true for NaN and ±Infinity. */
export type Fault = readonly [string, (environment: HonestEnvironment) => void, RegExp, boolean?];

type Reply = Record<keyof ParallelStep<Choice>, Record<string, unknown>>;

/** Changes what `step` returns, or what it did, from step 3 of an episode on. */
export function spoil(change: (reply: Reply, environment: HonestEnvironment) => void): Fault[1] {
  return (environment) => {
    const { step } = environment;
    environment.step = (actions) => {
      const reply = step(actions);
      if (environment.time >= 3) change(reply as unknown as Reply, environment);
      return reply;
    };
  };
}

/** Sets one entry of a record in the reply. */
export function put(field: keyof Reply, agent: string, value: unknown): Fault[1] {
  return spoil((reply) => Object.assign(reply[field], { [agent]: value }));
}

export function drop(field: keyof Reply, agent: string): Fault[1] {
  return spoil((reply) => delete reply[field][agent]);
}

/** Sets `agents` after a reset. */
export function startWith(agents: readonly string[]): Fault[1] {
  return (environment) => {
    const { reset } = environment;
    environment.reset = (options) => {
      const reply = reset(options);
      environment.agents = agents;
      return reply;
    };
  };
}
