/** The algorithm as a whole: how it acts, what an update does and when, that it is all or nothing, and its bits. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type QmixOptions, qmixSchema } from "../../../src/algorithms/qmix/options.ts";
import { QmixAlgorithm } from "../../../src/algorithms/qmix/qmix.ts";
import { type ArenaOptions, createArena } from "../../../src/kernels/arena.ts";
import { unflatten } from "../../../src/nn/parameters.ts";
import { Random } from "../../../src/tensor/random.ts";
import { NonFiniteError } from "../../../src/validation/errors.ts";
import { validate } from "../../../src/validation/validate.ts";
import { close, sameBits } from "../../support/close.ts";
import { inputOf, ownNetworks, sharedNetworks, utilityReference } from "../../support/qmix-reference.ts";
import { choices, heads, plainEpisodes, playsInARow, team } from "../../support/qmix-scene.ts";
import { refuses } from "../../support/refuses.ts";
import { bits } from "../../support/tensor-bits.ts";

const COPIES = 3;
const small: QmixOptions = {
  environmentCopies: COPIES,
  hiddenSize: 6,
  mixingSize: 4,
  hypernetSize: 5,
  batchEpisodes: 4,
  targetEpisodes: 10,
  epsilonSteps: 400,
};
const batches = playsInARow(4, COPIES, 20, 31);

function make(options: QmixOptions = {}, seed = 3, where: ArenaOptions = {}): QmixAlgorithm {
  const settings = validate(qmixSchema, { ...small, ...options }, "options");
  return new QmixAlgorithm(team, settings, Random.fromSeed(seed), createArena(where));
}

const train = (algorithm: QmixAlgorithm, from = 0, to = batches.length) =>
  batches.slice(from, to).map((batch) => algorithm.update(batch));

/** What is seen at one moment, as often as there are copies. */
function situationAt(
  moment: ReturnType<typeof plainEpisodes>[number]["moments"][number],
  memory: Float32Array,
) {
  const rows = <T>(of: (agent: number) => T[]) => team.agents.map((_, i) => Array(COPIES).fill(of(i)).flat());
  return {
    rows: COPIES,
    observations: rows((i) => [...moment.observations[i]]).map((values) => Float32Array.from(values)),
    masks: rows((i) => [...moment.masks[i]]).map((values) => Uint8Array.from(values)),
    memory,
  };
}

for (const options of [
  { sharing: "shared", recurrent: true, agentId: true, lastAction: true },
  { sharing: "separate", recurrent: true, agentId: true, lastAction: false },
  { sharing: "shared", recurrent: false, agentId: false, lastAction: true },
] as const) {
  test(`over an episode it takes the best legal choice of the f64 twin: ${JSON.stringify(options)}`, () => {
    const algorithm = make(options);
    const tensors = unflatten(algorithm.networks.layout, algorithm.parameters);
    const networks = options.sharing === "shared" ? sharedNetworks : ownNetworks;
    const { moments } = plainEpisodes(batches).reduce((a, b) =>
      b.actions.length > a.actions.length ? b : a,
    );
    const memory = new Float32Array(COPIES * algorithm.memorySize);
    const states = team.agents.map((): readonly number[] => new Array(6).fill(0));
    let before: number[] | undefined;
    assert.ok(moments.length > 4);
    for (const [t, moment] of moments.entries()) {
      const actions = new Int32Array(COPIES * heads.length);
      algorithm.act(situationAt(moment, memory), actions, true);
      const utilities = team.agents.map((_, agent) => {
        const input = inputOf({ ...options, mixer: "vdn", networks }, moment, agent, before);
        const prefix = `agents.${networks[agent].network}.`;
        const step = utilityReference(tensors, prefix, options.recurrent, input, states[agent]);
        states[agent] = step.memory;
        return step.utilities;
      });
      before = heads.map(({ agent, first, size }) => {
        const legal = Array.from({ length: size }, (_, k) => k).filter(
          (k) => moment.masks[agent][first + k] === 1,
        );
        return legal.reduce((a, b) => (utilities[agent][first + b] > utilities[agent][first + a] ? b : a));
      });
      for (let copy = 0; copy < COPIES; copy++) {
        assert.equal([...actions.subarray(copy * heads.length, (copy + 1) * heads.length)], before);
        assert.is(memory[copy * algorithm.memorySize], t + 1);
      }
    }
  });
}

test("random choices are legal, and each agent's come from a stream of its own", () => {
  const [moment] = plainEpisodes(batches)[0].moments;
  const draw = (algorithm: QmixAlgorithm) => {
    const actions = new Int32Array(COPIES * heads.length);
    algorithm.act(situationAt(moment, new Float32Array(COPIES * algorithm.memorySize)), actions, false);
    return [...actions];
  };
  const algorithm = make();
  for (let i = 0; i < 30; i++) {
    for (const [k, action] of draw(algorithm).entries()) {
      const { agent, first } = heads[k % heads.length];
      assert.is(moment.masks[agent][first + action], 1);
    }
  }
  const { facts } = make().save();
  const streams = facts.exploring as number[][];
  assert.is(new Set(streams.map(String)).size, 3);
});

test("updates begin when the memory has a batch, one for each episode that finished, or as many as asked", () => {
  const finished = batches.map(
    (batch) => batch.terminated.filter((end, row) => end + batch.truncated[row] > 0).length,
  );
  const plain = plainEpisodes(batches.slice(0, 1)).length;
  for (const [updatesPerEpisode, batchEpisodes] of [
    [1, 4],
    [0.4, 4],
    [2, plain + 1],
  ]) {
    let [earned, episodes] = [0, 0];
    for (const [i, { details = {} }] of train(make({ updatesPerEpisode, batchEpisodes })).entries()) {
      earned += finished[i] * updatesPerEpisode;
      episodes += finished[i];
      const expected = episodes < batchEpisodes ? 0 : Math.floor(earned);
      earned -= Math.floor(earned);
      assert.is(details.updates, expected);
      assert.is(details.replayEpisodes, episodes);
      assert.is("loss" in details, expected > 0);
    }
  }
});

test("metrics are whole and finite; there is no KL, entropy or critic to speak of", () => {
  const algorithm = make();
  const metrics = train(algorithm);
  for (const { details, warnings, ...rest } of metrics) {
    assert.equal(Object.keys(details ?? {}), [
      ...["loss", "tdError", "qTaken", "targetMean", "gradientNorm"],
      ...["epsilon", "replayEpisodes", "updates"],
    ]);
    assert.ok(Object.values(details ?? {}).every(Number.isFinite));
    assert.equal(warnings, []);
    assert.equal(rest, {});
  }
  const epsilons = metrics.map(({ details = {} }) => details.epsilon as number);
  for (const [i, epsilon] of epsilons.entries()) close(epsilon, 1 - (0.95 * 60 * i) / 400, 1e-12);
  close(algorithm.epsilon, 1 - (0.95 * 240) / 400, 1e-12);
});

test("hard targets are copies of the past that jump after so many episodes", () => {
  const algorithm = make({ targetEpisodes: 1 });
  const start = algorithm.target;
  train(algorithm, 0, 1);
  sameBits(algorithm.target, algorithm.parameters);
  assert.not.equal(algorithm.parameters, start);
  const patient = make({ targetEpisodes: 1000 });
  train(patient);
  sameBits(patient.target, start);
});

test("soft targets follow by τ after each update", () => {
  const finished = plainEpisodes(batches.slice(0, 1)).length;
  const soft = { targetUpdate: "soft", targetRate: 0.25 } as const;
  const [none, one] = [
    make({ ...soft, updatesPerEpisode: 0.5 / finished }),
    make({ ...soft, updatesPerEpisode: 1.5 / finished }),
  ];
  const start = one.target;
  train(none, 0, 1);
  sameBits(none.target, start, "no update yet");
  const [{ details = {} }] = train(one, 0, 1);
  assert.is(details.updates, 1);
  for (const [i, value] of one.target.entries()) {
    close(value, start[i] + 0.25 * (one.parameters[i] - start[i]), 1e-7);
  }
});

for (const options of [
  { updatesPerEpisode: 0.7 },
  { optimiser: "adam", recurrent: false, mixer: "vdn" },
] as const) {
  test(`same seed, same bits, on WASM kernels and their plain twins: ${JSON.stringify(options)}`, () => {
    const [wasm, twins, other] = [
      make(options),
      make(options, 3, { kernels: "reference" }),
      make(options, 4),
    ];
    for (const algorithm of [wasm, twins, other]) train(algorithm);
    sameBits(bits(wasm), bits(twins));
    assert.not.equal(bits(wasm), bits(other));
  });

  test(`saved in the middle and loaded elsewhere it goes on to the same bits: ${JSON.stringify(options)}`, () => {
    const straight = make(options);
    train(straight, 0, 2);
    const { tensors, facts } = straight.save();
    const resumed = make(options, 99);
    resumed.load({ tensors: structuredClone(tensors), facts: JSON.parse(JSON.stringify(facts)) });
    assert.equal(train(resumed, 2), train(straight, 2));
    assert.equal(resumed.save(), straight.save());
  });
}

test("an update that meets numbers that are not finite says where and changes nothing", () => {
  const algorithm = make();
  train(algorithm, 0, 2);
  const before = algorithm.save();
  const huge = structuredClone(batches[2]);
  huge.agents[1].rewards.fill(1e30);
  assert.throws(
    () => algorithm.update(huge),
    (error: unknown) =>
      error instanceof NonFiniteError && /^update \d+ of \d+: temporal-difference loss: /.test(error.message),
  );
  assert.equal(algorithm.save(), before);
});

test("a state of other sizes is refused and changes nothing", () => {
  const [algorithm, other] = [make(), make({ hiddenSize: 7 })];
  const before = algorithm.save();
  assert.throws(() => algorithm.load(other.save()), /shape/);
  assert.equal(algorithm.save(), before);
});

test("memory does not grow over updates, and an agent's choices fit its heads", () => {
  const arena = createArena();
  const settings = validate(qmixSchema, small, "options");
  const algorithm = new QmixAlgorithm(team, settings, Random.fromSeed(1), arena);
  train(algorithm);
  const { used } = arena;
  for (const batch of batches) algorithm.update(batch);
  assert.is(arena.used, used);
  assert.equal(
    algorithm.networks.groups.map((group) => group.choices),
    [choices[0], choices[2]],
  );
});

test("a memory without room for an update's episodes, and the other optimiser's state, are refused", () => {
  refuses(() => make({ replayEpisodes: 3 }), "replayEpisodes is 3", "takes 4 episodes");
  make({ replayEpisodes: 4 });
  const [adam, rmsprop] = (["adam", "rmsprop"] as const).map((optimiser) => make({ optimiser }));
  refuses(() => rmsprop.load(adam.save()), 'optimiser "adam", not "rmsprop"');
  refuses(() => adam.load(rmsprop.save()), 'optimiser "rmsprop", not "adam"');
});

test.run();
