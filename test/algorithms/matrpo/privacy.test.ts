/**
 * What a recording of the links shows after real runs on navigation: declared messages of the declared sizes, and no
 * run of four numbers, to the bit, of what an agent keeps to itself. docs/guide/privacy.md
 */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { messageKinds } from "../../../src/algorithms/matrpo/link.ts";
import { MatrpoAlgorithm } from "../../../src/algorithms/matrpo/matrpo.ts";
import type { MatrpoOptions } from "../../../src/algorithms/matrpo/options.ts";
import type { LinkLogHeader, LoggedMessage } from "../../../src/formats/link-log.ts";
import { Random } from "../../../src/tensor/random.ts";
import { LinkRecording, openLinkLog } from "../../../src/training/link-recording.ts";
import { resolveRun } from "../../../src/training/run-config.ts";
import { RunDirectory } from "../../../src/training/run-directory.ts";
import { makeLearner } from "../../../src/training/setup.ts";
import { train } from "../../../src/training/trainer.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";
import { keepParameters, keepSecrets, leaks, type Secrets, windows } from "../../support/secrets.ts";
import { inFolder } from "../../support/temporary.ts";

const AGENTS = 3;
const ROWS = 120;
const HEADS = AGENTS;
const ITERATIONS = 3;

interface Run {
  readonly header: LinkLogHeader;
  readonly messages: readonly LoggedMessage[];
  readonly secrets: Secrets;
}

/** Trains in a folder and reads what was recorded; what every agent owns is kept beside. */
async function learn(folder: string, given: MatrpoOptions): Promise<Run> {
  const options = { hiddenSizes: [12, 10], valueEpochs: 1, environmentCopies: 4, stepsPerIteration: ROWS };
  const config = resolveRun({
    environmentOptions: { agents: AGENTS, episodeLimit: 25 },
    options: { ...options, ...given },
    iterations: ITERATIONS,
    seed: 2,
  });
  const learner = makeLearner(config);
  const { algorithm } = learner;
  if (!(algorithm instanceof MatrpoAlgorithm)) throw new Error("matrpo expected");
  const secrets: Secrets = new Map();
  const update = algorithm.update.bind(algorithm);
  algorithm.update = (batch) => {
    keepSecrets(secrets, `update ${learner.iteration + 1}`, batch, algorithm);
    return update(batch);
  };
  const path = join(folder, "links.jsonl");
  const directory = await RunDirectory.create(join(folder, "run"), config);
  await train(directory, learner, { recording: LinkRecording.create(path, learner) });
  keepParameters(secrets, "the end", algorithm);
  const { header, entries } = await openLinkLog(path);
  const messages: LoggedMessage[] = [];
  for await (const entry of entries) if ("message" in entry) messages.push(entry.message);
  return { header, messages, secrets };
}

const content = (messages: readonly LoggedMessage[]) => messages.map(({ values }) => values);

const settings: readonly MatrpoOptions[] = [
  {},
  { consensus: "joint", advantageNormalisation: "global", initialMultiplier: 1 },
  { exchange: "nonlinear", thetaStep: "boundary", solver: "conjugate-gradient" },
];

for (const options of settings) {
  test(`only declared messages and nothing private crosses with ${JSON.stringify(options)}`, () =>
    inFolder(async (folder) => {
      const { header, messages, secrets } = await learn(folder, options);
      assert.equal(leaks(content(messages), secrets, HEADS), new Set());
      assert.equal(header.kinds, messageKinds);

      const size = options.consensus === "joint" ? ROWS : ROWS * HEADS;
      const count = (kind: keyof typeof messageKinds) =>
        messages.filter((message) => {
          if (message.kind !== kind) return false;
          assert.is(
            typeof message.values === "number" ? 1 : message.values.length,
            kind === "log-ratio" ? size : 1,
          );
          return true;
        }).length;
      const means = options.advantageNormalisation === "global" ? 18 : 0;
      assert.is(count("log-ratio"), 3 * (2 * 12 + 2 * 3), "12 activations and the closing exchange, 3 times");
      assert.is(count("advantage-scale"), 18, "one a link, direction and update");
      assert.is(count("advantage-mean"), means);
      assert.is(messages.length, 3 * (2 * 12 + 2 * 3) + 18 + means, "and nothing else");
    }));
}

test("the search finds four planted numbers of every secret, in a row or in the column of a head", () =>
  inFolder(async (folder) => {
    const { messages, secrets } = await learn(folder, {});
    const carrier = messages.find(({ kind }) => kind === "log-ratio")?.values;
    if (!(carrier instanceof Float32Array)) throw new Error("a vector expected");
    let planted = 0;
    for (const [name, values] of secrets) {
      const alone = new Map([[name, values]]);
      const [run] = windows(values);
      if (run === undefined) continue; // zero biases and moments of the first update, rewards without collision
      const four = new Float32Array(Uint32Array.from(run.split(","), Number).buffer);
      for (const stride of [1, HEADS]) {
        const altered = carrier.slice();
        for (const [k, value] of four.entries()) altered[17 + k * stride] = value;
        assert.equal(leaks([altered], alone, HEADS), new Set([name]));
        planted++;
      }
      assert.equal(leaks([four[0], 0.1], alone, HEADS), new Set([name]), "a scalar");
    }
    assert.ok(planted > 2 * 100, `${planted} tried`);
  }));

test("a vector that crosses is no view: it hands over no memory behind it", async () => {
  const algorithm = new MatrpoAlgorithm(taskShape(3), { hiddenSizes: [5] }, Random.fromSeed(1));
  const batch = randomBatch(taskShape(3), 4, 10);
  let vectors = 0;
  algorithm.links.listen((message) => {
    if (message.kind !== "log-ratio") return;
    assert.is(message.values.buffer.byteLength, 4 * batch.actions.length);
    vectors++;
  });
  algorithm.update(batch);
  assert.is(vectors, 30);
});

test.run();
