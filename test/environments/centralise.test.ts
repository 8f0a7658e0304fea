/** The central view beside a twin of the environment that is stepped directly with the same actions. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { centralise } from "../../src/environments/centralise.ts";
import type { AsyncVecEnv, EnvironmentDefinition, ParallelEnv } from "../../src/environments/environment.ts";
import { fromParallel } from "../../src/environments/from-parallel.ts";
import { box } from "../../src/environments/spaces.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import { Random } from "../../src/tensor/random.ts";
import { countingCopies, countingEnvironment } from "../support/counting-environment.ts";
import { HonestEnvironment } from "../support/honest-environment.ts";
import { walk } from "../support/walk.ts";

type Numbers = ArrayLike<number>;

/** Row `copy` of an array whose rows have `size` numbers. */
const row = (values: Numbers, copy: number, size: number): number[] =>
  Array.from(values).slice(copy * size, (copy + 1) * size);

/** The same without padding: the first sizes[agent] numbers of every agent. */
const unpadded = (values: Numbers, copy: number, sizes: readonly number[], width: number): number[] =>
  sizes.flatMap((size, agent) => row(values, copy * sizes.length + agent, width).slice(0, size));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the team must see of a copy, worked out from the environment itself. */
function expected({ batch, spec }: AsyncVecEnv, copy: number) {
  const agents = spec.agents.length;
  const { stateSize, observationSizes, observationSize, maskSize } = spec;
  const seen = (state: Numbers, observations: Numbers) =>
    stateSize > 0
      ? row(state, copy, stateSize)
      : unpadded(observations, copy, observationSizes, observationSize);
  const ended = batch.terminated[copy] + batch.truncated[copy] > 0;
  return {
    observations: seen(batch.state, batch.observations),
    mask: maskSize > 0 ? unpadded(batch.mask, copy, spec.headSizes.map(sum), maskSize) : [],
    reward: Math.fround(sum(row(batch.rewards, copy, agents))),
    alive: Math.max(...row(batch.alive, copy, agents)),
    ends: [batch.terminated[copy], batch.truncated[copy]],
    ...(ended && {
      final: seen(batch.finalState, batch.finalObservations),
      legal: maskSize > 0 ? unpadded(batch.finalMask, copy, spec.headSizes.map(sum), maskSize) : [],
      finalAlive: Math.max(...row(batch.finalAlive, copy, agents)),
      return: sum(row(batch.episodeReturns, copy, agents)),
      length: batch.episodeLengths[copy],
      metrics: row(batch.metrics, copy, spec.metrics.length),
    }),
  };
}

/** What the team does see. */
function shown({ batch, spec }: AsyncVecEnv, copy: number) {
  const ended = batch.terminated[copy] + batch.truncated[copy] > 0;
  return {
    observations: row(batch.observations, copy, spec.observationSize),
    mask: row(batch.mask, copy, spec.maskSize),
    reward: batch.rewards[copy],
    alive: batch.alive[copy],
    ends: [batch.terminated[copy], batch.truncated[copy]],
    ...(ended && {
      final: row(batch.finalObservations, copy, spec.observationSize),
      legal: row(batch.finalMask, copy, spec.maskSize),
      finalAlive: batch.finalAlive[copy],
      return: batch.episodeReturns[copy],
      length: batch.episodeLengths[copy],
      metrics: row(batch.metrics, copy, spec.metrics.length),
    }),
  };
}

/** Writes the same random choices into both, all agents' heads one after another. */
function choose(view: AsyncVecEnv, twin: AsyncVecEnv, random: Random): void {
  const { actionSizes, actionSize } = twin.spec;
  const heads = view.spec.headSizes[0];
  for (let copy = 0; copy < view.copies; copy++) {
    const joint = heads.map((size) => random.integer(size));
    view.batch.actions.set(joint, copy * heads.length);
    for (let agent = 0, next = 0; agent < actionSizes.length; agent++) {
      const own = joint.slice(next, next + actionSizes[agent]);
      twin.batch.actions.set(own, (copy * actionSizes.length + agent) * actionSize);
      next += own.length;
    }
  }
}

async function playBoth(view: AsyncVecEnv, twin: AsyncVecEnv, seed: number, steps: number): Promise<number> {
  const random = Random.fromSeed(seed).derive("choices");
  await view.reset(seed);
  await twin.reset(seed);
  let ends = 0;
  for (let step = 0; step <= steps; step++) {
    for (let copy = 0; copy < view.copies; copy++) {
      assert.equal(shown(view, copy), expected(twin, copy), `step ${step}, copy ${copy}`);
      ends += twin.batch.terminated[copy] + twin.batch.truncated[copy];
    }
    choose(view, twin, random);
    await view.step();
    await twin.step();
  }
  return ends;
}

const worlds: Readonly<Record<string, (copies: number) => AsyncVecEnv>> = {
  "a state, masks, deaths and metrics": (copies) => vectorise(walk({ episodeLimit: 4 }), { copies }),
  "neither state nor masks": (copies) => vectorise(countingEnvironment, { copies }),
  "slow steps": (copies) => countingCopies(copies, { slow: true }),
  "a user's own": (copies) => fromParallel(() => new HonestEnvironment(), { copies }),
  "a user's own without state": (copies) =>
    fromParallel(() => new HonestEnvironment(), { copies, stateSize: 0 }),
};

for (const [name, make] of Object.entries(worlds)) {
  test(`the team sees, does and gets what everyone does together: ${name}`, () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.integer({ min: 1, max: 4 }), async (seed, copies) => {
        const view = centralise(make(copies));
        assert.ok((await playBoth(view, make(copies), seed, 12)) >= copies, "episodes ended on the way");
      }),
      { numRuns: 15 },
    ));
}

test("the specification is that of one agent with all heads", () => {
  const { spec } = centralise(vectorise(walk(), { copies: 2 }));
  assert.equal(spec.agents, ["team"]);
  assert.equal(spec.headSizes, [[3, 3]]);
  assert.equal([spec.observationSize, spec.stateSize, spec.actionSize, spec.maskSize], [2, 2, 2, 6]);
  assert.equal([spec.id, spec.metrics], ["test/walk", ["ground"]]);
  assert.equal(centralise(countingCopies(1)).spec.observationSizes, [6]);
});

test("continuous actions keep their bounds and arrive at their agents", async () => {
  const taken: unknown[] = [];
  const reaching = (): ParallelEnv => ({
    possibleAgents: ["one", "two"],
    agents: ["one", "two"],
    observationSpace: () => box(0, 1, [1]),
    actionSpace: (agent) => (agent === "one" ? box(-1, 1, [1]) : box([0, 2], [3, 4])),
    reset: () => ({ observations: { one: [0], two: [1] } }),
    step(actions) {
      taken.push(Array.from(actions.one as Float32Array), Array.from(actions.two as Float32Array));
      const no = { one: false, two: false };
      const observations = { one: [0], two: [1] };
      return { observations, rewards: { one: 1, two: 2 }, terminations: no, truncations: no };
    },
  });
  const view = centralise(fromParallel(reaching));
  const { action, actionSizes, low, high } = view.spec;
  assert.equal({ action, actionSizes }, { action: "continuous", actionSizes: [3] });
  assert.equal([...(low ?? []), ...(high ?? [])], [-1, 0, 2, 1, 3, 4]);
  await view.reset(1);
  view.batch.actions.set([0.5, 1, 2.5]);
  await view.step();
  assert.equal(taken, [[0.5], [1, 2.5]]);
  assert.is(view.batch.rewards[0], 3);
});

test("a synchronous environment is never waited for, a slow one is", async () => {
  const quick = centralise(vectorise(walk(), { copies: 1 }));
  assert.is(quick.reset(1), undefined);
  assert.is(quick.step(), undefined);
  assert.instance(centralise(countingCopies(1, { slow: true })).reset(1), Promise);
});

for (const definition of [walk(), countingEnvironment] as EnvironmentDefinition[]) {
  test(`a saved copy goes on alike in another view: ${definition.spec.id}`, async () => {
    const [first, second] = [1, 2].map((seed) => centralise(vectorise(definition, { copies: 2, seed })));
    const random = Random.fromSeed(9);
    const move = async (view: AsyncVecEnv, actions: readonly number[]) => {
      view.batch.actions.set(actions);
      await view.step();
      return [shown(view, 0), shown(view, 1)];
    };
    const heads = [...definition.spec.headSizes.flat(), ...definition.spec.headSizes.flat()];
    const draw = () => heads.map((size) => random.integer(size));
    for (let step = 0; step < 5; step++) await move(first, draw());
    for (const copy of [0, 1]) {
      second.loadState?.(copy, JSON.parse(JSON.stringify(first.saveState?.(copy))));
    }
    assert.equal(second.batch.observations, first.batch.observations);
    for (let step = 0; step < 12; step++) {
      const actions = draw();
      assert.equal(await move(second, actions), await move(first, actions));
    }
  });
}

test("what an environment cannot do, its view cannot either", async () => {
  const bare = centralise(countingCopies(1, { saves: false }));
  assert.equal([bare.saveState, bare.loadState, bare.draw], [undefined, undefined, undefined]);
  await bare.close?.();
  let closed = 0;
  const drawn = centralise(
    fromParallel(() => Object.assign(new HonestEnvironment(), { close: () => void closed++ })),
  );
  await drawn.reset(1);
  assert.equal(drawn.draw?.(0).view, [0, 0, 1, 1]);
  await drawn.close?.();
  assert.is(closed, 1);
});

test.run();
