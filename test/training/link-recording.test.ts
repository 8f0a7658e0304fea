/** Recordings on disk: the same bytes wherever a run was stopped, nothing of a failed iteration, training untouched. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LinkRecording, openLinkLog } from "../../src/training/link-recording.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import { resolveRun } from "../../src/training/run-config.ts";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { makeLearner } from "../../src/training/setup.ts";
import { resume, train } from "../../src/training/trainer.ts";
import { InvalidInputError, NonFiniteError } from "../../src/validation/errors.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const config = (changes: object = {}) =>
  resolveRun({
    environmentOptions: { agents: 3, episodeLimit: 10 },
    options: { hiddenSizes: [6], stepsPerIteration: 40, environmentCopies: 2, admmIterations: 4 },
    iterations: 5,
    ...changes,
  });

/** Files of a run called `name`. */
const places = (folder: string, name: string) => ({
  run: join(folder, name),
  links: join(folder, `${name}-links`, "all.jsonl"),
  checkpoint: join(folder, name, "checkpoint.safetensors"),
});

async function start(
  folder: string,
  name: string,
  changes: object = {},
  onIteration = (_: IterationMetrics) => {},
) {
  const { run, links } = places(folder, name);
  const learner = makeLearner(config(changes));
  const recording = LinkRecording.create(links, learner);
  const directory = await RunDirectory.create(run, config(changes));
  await train(directory, learner, { recording, onIteration });
}

async function goOn(folder: string, name: string, changes: object = {}) {
  const { run, links } = places(folder, name);
  const learner = makeLearner(config(changes));
  const directory = (await RunDirectory.open(run)).with(config(changes));
  const earlier = await resume(directory, learner);
  const recording = await LinkRecording.resume(links, learner);
  await train(directory, learner, { recording }, earlier);
}

/** Reads all of a recording. @returns the iterations of its messages */
async function readAll(links: string): Promise<number[]> {
  const iterations = new Set<number>();
  const { entries } = await openLinkLog(links);
  for await (const entry of entries) if ("message" in entry) iterations.add(entry.message.iteration);
  return [...iterations];
}

test("training learns the same bits with and without a recording", () =>
  inFolder(async (folder) => {
    await start(folder, "heard");
    const learner = makeLearner(config());
    await train(await RunDirectory.create(places(folder, "alone").run, config()), learner);
    const [heard, alone] = ["heard", "alone"].map((name) => readFile(places(folder, name).checkpoint));
    assert.equal(await heard, await alone);
  }));

test("a run stopped after any iteration and resumed leaves the recording of one that was not", () =>
  inFolder(async (folder) => {
    await start(folder, "whole");
    const whole = await readFile(places(folder, "whole").links);
    for (let stop = 1; stop < 5; stop++) {
      await start(folder, `stop-${stop}`, { iterations: stop });
      await goOn(folder, `stop-${stop}`);
      assert.equal(await readFile(places(folder, `stop-${stop}`).links), whole, `stopped after ${stop}`);
    }
  }));

test("a run that dies between checkpoints, in the middle of a line, ends in the same recording", () =>
  inFolder(async (folder) => {
    await start(folder, "whole");
    const whole = await readFile(places(folder, "whole").links);
    for (const [checkpointEvery, dead] of [
      [2, 3],
      [3, 2],
    ]) {
      const name = `dies-in-${dead}`;
      const dies = ({ iteration }: IterationMetrics) => {
        if (iteration === dead) throw new Error("power cut");
      };
      await rejects(() => start(folder, name, { checkpointEvery }, dies), Error, /power cut/);
      const { links } = places(folder, name);
      const written = await readFile(links);
      assert.equal(written, whole.subarray(0, written.length), "all of the last iteration is on the disk");
      await writeFile(links, whole.subarray(written.length, written.length + 200), { flag: "a" });
      await rejects(() => readAll(links), InvalidInputError, /ends in the middle of iteration/);
      await goOn(folder, name, { checkpointEvery });
      assert.equal(await readFile(links), whole);
      await readAll(links);
    }
  }));

test("an iteration that fails leaves nothing", () =>
  inFolder(async (folder) => {
    const { links } = places(folder, "run");
    const learner = makeLearner(config());
    const recording = LinkRecording.create(links, learner);
    await recording.iterate();
    const before = await readFile(links);
    const send = learner.links.ends[2][1].send;
    learner.links.ends[2][1].send = (message) => {
      send(message);
      throw new NonFiniteError("lightning");
    };
    await rejects(() => recording.iterate(), NonFiniteError, /lightning/);
    assert.equal(await readFile(links), before);
    learner.links.ends[2][1].send = send;
    await recording.iterate();
    assert.equal(await readAll(links), [1, 2]);
  }));

test("a recording may begin in the middle of a run, but has no gaps", () =>
  inFolder(async (folder) => {
    const { run, links } = places(folder, "run");
    await train(
      await RunDirectory.create(run, config({ iterations: 2 })),
      makeLearner(config({ iterations: 2 })),
    );
    await goOn(folder, "run", { iterations: 3 });
    assert.equal(await readAll(links), [3]);

    const learner = makeLearner(config({ iterations: 4 }));
    const directory = (await RunDirectory.open(run)).with(config({ iterations: 4 }));
    await train(directory, learner, {}, await resume(directory, learner));
    const before = await readFile(links);
    await rejects(
      () => goOn(folder, "run"),
      InvalidInputError,
      /does not have all of iteration 4.*Give a new file/,
    );
    assert.equal(await readFile(links), before);
  }));

test("a run does not continue a recording from which something before its checkpoint was lost", () =>
  inFolder(async (folder) => {
    await start(folder, "run", { iterations: 2 });
    const { links } = places(folder, "run");
    const lines = (await readFile(links, "utf8")).split("\n").slice(0, -1);
    const end = lines.findIndex((line) => line.includes('"messages"'));
    const spoilt: readonly (readonly [what: string, lines: readonly string[], message: RegExp])[] = [
      ["the first message", lines.toSpliced(1, 1), /line 2: message 2 of iteration 1 stands where message 1/],
      [
        "the first iteration",
        lines.toSpliced(1, end),
        /line 2: message 1 of iteration 2 stands where message 1/,
      ],
      [
        "the last message of the first",
        lines.toSpliced(end - 1, 1),
        /the end of iteration 1 .* stands where/,
      ],
      ["the last message", lines.toSpliced(-2, 1), /the end of iteration 2 .* stands where/],
      ["the last end", lines.slice(0, -1), /does not have all of iteration 2/],
    ];
    for (const [what, left, message] of spoilt) {
      const text = left.map((line) => `${line}\n`).join("");
      await writeFile(links, text);
      await rejects(() => goOn(folder, "run", { iterations: 3 }), InvalidInputError, message);
      await rejects(() => readAll(links), InvalidInputError, /stands where|in the middle of iteration 2/);
      assert.is(await readFile(links, "utf8"), text, `${what}: the file`);
    }
  }));

test("files that are there, another team's and algorithms without links are refused", () =>
  inFolder(async (folder) => {
    await start(folder, "run", { iterations: 1 });
    const { links } = places(folder, "run");
    assert.throws(() => LinkRecording.create(links, makeLearner(config())), /exists already.*--resume/);
    const star = { options: { ...config().options, topology: "star" } };
    const other = makeLearner(config(star));
    await rejects(
      () => LinkRecording.resume(links, other),
      InvalidInputError,
      /another team: links\.1\.0 is 1/,
    );
    const fake = makeLearner(fakeConfig(), fakeCatalogue);
    const never = join(folder, "never.jsonl");
    assert.throws(() => LinkRecording.create(never, fake), /fake send each other nothing/);
    assert.not(existsSync(never));
  }));

test.run();
