/** A run that was saved after any iteration and continued elsewhere ends in the bits of one that never stopped. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";
import { inProcess } from "./apart.ts";
import type { Unfinished } from "./finish-apart.ts";
import {
  hashTensors,
  learnIterations,
  makeShortRun,
  type ShortRunName,
  savedHash,
  shortRunNames,
  shortRuns,
} from "./short-runs.ts";

const ITERATIONS = 5;
const STOPS = [1, 2, 4];

async function trainWhole(name: ShortRunName): Promise<string> {
  const model = makeShortRun(name);
  await learnIterations(model, name, ITERATIONS);
  return savedHash(model);
}

test("a model that saves on its way and models that load it in another process end alike", () =>
  inFolder(async (folder) => {
    const unfinished: Unfinished[] = [];
    const expected: string[] = [];
    for (const name of shortRunNames) {
      const whole = await trainWhole(name);
      const model = makeShortRun(name);
      for (const stop of STOPS) {
        await learnIterations(model, name, stop - model.iteration);
        const checkpoint = join(folder, `${name}-${stop}.safetensors`);
        await model.save(checkpoint);
        unfinished.push({ name, checkpoint, iterations: ITERATIONS });
        expected.push(whole);
      }
      await learnIterations(model, name, ITERATIONS - model.iteration);
      assert.is(await savedHash(model), whole, `${name}: saved on its way`);
    }
    assert.equal(await inProcess<string[]>("finish-apart.ts", unfinished), expected);
  }));

test("a model goes back to what it loads, whatever it learned since", () =>
  inFolder(async (folder) => {
    const path = join(folder, "two.safetensors");
    const model = makeShortRun("default");
    await learnIterations(model, "default", 2);
    await model.save(path);
    await learnIterations(model, "default", 1);
    const once = await savedHash(model);
    await model.load(path);
    await learnIterations(model, "default", 1);
    assert.is(await savedHash(model), once);
  }));

/** Tensors of the checkpoint, and the metrics apart from the time they took. */
async function contents(run: string) {
  const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  const metrics = lines.map((line) => {
    const { seconds: _, ...rest } = JSON.parse(line);
    return rest;
  });
  return { sha256: await hashTensors(await readFile(join(run, "checkpoint.safetensors"))), metrics };
}

for (const name of ["default", "central", "independent"] as const) {
  test(`train --resume ends in the same tensors and metrics after any stop: ${name}`, () =>
    inFolder(async (folder) => {
      const { algorithm, agents, options } = shortRuns[name];
      const set = Object.entries(options).flatMap(([key, value]) => [
        "--set",
        `${key}=${JSON.stringify(value)}`,
      ]);
      const settings = ["--algorithm", algorithm, "--agents", `${agents}`, ...set];
      const train = async (out: string, iterations: number, ...words: string[]) => {
        const start = ["train", "--out", out, "--iterations", `${iterations}`];
        const { code, err } = await marlstone([...start, ...words]);
        assert.is(code, 0, err);
      };
      const whole = join(folder, "whole");
      await train(whole, ITERATIONS, ...settings);
      const expected = await contents(whole);
      assert.is(expected.sha256, await trainWhole(name), "the library learns the same");
      assert.is(expected.metrics.length, ITERATIONS);
      for (const stop of STOPS) {
        const parts = join(folder, `stopped-${stop}`);
        await train(parts, stop, ...settings);
        await train(parts, ITERATIONS, "--resume");
        assert.equal(await contents(parts), expected, `stopped after ${stop}`);
      }
    }));
}

test.run();
