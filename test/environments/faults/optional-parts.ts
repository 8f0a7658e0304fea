/** Faults in the optional parts: state, masks, drawing, saved states. */
import { HonestEnvironment } from "../../support/honest-environment.ts";
import { type Fault, spoil } from "./fault.ts";

const extras: readonly Fault[] = [
  [
    "mask too short",
    (env) => Object.assign(env, { actionMask: () => [1, 1] }),
    /reset: action mask of agent ann has 2 entries; its actions have 3 choices/,
  ],
  [
    "mask a number",
    (env) => Object.assign(env, { actionMask: () => 3 }),
    /reset: action mask of agent ann is 3; it must be a list with 0 or 1 for each choice/,
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
    "state beyond 32 bits",
    (env) => Object.assign(env, { state: () => [env.time > 2 ? 1e39 : 0, 0] }),
    /step 3: state\(\)\[0\] is 1e\+39; it must fit into 32 bits/,
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
    /step 3: saveState\(\).list is of class Float32Array; use only plain objects/,
  ],
  [
    "saved state a promise",
    (env) => Object.assign(env, { saveState: async () => 1 }),
    /step 3: saveState\(\) returned a promise; it must return a plain JSON object at once/,
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
export const optionalPartFaults: readonly Fault[] = [...extras, ...saving];
