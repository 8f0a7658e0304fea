/** Faults that show over time, or in spaces. */
import { box, discrete } from "../../../src/environments/spaces.ts";
import { type Fault, spoil } from "./fault.ts";

const lives: readonly Fault[] = [
  [
    "agent revived",
    spoil((_, env) => Object.assign(env, { agents: [...env.agents, "cat"] })),
    /step 3: agents holds cat, which was not alive; nobody joins or comes back before a reset/,
  ],
  [
    "agent kept after its end",
    spoil((reply, env) => Object.assign(env, { agents: Object.keys(reply.rewards) })),
    /step [456]: agents holds ann, which has just ended/,
  ],
  [
    "agent lost without a flag",
    spoil((_, env) => Object.assign(env, { agents: ["bob"] })),
    /step 3: agents lacks ann, which has neither termination nor truncation/,
  ],
  [
    "never ends",
    (env) => {
      const { step } = env;
      env.step = (actions) => {
        const reply = step(actions);
        if (env.agents.length > 0) return reply;
        env.agents = Object.keys(actions);
        return { ...reply, truncations: reply.terminations };
      };
    },
    /step 9: agent ann has neither termination nor truncation; an episode must end by then/,
  ],
];

const failures: readonly Fault[] = [
  [
    "step throws",
    spoil(() => {
      throw new Error("dice lost");
    }),
    /step\(\) threw at step 3: Error: dice lost/,
  ],
  [
    "step rejects",
    (env) => Object.assign(env, { step: () => Promise.reject(new Error("offline")) }),
    /step\(\) threw at step 1: Error: offline/,
  ],
  [
    "reset throws",
    (env) =>
      Object.assign(env, {
        reset: () => {
          throw new Error("no board");
        },
      }),
    /reset\(\) threw: Error: no board/,
  ],
  [
    "step missing",
    (env) => Object.assign(env, { step: undefined }),
    /step is missing; it must be a function/,
  ],
];

const repeats: readonly Fault[] = [
  [
    "buffer reused",
    (env) => {
      const { observe } = env;
      const buffer = new Float32Array(3);
      env.observe = (agents) => {
        const seen = observe(agents);
        buffer.set(seen.ann as Float32Array);
        return { ...seen, ann: buffer };
      };
    },
    /step 1: observation\[0\] of agent ann changed after it was returned.*; return a new array/,
  ],
  [
    "observation not repeatable",
    (env) => {
      const { observe } = env;
      let calls = 0;
      env.observe = (agents) => ({ ...observe(agents), ann: [0, (calls++ % 1000) / 1000, 0] });
    },
    /reset: with the same seed and actions, observation\[1\] of agent ann is 0 once and .* the other time/,
  ],
  [
    "reward not repeatable",
    (env) => {
      const { step } = env;
      let calls = 0;
      env.step = (actions) => {
        const reply = step(actions);
        return { ...reply, rewards: { ...reply.rewards, ann: calls++ } };
      };
    },
    /step 1: with the same seed and actions, reward of agent ann is 0 once/,
  ],
  [
    "state not repeatable",
    (env) => {
      const { reset } = env;
      let resets = 0;
      env.reset = (options) => {
        resets++;
        return reset(options);
      };
      env.state = () => [env.time, resets];
    },
    /reset: with the same seed and actions, state\(\)\[1\] is 1 once and \d+ the other time/,
  ],
  [
    "mask not repeatable",
    (env) => {
      let calls = 0;
      env.actionMask = (agent) => (agent === "ann" ? [1, 1, ++calls % 7 === 0 ? 0 : 1] : undefined);
    },
    /with the same seed and actions, action mask\[2\] of agent ann is [01] once and [01] the other time/,
  ],
  [
    "length not repeatable",
    (env) => {
      const { reset } = env;
      let calls = 0;
      env.reset = (options) => reset({ ...options, seed: calls++ });
    },
    /with the same seed and actions, /,
  ],
];

const spaces: readonly Fault[] = [
  [
    "another space object each call",
    (env) => Object.assign(env, { observationSpace: () => box(0, 10, [3]) }),
    /reset: observationSpace of agent ann is another object than before/,
  ],
  [
    "another action space each call",
    (env) => Object.assign(env, { actionSpace: () => discrete(2) }),
    /reset: actionSpace of agent ann is another object than before/,
  ],
  [
    "space changes",
    (env) => {
      const space = { type: "discrete", n: 3 } as const;
      env.actionMask = () => undefined;
      env.actionSpace = () => (env.time > 2 ? Object.assign(space, { n: 4 }) : space);
    },
    /step 3: a space of agent ann has changed/,
  ],
  [
    "space impossible",
    (env) => Object.assign(env, { actionSpace: () => ({ type: "discrete", n: 0 }) }),
    /actionSpace of agent ann: discrete n is 0/,
  ],
  [
    "space missing",
    (env) => Object.assign(env, { observationSpace: () => undefined }),
    /observationSpace of agent ann: got undefined/,
  ],
  [
    "space method missing",
    (env) => Object.assign(env, { actionSpace: undefined }),
    /actionSpace is missing; it must be a function/,
  ],
  [
    "mixed kinds of action",
    (env) => {
      const real = box(0, 1);
      const { actionSpace } = env;
      env.actionSpace = (agent) => (agent === "ann" ? real : actionSpace(agent));
    },
    /some action spaces are boxes and some discrete/,
  ],
];

export const behaviourFaults: readonly Fault[] = [...lives, ...failures, ...repeats, ...spaces];
