/**
 * What crosses the links while agents learn to navigate: declared messages of the declared sizes, and no run of four
 * numbers, to the bit, of what an agent keeps to itself.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { normaliseAdvantages } from "../../../src/algorithms/matrpo/advantage-normalisation.ts";
import type { LinkMessage } from "../../../src/algorithms/matrpo/link.ts";
import { MatrpoAlgorithm } from "../../../src/algorithms/matrpo/matrpo.ts";
import type { MatrpoOptions } from "../../../src/algorithms/matrpo/options.ts";
import { ring } from "../../../src/algorithms/matrpo/topology.ts";
import { cooperativeNavigation } from "../../../src/environments/particle/cooperative-navigation.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { type MlpShape, mlpLayout, predictMlp } from "../../../src/nn/mlp.ts";
import { flatten } from "../../../src/nn/parameters.ts";
import { estimateAdvantages } from "../../../src/rollouts/advantages.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Collector } from "../../../src/rollouts/collector.ts";
import { Random } from "../../../src/tensor/random.ts";
import { taskShape } from "../../../src/training/learner.ts";
import { gossipLinks } from "../../support/neighbourhood.ts";

const arena = createArena();
const AGENTS = 3;
const COPIES = 4;
const ROWS = 120;
const HEADS = AGENTS;
const hiddenSizes = [12, 10];

interface Run {
  readonly messages: readonly LinkMessage[];
  /** By name. */
  readonly secrets: ReadonlyMap<string, Float32Array>;
}

/** Three updates on batches that the algorithm collected itself. */
async function learn(options: MatrpoOptions): Promise<Run> {
  const messages: LinkMessage[] = [];
  const secrets = new Map<string, Float32Array>();
  const random = Random.fromSeed(2);
  const environment = vectorise(cooperativeNavigation({ agents: AGENTS, episodeLimit: 25 }), {
    copies: COPIES,
  });
  const collector = new Collector(environment, ROWS, random.derive("collector"));
  const settings = { hiddenSizes, valueEpochs: 1, ...options };
  const record = (message: LinkMessage) => messages.push(structuredClone(message));
  const task = taskShape(environment.spec);
  const algorithm = new MatrpoAlgorithm(task, settings, random.derive("algorithm"), record, arena);
  for (let update = 0; update < 3; update++) {
    const batch = structuredClone(await collector.collect(algorithm));
    keep(secrets, `update ${update}`, batch, algorithm);
    algorithm.update(batch);
  }
  keepParameters(secrets, "the end", algorithm);
  return { messages, secrets };
}

/** Everything private that an update uses, the intermediate results computed again from what the agents own. */
function keep(secrets: Map<string, Float32Array>, when: string, batch: Batch, algorithm: MatrpoAlgorithm) {
  const { settings } = algorithm;
  const { tensors } = algorithm.save();
  const advantages = batch.agents.map((own, i) => {
    const { observations, cutObservations, rewards } = own;
    const sizes = [observations.length / batch.rows, ...hiddenSizes, 1];
    const shape: MlpShape = { sizes, activation: settings.activation };
    const parameters = flatten(mlpLayout(shape, `agents.${i}.value.`), tensors);
    const values = predictMlp(arena, shape, parameters, observations, batch.rows);
    const cutValues = predictMlp(arena, shape, parameters, cutObservations, batch.cuts.length);
    const estimates = estimateAdvantages(arena, batch, rewards, values, cutValues, settings);
    for (const [name, array] of Object.entries({ ...own, values, cutValues, ...estimates })) {
      secrets.set(`${name} of agent ${i}, ${when}`, array);
    }
    return estimates.advantages;
  });
  const mode = settings.advantageNormalisation;
  const scaled = normaliseAdvantages(advantages, mode, { links: gossipLinks(ring(AGENTS)), rounds: 1 });
  for (const [i, own] of scaled.entries()) {
    secrets.set(`normalised advantages of agent ${i}, ${when}`, own);
    secrets.set(
      `normalised advantages of agent ${i} for every head, ${when}`,
      Float32Array.from({ length: ROWS * HEADS }, (_, m) => own[Math.floor(m / HEADS)]),
    );
  }
  keepParameters(secrets, when, algorithm);
}

/** Networks and moments of the optimisers. */
function keepParameters(secrets: Map<string, Float32Array>, when: string, algorithm: MatrpoAlgorithm) {
  for (const [name, { values }] of Object.entries(algorithm.save().tensors)) {
    secrets.set(`${name}, ${when}`, values);
  }
}

/** The bytes of every run of four values that are `stride` apart, except runs of one value. */
function* windows(values: Float32Array, stride = 1): Generator<string> {
  const words = new Uint32Array(values.slice().buffer);
  for (let start = 0; start + 3 * stride < words.length; start++) {
    const four = [0, 1, 2, 3].map((k) => words[start + k * stride]);
    if (four.some((word) => word !== four[0])) yield four.join();
  }
}

/** The secrets, by name, of which a message shows a run, in its order or in the column of a head. */
function leaks(messages: readonly LinkMessage[], secrets: Run["secrets"]): string[] {
  const owners = new Map<string, string>();
  for (const [name, values] of secrets) for (const run of windows(values)) owners.set(run, name);
  const found = new Set<string>();
  for (const message of messages) {
    if (message.kind !== "log-ratio") continue;
    for (const stride of [1, HEADS]) {
      for (const run of windows(message.values, stride)) {
        const owner = owners.get(run);
        if (owner !== undefined) found.add(owner);
      }
    }
  }
  return [...found];
}

const settings: readonly MatrpoOptions[] = [
  {},
  { consensus: "joint", advantageNormalisation: "global", initialMultiplier: 1 },
  { exchange: "nonlinear", thetaStep: "boundary", solver: "conjugate-gradient" },
];

for (const options of settings) {
  test(`no observation, reward, value, advantage or parameter crosses with ${JSON.stringify(options)}`, async () => {
    const { messages, secrets } = await learn(options);
    assert.equal(leaks(messages, secrets), []);

    const numbers = new Set([...secrets.values()].flatMap((values) => [...values]));
    const size = options.consensus === "joint" ? ROWS : ROWS * HEADS;
    for (const message of messages) {
      if (message.kind === "log-ratio") {
        assert.equal(Object.keys(message), ["kind", "values"]);
        assert.instance(message.values, Float32Array);
        assert.is(message.values.length, size);
        // A view would hand over the memory behind it.
        assert.is(message.values.buffer.byteLength, 4 * size);
      } else {
        assert.equal(Object.keys(message), ["kind", "value"]);
        assert.type(message.value, "number");
        assert.not.ok(numbers.has(message.value), `${message.kind} is one of the agent's own numbers`);
      }
    }
    const kinds = messages.map(({ kind }) => kind);
    const count = (kind: LinkMessage["kind"]) => kinds.filter((other) => other === kind).length;
    const means = options.advantageNormalisation === "global" ? 18 : 0;
    assert.is(count("log-ratio"), 3 * (2 * 12 + 2 * 3), "12 activations and the closing exchange, 3 times");
    assert.is(count("advantage-scale"), 18, "one a link, direction and update");
    assert.is(count("advantage-mean"), means);
  });
}

test("the search finds four planted numbers of every secret, in a row or in the column of a head", async () => {
  const { messages, secrets } = await learn({});
  const carrier = messages.find((message) => message.kind === "log-ratio");
  assert.ok(carrier?.kind === "log-ratio");
  let planted = 0;
  for (const [name, values] of secrets) {
    const [run] = windows(values);
    if (run === undefined) continue; // zero biases and moments of the first update, rewards without collision
    const four = new Float32Array(Uint32Array.from(run.split(","), Number).buffer);
    for (const stride of [1, HEADS]) {
      const altered = carrier.values.slice();
      for (const [k, value] of four.entries()) altered[17 + k * stride] = value;
      const found = leaks([{ kind: "log-ratio", values: altered }], new Map([[name, values]]));
      assert.equal(found, [name]);
      planted++;
    }
  }
  assert.ok(planted > 2 * 100, `${planted} tried`);
});

test.run();
