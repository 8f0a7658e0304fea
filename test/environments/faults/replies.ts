/** Faults in what one reply holds. */
import { drop, type Fault, put, spoil, startWith } from "./fault.ts";

const observations: readonly Fault[] = [
  [
    "too long",
    put("observations", "ann", [0, 0, 0, 0]),
    /step 3: observation of agent ann has 4 numbers; the space has 3/,
  ],
  [
    "a number",
    put("observations", "ann", 0.5),
    /step 3: observation of agent ann is 0.5; it must be a flat list/,
  ],
  ["nested", put("observations", "ann", [[0, 0, 0]]), /step 3: observation of agent ann has 1 numbers/],
  ["of strings", put("observations", "ann", [0, "1", 2]), /step 3: observation\[1\] of agent ann is "1"/],
  [
    "above its range",
    put("observations", "ann", [0, 2, 0]),
    /step 3: observation\[1\] of agent ann is 2; the space allows 0 to 1/,
  ],
  [
    "NaN",
    put("observations", "ann", [0, 0, Number.NaN]),
    /step 3: observation\[2\] of agent ann is NaN/,
    true,
  ],
  [
    "infinite",
    put("observations", "ann", [Infinity, 0, 0]),
    /step 3: observation\[0\] of agent ann is Infinity/,
    true,
  ],
  [
    "choice out of range",
    put("observations", "bob", 4),
    /step 3: observation of agent bob is 4; it must be an integer from 0 to 3/,
  ],
  ["choice fractional", put("observations", "bob", 1.5), /step 3: observation of agent bob is 1.5/],
  ["missing", drop("observations", "bob"), /step 3: observations has no entry for agent bob, which is alive/],
  [
    "of the dead",
    put("observations", "cat", [0, 0]),
    /step 3: observations has an entry for agent cat, which is not alive; live agents: ann, bob; nobody joins or comes back/,
  ],
];

const others: readonly Fault[] = [
  [
    "reward NaN",
    put("rewards", "bob", Number.NaN),
    /step 3: reward of agent bob is NaN; it must be a finite number/,
    true,
  ],
  ["reward infinite", put("rewards", "ann", -Infinity), /step 3: reward of agent ann is -Infinity/, true],
  [
    "reward beyond 32 bits",
    put("rewards", "ann", 1e39),
    /step 3: reward of agent ann is 1e\+39; it must fit into 32 bits/,
  ],
  ["reward a string", put("rewards", "ann", "1"), /step 3: reward of agent ann is "1"/],
  ["reward missing", drop("rewards", "ann"), /step 3: rewards has no entry for agent ann/],
  ["reward of a stranger", put("rewards", "eve", 1), /step 3: rewards has an entry for agent eve/],
  [
    "termination a number",
    put("terminations", "ann", 0),
    /step 3: termination of agent ann is 0; it must be true or false/,
  ],
  ["truncation missing", drop("truncations", "bob"), /step 3: truncations has no entry for agent bob/],
  [
    "no terminations",
    spoil((reply) => Object.assign(reply, { terminations: undefined })),
    /step 3: terminations is undefined/,
  ],
  [
    "info of a stranger",
    spoil((reply) => Object.assign(reply, { infos: { eve: {} } })),
    /step 3: infos has an entry for agent eve/,
  ],
  ["infos a string", spoil((reply) => Object.assign(reply, { infos: "none" })), /step 3: infos is "none"/],
  [
    "nothing from reset",
    (env) => Object.assign(env, { reset: () => undefined }),
    /reset: reset\(\) returned undefined/,
  ],
  [
    "nothing from step",
    (env) => Object.assign(env, { step: () => undefined }),
    /step 1: step\(\) returned undefined/,
  ],
];

const lists: readonly Fault[] = [
  ["no agents at reset", startWith([]), /reset: agents is empty/],
  ["stranger at reset", startWith(["eve"]), /reset: agents holds eve, which is not in possibleAgents/],
  ["agent listed twice", startWith(["ann", "ann"]), /reset: agents holds "ann"; names must be different/],
  [
    "possible agent twice",
    (env) => Object.assign(env, { possibleAgents: ["a", "a"] }),
    /possibleAgents holds "a"; names must be different/,
  ],
  [
    "no possible agents",
    (env) => Object.assign(env, { possibleAgents: [] }),
    /possibleAgents is empty; name at least one agent/,
  ],
  [
    "agents not a list",
    spoil((_, env) => Object.assign(env, { agents: "ann, bob" })),
    /step 3: agents is "ann, bob"; it must be a list of names/,
  ],
];

export const replyFaults: readonly Fault[] = [
  ...observations.map(([name, ...rest]): Fault => [`observation ${name}`, ...rest]),
  ...others,
  ...lists,
];
