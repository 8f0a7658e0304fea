/** Checkpoints come back whole; everything else is a CheckpointError that names the file. */

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, encodeSafetensors, type FileTensor } from "../../src/formats/safetensors.ts";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  requireSameFunction,
  requireSameTask,
} from "../../src/training/checkpoint.ts";
import type { LearnerState } from "../../src/training/learner.ts";
import { version } from "../../src/training/version.ts";
import { CheckpointError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";
import { discreteTask } from "../support/task.ts";

const task = discreteTask({ agents: ["a", "b"], observationSizes: [2, 4], headSizes: [[3], [2, 4]] });
const about = { algorithm: "fake", task, settings: { seed: 1, options: { gamma: 0.9 } } };
const state: LearnerState = {
  iteration: 3,
  environmentSteps: 180,
  collector: { iteration: 3, random: [1, -2], copies: [{ velocity: -0 }, { velocity: 5e-324 }] },
  algorithm: {
    tensors: { "policy/w": { shape: [2, 2], values: Float32Array.of(1, -0, 3, 4) } },
    facts: { random: [1, 2, -3] },
  },
};
const bytes = await encodeCheckpoint(state, about);

test("state, task, settings and version come back exactly", async () => {
  const checkpoint = await decodeCheckpoint(bytes, "file");
  assert.equal(checkpoint, { ...about, version, state });
  const [first] = checkpoint.state.collector.copies as { velocity: number }[];
  assert.ok(Object.is(first.velocity, -0));
  assert.ok(Object.is(checkpoint.state.algorithm.tensors["policy/w"].values[1], -0));
});

test("equal states give equal bytes", async () => {
  assert.equal(await encodeCheckpoint(structuredClone(state), about), bytes);
});

test("an environment that cannot save leaves no copies behind", async () => {
  const without = { ...state, collector: { iteration: 3, random: [1] } };
  const checkpoint = await decodeCheckpoint(await encodeCheckpoint(without, about), "file");
  assert.equal(checkpoint.state.collector, { iteration: 3, random: [1] });
});

/** The same file with something else in it. */
async function altered(change: (tensors: Map<string, FileTensor>, metadata: Map<string, string>) => void) {
  const { tensors, metadata } = await decodeSafetensors(bytes);
  const copies = [new Map(tensors), new Map(metadata)] as const;
  change(...copies);
  return encodeSafetensors(...copies);
}
const json = (text: string): FileTensor => {
  const values = new TextEncoder().encode(text);
  return { shape: [values.length], values };
};

const STATE = "marlstone.state";
const faults: Record<string, readonly [Parameters<typeof altered>[0], RegExp]> = {
  "another format": [
    (_, metadata) => metadata.set("format", "other"),
    /^f\.st: .*no checkpoint of this version/,
  ],
  "no state": [(tensors) => tensors.delete(STATE), /no checkpoint/],
  "a state of numbers": [
    (tensors) => tensors.set(STATE, { shape: [1], values: new Float32Array(1) }),
    /no checkpoint/,
  ],
  "a state that is no JSON": [
    (tensors) => tensors.set(STATE, json("{")),
    /The state in the checkpoint cannot be read/,
  ],
  "a state with a missing field": [(tensors) => tensors.set(STATE, json('{"iteration":1}')), /The state/],
  "a negative counter": [
    (tensors) =>
      tensors.set(
        STATE,
        json('{"iteration":-1,"environmentSteps":0,"collector":{"iteration":0,"random":[]},"facts":{}}'),
      ),
    /The state/,
  ],
  "a task that is no JSON": [(_, metadata) => metadata.set("task", "?"), /The task/],
  "no settings": [(_, metadata) => metadata.delete("settings"), /The settings/],
  "a tensor of f64": [
    (tensors) => tensors.set("x", { shape: [1], values: new Float64Array(1) }),
    /"x" .* not F32/,
  ],
};
for (const [title, [change, message]] of Object.entries(faults)) {
  test(`refuses ${title}`, async () => {
    const file = await altered(change as Parameters<typeof altered>[0]);
    await rejects(() => decodeCheckpoint(file, "f.st"), CheckpointError, message);
  });
}

test("refuses a file whose digest was taken away", async () => {
  const text = new TextDecoder("latin1").decode(bytes).replace("marlstone.sha256", "marlstone.sha255");
  const file = Uint8Array.from(text, (character) => character.charCodeAt(0));
  await rejects(() => decodeCheckpoint(file, "f.st"), CheckpointError, /lost the SHA-256/);
});

test("any flipped byte is found", async () => {
  const property = fc.asyncProperty(
    fc.nat(bytes.length - 1),
    fc.integer({ min: 1, max: 255 }),
    async (at, mask) => {
      const file = bytes.slice();
      file[at] ^= mask;
      await rejects(() => decodeCheckpoint(file, "f.st"), CheckpointError, /^f\.st: /);
    },
  );
  await fc.assert(property, { numRuns: 1000 });
});

test("parameters are not loaded into networks that make something else of them", async () => {
  const settings = (options: object) => ({ options, seed: 1 });
  const tanh = { settings: settings({ meanForm: "tanh", activation: "relu" }) };
  requireSameFunction(tanh, settings({ meanForm: "tanh", activation: "relu", gamma: 1 }), "f.st");
  requireSameFunction({ settings: settings({}) }, settings({ meanForm: "tanh" }), "f.st");
  const message = /f\.st was saved with meanForm "tanh", this model has "linear"/;
  await rejects(
    () => requireSameFunction(tanh, settings({ meanForm: "linear" }), "f.st"),
    CheckpointError,
    message,
  );
  await rejects(
    () => requireSameFunction(tanh, settings({ activation: "selu" }), "f.st"),
    CheckpointError,
    /activation/,
  );
});

test("another task is named by its first difference", async () => {
  const checkpoint = await decodeCheckpoint(bytes, "f.st");
  requireSameTask(checkpoint, "fake", task, "f.st");
  const others = [
    ["other", task, /algorithm is "fake" in the checkpoint, "other" in this model/],
    ["fake", { ...task, agents: ["a"] }, /task\.agents\.1 is "b" in the checkpoint, absent/],
    ["fake", { ...task, headSizes: [[3], [2, 5]] }, /task\.headSizes\.1\.1 is 4 in the checkpoint, 5/],
  ] as const;
  for (const [algorithm, other, message] of others) {
    await rejects(() => requireSameTask(checkpoint, algorithm, other, "f.st"), CheckpointError, message);
  }
});

test.run();
