import { createHash } from "node:crypto";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../../src/environments/adapters.ts";
import { checkEnvironment } from "../../../src/environments/check.ts";
import type { AgentOrder } from "../../../src/environments/particle/treasure/observations.ts";
import type { TreasureState } from "../../../src/environments/particle/treasure/saved-state.ts";
import type { TreasureCounts } from "../../../src/environments/particle/treasure/scene.ts";
import {
  type TreasureOptions,
  treasureCollection,
} from "../../../src/environments/particle/treasure-collection.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose } from "../../support/close.ts";
import { marlstone, tiny } from "../../support/command-line.ts";
import { actRandomly } from "../../support/random-play.ts";
import { refuses } from "../../support/refuses.ts";
import { inFolder } from "../../support/temporary.ts";
import { move, seen, stage, stateNow, stateOf } from "../../support/treasure-stage.ts";
import { TreasureTwin } from "../../support/treasure-twin.ts";

const numbers = (options: TreasureOptions): number[] => {
  const { spec, create } = treasureCollection(options);
  const state = create(1).saveState(0) as TreasureState;
  return [state.holding.length, spec.agents.length - state.holding.length, state.treasures.length];
};

test("hunters, banks and treasures come in any number; agents counts hunters and banks", () => {
  assert.equal(numbers({}), [6, 2, 6]);
  assert.equal(numbers({ agents: 12 }), [10, 2, 10]);
  assert.equal(numbers({ agents: 12, banks: 3 }), [9, 3, 9]);
  assert.equal(numbers({ agents: 4, hunters: 3, banks: 1, treasures: 7 }), [3, 1, 7]);
  assert.equal(numbers({ hunters: 1, banks: 1 }), [1, 1, 1]);
  const { agents, episodeLimit } = treasureCollection({ hunters: 2, banks: 1, episodeLimit: 9 }).spec;
  assert.equal([[...agents], episodeLimit], [["hunter_0", "hunter_1", "bank_0"], 9]);
  assert.is(treasureCollection().spec.episodeLimit, 100);
});

test("numbers that contradict each other are refused, and so are unknown keys", () => {
  const make = (options: object) => () => treasureCollection(options);
  refuses(
    make({ agents: 8, hunters: 10 }),
    "hunters (10) and banks (2) make 12; leave out agents or hunters",
  );
  refuses(make({ agents: 3, banks: 3 }), "agents is 3", "no hunter", "give at least 4");
  refuses(make({ hunters: 0 }), "hunters is 0; it must be an integer from 1 to 256");
  refuses(make({ bank: 2 }), 'unknown key "bank" (did you mean "banks"?)');
  refuses(make({ rewards: "shared" }), '"private", "central"');
  refuses(make({ agentOrder: "index" }), '"distance", "number"');
});

/** A walk from a crowded start, beside the twin; returns the metrics. */
function compareWalk(counts: TreasureCounts, agentOrder: AgentOrder, seed: number): Float32Array {
  const { banks } = counts;
  const env = vectorise(treasureCollection({ ...counts, agentOrder }), { seed });
  const { state, random } = env.saveState(0);
  const closer = <T extends readonly [number, number]>([x, y]: T) => [x * 0.2, y * 0.2] as const;
  const crowded: TreasureState = {
    ...state,
    positions: state.positions.map(closer),
    holding: state.holding.map((_, h) => (h % 2 === 0 ? null : h % banks)),
    treasures: state.treasures.map((treasure) => ({ ...treasure, position: closer(treasure.position) })),
  };
  env.loadState(0, { state: crowded, random });
  const stream = Random.fromSeed(0);
  stream.loadState(random as readonly number[]);
  const respawn = () => ({
    position: [stream.uniform(-0.95, 0.95), stream.uniform(-0.95, 0.95)] as const,
    type: stream.integer(banks),
  });
  const twin = new TreasureTwin(crowded, respawn, agentOrder);
  const moves = Random.fromSeed(seed);
  for (let step = 0; step < 40; step++) {
    if (step > 0) {
      actRandomly(env, moves);
      env.step();
      allClose(env.batch.rewards, twin.step([...env.batch.actions]), 2e-5, `reward at step ${step}`);
    }
    for (const [agent, expected] of twin.observations.entries())
      allClose(seen(env, agent), expected, 2e-6, `step ${step}, agent ${agent}: observation`);
  }
  return env.batch.metrics;
}

test("random walks agree with a twin written from the definition", () => {
  const few = (max: number) => fc.integer({ min: 1, max });
  const counts = fc.record({ hunters: few(6), banks: few(3), treasures: few(6) });
  const events = [0, 0, 0];
  fc.assert(
    fc.property(counts, fc.constantFrom("distance", "number"), fc.nat(1e6), (cast, order, seed) => {
      const found = compareWalk(cast, order, seed);
      for (const [i, count] of found.entries()) events[i] += count;
    }),
    { numRuns: 150, seed: 1 },
  );
  assert.ok(Math.min(...events) > 80, `${events} collections, deposits and collisions`);
});

test("any step can be replayed from a saved state to the same bits, returns of treasures included", () => {
  const definition = treasureCollection({ hunters: 5, banks: 2, treasures: 4, episodeLimit: 50 });
  const env = vectorise(definition, { copies: 2, seed: 9 });
  const other = vectorise(definition);
  const random = Random.fromSeed("replay");
  let returned = 0;
  for (let step = 0; step < 400; step++) {
    const { state, ...rest } = env.saveState(1);
    // As if a treasure had just been taken, now and then.
    const treasures = state.treasures.map((treasure, i) =>
      step % 5 === i ? { ...treasure, alive: false } : treasure,
    );
    returned += state.unsettled ? treasures.filter(({ alive }) => !alive).length : 0;
    const saved = JSON.parse(JSON.stringify({ ...rest, state: { ...state, treasures } }));
    env.loadState(1, saved);
    other.loadState(0, saved);
    actRandomly(env, random);
    other.batch.actions.set(env.batch.actions.subarray(7));
    env.step();
    other.step();
    const half = env.batch.observations.length / 2;
    assert.equal([...other.batch.observations], [...env.batch.observations.subarray(half)]);
    assert.equal([...other.batch.rewards], [...env.batch.rewards.subarray(7)]);
    assert.equal(other.saveState(0), env.saveState(1));
  }
  assert.ok(returned > 200);
});

test("the bits of 20,000 steps are what they were", () => {
  const env = vectorise(treasureCollection(), { copies: 20, seed: 1 });
  const random = Random.fromSeed("golden");
  const hash = createHash("sha256");
  for (let step = 0; step < 1000; step++) {
    actRandomly(env, random);
    env.step();
    const { observations, rewards } = env.batch;
    hash.update(new Uint8Array(observations.buffer)).update(new Uint8Array(rewards.buffer));
  }
  assert.is(hash.digest("hex"), "cfa659047d0806b93975a822ece31c1a381a773a1473fff854904ba29f40e85e");
});

test("the command line takes the number of all agents, trains, and reports the metrics", () =>
  inFolder(async (folder) => {
    const words = ["train", ...tiny, "--iterations", "1", "--environment", "particle/treasure-collection"];
    const trained = await marlstone([...words, "--agents", "3", "--out", `${folder}/run`]);
    assert.is(trained.code, 0, trained.err);
    const { out } = await marlstone(["evaluate", `${folder}/run`, "--episodes", "4"]);
    assert.match(
      out,
      /hunter_0 .*\n.*bank_0 .*\n.*bank_1 .*\n[\s\S]*collected .*\n.*deposited .*\n.*collisions /,
    );
    const { code, err } = await marlstone([...words, "--agents", "8", "--set", "environment.hunters=9"]);
    assert.is.not(code, 0);
    assert.match(err, /agents is 8, but hunters \(9\) and banks \(2\) make 11/);
  }));

test("few and many, alike or not, keep the contract of environments", async () => {
  for (const options of [
    { hunters: 1, banks: 1 },
    { hunters: 1, banks: 3, treasures: 5, rewards: "central" },
    { agents: 12, treasures: 1 },
  ] satisfies TreasureOptions[])
    await checkEnvironment(toParallel(treasureCollection(options)), { steps: 300 });
});

const cast = {
  hunters: [{ at: [0, 0] as const }, { at: [1, 0] as const, holds: 1 }],
  banks: [{ at: [0, 1] as const }, { at: [1, 1] as const }],
  treasures: [{ at: [0.02, 0] as const }, { at: [0, -4] as const, type: 1 }],
};

test("the drawing shows banks, live treasures and what hunters hold, each at its own place in the list", () => {
  const env = stage(cast);
  const shapes = () =>
    env.draw?.(0).shapes.map((shape) => (shape?.kind === "circle" ? [shape.color, shape.label] : null));
  const [blue, orange, grey] = ["#0072b2", "#e69f00", "#7b8794"];
  const banks = [
    [blue, "B0"],
    [orange, "B1"],
  ];
  const dot = (color: string) => [color, undefined];
  assert.equal(shapes(), [...banks, dot(blue), dot(orange), [grey, "0"], [orange, "1"]]);
  assert.equal(env.draw?.(0).view, [-4.025, -4.025, 4.025, 4.025]);
  move(env);
  move(env);
  assert.equal(shapes(), [...banks, null, dot(orange), [blue, "0"], [orange, "1"]]);
});

test("wrong states are refused by name and change nothing", () => {
  const env = stage(cast);
  const before = stateNow(env);
  const load = (change: object) => () => env.loadState(0, { state: { ...stateOf(cast), ...change } });
  refuses(load({ holding: [0, 2] }), "holding[1] is 2; it must be an integer from 0 to 1");
  refuses(load({ holding: [0] }), "holding", "length 2");
  refuses(
    load({
      positions: [
        [0, Number.NaN],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    }),
    "positions[0][1] is NaN",
  );
  refuses(load({ treasures: [{ position: [0, 0], type: 0 }] }), "treasures[0].alive is missing");
  refuses(load({ treasure: [] }), 'unknown key "treasure" (did you mean "treasures"?)');
  assert.equal(stateNow(env), before);
  env.batch.actions[3] = 5;
  refuses(() => env.step(), "agent 3 chose action 5");
});

test.run();
