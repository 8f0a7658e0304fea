/** Faults that show over time, or in the optional parts. */
import { box, discrete } from "../../../src/environments/spaces.ts";
import { HonestEnvironment } from "../../support/honest-environment.ts";
import { type Fault, spoil } from "./fault.ts";

const lives: readonly Fault[] = [
  [
    "agent revived",
    spoil((_, env) => Object.assign(env, { agents: [...env.agents, "cat"] })),
    /step 3: agents holds cat, which was not alive; nobody comes back before a reset/,
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

const extras: readonly Fault[] = [
  [
    "mask too short",
    (env) => Object.assign(env, { actionMask: () => [1, 1] }),
    /reset: action mask of agent ann has 2 entries; its actions have 3 choices/,
  ],
  [
    "mask with nothing legal",
    (env) =>
      Object.assign(env, { actionMask: (agent: string) => (agent === "bob" ? [1, 1, 0, 0] : undefined) }),
    /reset: action mask of agent bob leaves no legal choice in head 1/,
  ],
  [
    "mask of booleans",
    (env) => Object.assign(env, { actionMask: () => [true, true, true] }),
    /reset: action mask of agent ann holds true; it must be 0 or 1/,
  ],
  [
    "state NaN",
    (env) => Object.assign(env, { state: () => [0, env.time > 2 ? Number.NaN : 0] }),
    /step 3: state\(\)\[1\] is NaN/,
    true,
  ],
  [
    "state grows",
    (env) => Object.assign(env, { state: () => new Array(1 + env.time).fill(0) }),
    /reset: state\(\) has 1 numbers; the space has 2/,
  ],
  [
    "state beyond its range",
    (env) => Object.assign(env, { state: () => [env.time > 2 ? -1 : 0, 0] }),
    /step 3: state\(\)\[0\] is -1; the space allows 0 to Infinity/,
  ],
  [
    "state of unknown length",
    (env) => {
      delete env.stateSpace;
    },
    /it has state\(\) but no stateSpace; add stateSpace: box\(low, high, \[length\]\)/,
  ],
  [
    "stateSpace alone",
    (env) => {
      delete env.state;
    },
    /it has stateSpace, but no state\(\)/,
  ],
  [
    "mask with nothing legal after a truncation",
    (env) => Object.assign(env, { actionMask: () => (env.agents.length > 0 ? undefined : [0, 0, 0]) }),
    /step [456]: action mask of agent ann leaves no legal choice in head 0/,
  ],
  [
    "mask that nobody expects",
    (env) => {
      delete env.actionMask;
      spoil((reply) => Object.assign(reply, { infos: { bob: { action_mask: [1, 1, 1, 0] } } }))(env);
    },
    /step 3: agent bob has an action mask, but a first reset showed none; give one at every reset/,
  ],
  [
    "drawing not finite",
    (env) => Object.assign(env, { draw: () => ({ view: [0, 0, 1, Number.NaN], shapes: [] }) }),
    /draw\(\): view\[3\] is NaN; it must be a finite number/,
  ],
];

const saving: readonly Fault[] = [
  [
    "saved state incomplete",
    (env) => {
      const { loadState } = env;
      const elsewhere = new HonestEnvironment().saveState?.() as object;
      env.loadState = (state) =>
        loadState?.({ ...(state as object), random: Reflect.get(elsewhere, "random") });
    },
    /step 4: after loadState\(\) and the same actions, observation\[0\] of agent ann/,
  ],
  [
    "saved state without the agents",
    (env) => {
      const { loadState } = env;
      env.loadState = (state) => loadState?.({ ...(state as object), agents: [] });
    },
    /step 3: agents lacks ann/,
  ],
  [
    "saved state not JSON",
    (env) => Object.assign(env, { saveState: () => ({ list: new Float32Array(2) }) }),
    /step 3: saveState\(\) returned .*; use only plain objects/,
  ],
  [
    "saved state live",
    (env) => {
      const { saveState, step } = env;
      const live: Record<string, unknown> = {};
      env.saveState = () => Object.assign(live, saveState?.());
      env.step = (actions) => {
        live.time = env.time + 1;
        return step(actions);
      };
    },
    /what saveState\(\) returned changed at later steps; return a copy/,
  ],
  [
    "saveState alone",
    (env) => {
      delete env.loadState;
    },
    /it has saveState but no loadState; write both/,
  ],
  [
    "loadState alone",
    (env) => {
      delete env.saveState;
    },
    /it has loadState but no saveState; write both/,
  ],
];

export const behaviourFaults: readonly Fault[] = [
  ...lives,
  ...failures,
  ...repeats,
  ...spaces,
  ...extras,
  ...saving,
];
