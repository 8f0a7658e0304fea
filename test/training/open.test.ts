/** What was saved is opened without saying again how it was made. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { MappoOptions } from "../../src/algorithms/policy-optimisation/mappo.ts";
import { makeEnvironment } from "../../src/environments/registry.ts";
import { Matrpo } from "../../src/training/matrpo.ts";
import type { ModelOptions } from "../../src/training/model.ts";
import { openRun } from "../../src/training/open-run.ts";
import { Happo, Mappo } from "../../src/training/policy-optimisation.ts";
import { Qmix } from "../../src/training/qmix.ts";
import { CheckpointError, InvalidInputError } from "../../src/validation/errors.ts";
import { marlstone, tiny } from "../support/command-line.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const game = makeEnvironment("matrix/two-step");
const options: MappoOptions & ModelOptions = {
  ...{ hiddenSizes: [5], activation: "tanh", recurrent: true, sharing: "shared", chunkLength: 5 },
  ...{ stepsPerIteration: 20, environmentCopies: 2, epochs: 1, criticEpochs: 1, seed: 7, threads: 1 },
};
const trained = await new Mappo(game, options).learn(20);
const bytes = await trained.toBytes();

test("a model is opened from bytes with the options and the seed of the file, and learns on to the same bits", async () => {
  const opened = await Mappo.open(game, bytes, { threads: 1 });
  assert.instance(opened, Mappo);
  assert.is(opened.iteration, 1);
  assert.equal(await opened.toBytes(), bytes);
  await trained.learn(20);
  await opened.learn(20);
  assert.equal(await opened.toBytes(), await trained.toBytes());
});

test("options that do not shape networks may differ, others are refused by name", async () => {
  const slower = await Mappo.open(game, bytes, { learningRate: 1e-5, threads: 1 });
  assert.is(slower.iteration, 1);
  assert.not.equal(await (await slower.learn(20)).toBytes(), await trained.toBytes());
  const networks: [MappoOptions, RegExp][] = [
    [{ hiddenSizes: [4] }, /checkpoint was saved with hiddenSizes \[5\], this model has \[4\]/],
    [{ sharing: "separate" }, /was saved with sharing "shared"/],
    [{ recurrent: false }, /make the model with recurrent: true, or with open\(\)/],
  ];
  for (const [changes, message] of networks) {
    await rejects(() => Mappo.open(game, bytes, { ...changes, threads: 1 }), CheckpointError, message);
  }
  const copies = () => Mappo.open(game, bytes, { environmentCopies: 1, threads: 1 });
  await rejects(copies, CheckpointError, /environmentCopies is 2 in the file, 1 in this model/);
  const preset = { preset: "paper" } as object;
  await rejects(() => Mappo.open(game, bytes, preset), InvalidInputError, /not from a preset/);
});

test("files of other algorithms, tasks and programs are refused", async () => {
  await rejects(() => Qmix.open(game, bytes), CheckpointError, /saved by mappo of version .*options of qmix/);
  await rejects(() => Happo.open(game, bytes), CheckpointError, /mappo/);
  const other = makeEnvironment("matrix/climbing");
  await rejects(() => Mappo.open(other, bytes), CheckpointError, /checkpoint belongs to another task/);
  await rejects(() => Mappo.open(game, bytes.subarray(0, 99)), CheckpointError, /checkpoint: /);
  await rejects(() => Mappo.open(game, "nowhere"), InvalidInputError, /nowhere cannot be read/);
  await rejects(() => openRun(bytes), InvalidInputError, /does not say how its environment is made/);
  const unknown = () => openRun(bytes, { seed: 5, threads: 1 } as object);
  await rejects(unknown, InvalidInputError, /options of openRun: unknown key "seed"/);
});

test("bytes may be an array or a buffer, files may be named by a URL", () =>
  inFolder(async (folder) => {
    const file = pathToFileURL(join(folder, "model of two.safetensors"));
    await writeFile(file, bytes);
    const padded = new Uint8Array([1, 2, ...bytes, 3]).subarray(2, -1);
    const realm = runInNewContext("Uint8Array.from(bytes).buffer", { bytes });
    for (const from of [bytes.buffer, padded, realm, file]) {
      const opened = await Mappo.open(game, from, { threads: 1 });
      assert.equal(await opened.toBytes(), bytes);
    }
    const model = await new Mappo(game, options).fromBytes(bytes.buffer);
    assert.equal(await model.toBytes(), bytes);
  }));

test("what is neither a file nor bytes is refused by what it is", async () => {
  const model = new Mappo(game, options);
  for (const from of [undefined, null, 7, {}, [1, 2]] as unknown[] as Uint8Array[]) {
    await rejects(() => Mappo.open(game, from), InvalidInputError, /cannot be opened from .*give the path/);
    await rejects(() => openRun(from), InvalidInputError, /cannot be opened from/);
    await rejects(() => model.fromBytes(from), InvalidInputError, /^fromBytes\(.*an ArrayBuffer$/);
  }
  const text = "abc" as unknown as Uint8Array;
  await rejects(() => model.fromBytes(text), InvalidInputError, /^fromBytes\("abc"\)/);
  const page = new URL("https://example.org/model.safetensors");
  await rejects(() => openRun(page), InvalidInputError, /example\.org\/model.*response\.arrayBuffer\(\)/);
});

test("the run of a command line is opened from its directory, a file in it, or bytes, with its environment", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await marlstone(["train", ...tiny, "--iterations", "1", "--out", run]);
    const file = join(run, "checkpoint.safetensors");
    for (const from of [run, file, new Uint8Array(await readFile(file))]) {
      const model = await openRun(from, { threads: 1 });
      assert.is(model.iteration, 1);
      assert.is((await model.evaluate({ episodes: 2 })).episodes, 2);
    }
    assert.is((await openRun(run, { threads: undefined } as object)).iteration, 1);
    await rejects(() => openRun(run, { threads: 0 }), CheckpointError, /threads is 0/);
    const { environment, environmentOptions } = JSON.parse(await readFile(join(run, "config.json"), "utf8"));
    const model = await Matrpo.open(makeEnvironment(environment, environmentOptions), run);
    assert.is((await model.learn(1)).iteration, 2);
  }));

test.run();
