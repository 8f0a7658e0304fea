/**
 * Mean returns of uniformly random play against those of MPE2 1.1.0 at commit dbd68d2, run for 2,000 episodes of 25
 * steps a row. Together with golden.test.ts, which fixes the steps, this fixes how episodes start.
 */
import { test } from "uvu";
import { makeEnvironment } from "../../../src/environments/registry.ts";
import { close } from "../../support/close.ts";
import { mpeTasks } from "../../support/mpe.ts";
import { playRandomly } from "../../support/random-play.ts";

const EPISODES = 1500;

/** Mean and standard error. */
type Known = readonly [number, number];
interface Row {
  readonly task: string;
  readonly options?: object;
  /** Returns of the first and of the last agent. */
  readonly first: Known;
  readonly last: Known;
}

const continuous = { actions: "continuous" };
const rows: readonly Row[] = [
  { task: "simple", first: [-40.5026, 0.7613], last: [-40.5026, 0.7613] },
  { task: "simple", options: continuous, first: [-36.2121, 0.6877], last: [-36.2121, 0.6877] },
  { task: "simple-spread", first: [-26.5416, 0.181], last: [-26.5554, 0.1815] },
  { task: "simple-spread", options: continuous, first: [-25.2657, 0.1759], last: [-25.2707, 0.1757] },
  {
    task: "simple-spread",
    options: { integrator: "velocity-first" },
    first: [-26.1481, 0.1801],
    last: [-26.1454, 0.1806],
  },
  { task: "simple-reference", first: [-28.1187, 0.2293], last: [-28.3391, 0.2283] },
  { task: "simple-reference", options: continuous, first: [-26.7942, 0.2242], last: [-27.0306, 0.2245] },
  { task: "simple-speaker-listener", first: [-40.1522, 0.7637], last: [-40.1522, 0.7637] },
  { task: "simple-speaker-listener", options: continuous, first: [-36.528, 0.6933], last: [-36.528, 0.6933] },
  { task: "simple-tag", first: [4.365, 0.2389], last: [-16.4833, 0.4846] },
  { task: "simple-tag", options: continuous, first: [3.465, 0.2152], last: [-10.6132, 0.3636] },
  { task: "simple-adversary", first: [-28.6195, 0.2863], last: [7.8436, 0.3436] },
  { task: "simple-adversary", options: continuous, first: [-27.2872, 0.2806], last: [7.3309, 0.3423] },
  { task: "simple-push", first: [-0.4663, 0.3851], last: [-28.1559, 0.2911] },
  { task: "simple-push", options: continuous, first: [-0.8081, 0.3848], last: [-26.6242, 0.2852] },
  { task: "simple-crypto", first: [-37.423, 0.0972], last: [-0.143, 0.1358] },
  { task: "simple-crypto", options: continuous, first: [-33.2927, 0.0688], last: [0.1519, 0.0938] },
  { task: "simple-world-comm", first: [3.4491, 0.1935], last: [-24.559, 0.7639] },
  { task: "simple-world-comm", options: continuous, first: [2.2662, 0.1695], last: [-15.9697, 0.549] },
];

for (const id of mpeTasks) {
  test(`${id} pays random play what MPE2 pays`, () => {
    for (const { task, options = {}, first, last } of rows) {
      if (`mpe/${task}` !== id) continue;
      const measure = (returns: readonly number[]) => ({
        first: returns[0],
        last: returns[returns.length - 1],
      });
      const definition = makeEnvironment(id, options);
      const found = playRandomly(definition, { episodes: EPISODES, shared: false }, measure);
      for (const [who, known] of Object.entries({ first, last })) {
        const { mean, error } = found[who as "first" | "last"];
        // Both means are of samples.
        const tolerance = 3 * Math.hypot(error, known[1]);
        close(mean, known[0], tolerance, `${task} ${JSON.stringify(options)}, ${who} agent`);
      }
    }
  });
}

test.run();
