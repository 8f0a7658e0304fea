/** What a person watches: evaluations on the way, the best policy afterwards, event files. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { marlstone, tiny } from "../support/command-line.ts";
import { eventFiles, readBoard } from "../support/event-reader.ts";
import { inFolder } from "../support/temporary.ts";

const watching = ["--evaluate-every", "2", "--evaluate-episodes", "3", "--tensorboard"];
const train = async (out: string, ...words: string[]) => {
  const outcome = await marlstone(["train", ...tiny, "--agents", "2", "--out", out, ...words]);
  assert.is(outcome.code, 0, outcome.err);
  return outcome;
};

test("train evaluates, says so, keeps the best, and evaluate and replay use it", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const { out } = await train(run, "--iterations", "3", ...watching);
    const lines = out.split("\n").filter((line) => line.startsWith("iteration "));
    assert.not.match(lines[0], /evaluated/);
    assert.match(lines[1], / · 0:00 left · return −[\d.]+ · evaluated −[\d.]+ ± [\d.]+ · KL /);
    assert.not.match(lines[2], /evaluated/);
    const [, score, iteration] = /\nBest evaluation: (.*) after iteration (2)\n/.exec(out) ?? [];
    assert.ok(score, out);
    assert.ok(out.includes(`marlstone evaluate ${run} --best\n`));

    const best = await marlstone(["evaluate", run, "--best", "--episodes", "4"]);
    const name = `4 episodes of ${run}, best of iteration ${iteration} (${score} in training) with likeliest `;
    assert.ok(best.out.startsWith(name), best.out);
    const last = JSON.parse((await marlstone(["evaluate", run, "--episodes", "4", "--json"])).out);
    const same = JSON.parse((await marlstone(["evaluate", run, "--best", "--episodes", "4", "--json"])).out);
    assert.is.not(last.return.mean, same.return.mean);
    assert.is((await marlstone(["replay", run, "--best"])).code, 0);

    const curve = await readFile(join(run, "curve.svg"), "utf8");
    assert.match(curve, />evaluation</);
    assert.match(curve, /evaluations: 3 episodes ± standard error/);
  }));

test("the best policy is named by the checkpoint that was played, whatever training writes meanwhile", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await train(path, "--iterations", "2", ...watching);
    const { readCheckpoint } = RunDirectory.prototype;
    let reads = 0;
    RunDirectory.prototype.readCheckpoint = function (which) {
      reads++;
      return readCheckpoint.call(this, which);
    };
    try {
      const { out } = await marlstone(["evaluate", path, "--best", "--episodes", "2"]);
      assert.match(out, /best of iteration 2 \(/);
    } finally {
      RunDirectory.prototype.readCheckpoint = readCheckpoint;
    }
    assert.is(reads, 1);
  }));

test("iterations that hold none to be evaluated are said to be so at the start", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const { err } = await train(run, "--iterations", "2", "--evaluate-every", "3");
    assert.match(
      err,
      /Nothing will be evaluated: no iteration from 1 to 2 is a multiple of --evaluate-every 3/,
    );
    const again = await marlstone(["train", "--resume", "--out", run, "--iterations", "3"]);
    assert.match(again.out, /evaluated/);
    assert.not.match(again.err, /Nothing will be evaluated/);
  }));

test("a number of episodes without a time to play them is said to do nothing", () =>
  inFolder(async (folder) => {
    const words = ["--iterations", "1", "--evaluate-episodes", "5"];
    const { err } = await train(join(folder, "run"), ...words);
    assert.match(err, /\nNothing will be evaluated: .*--evaluate-every K/);
  }));

test("what a file or a run says of events and evaluations can be taken back", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await train(run, "--iterations", "1", "--tensorboard", "--evaluate-sampled");
    const config = async (path: string) => JSON.parse(await readFile(join(path, "config.json"), "utf8"));
    const back = ["--no-tensorboard", "--no-evaluate-sampled"];
    const again = join(folder, "again");
    await marlstone(["train", join(run, "config.json"), "--out", again, ...back]);
    await marlstone(["train", "--resume", "--out", run, "--iterations", "2", ...back]);
    for (const path of [run, again]) {
      const { tensorboard, evaluateDeterministic } = await config(path);
      assert.equal(
        { tensorboard, evaluateDeterministic },
        { tensorboard: false, evaluateDeterministic: true },
      );
    }
    assert.equal(await eventFiles(again), []);
    assert.is((await eventFiles(run)).length, 1);
    await marlstone(["train", "--resume", "--out", run, "--iterations", "3"]);
    assert.is((await config(run)).tensorboard, false, "what no flag names stays");
  }));

test("a resumed run goes on evaluating and writing events as it was told at first", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await train(run, "--iterations", "2", ...watching);
    const { code, out } = await marlstone(["train", "--resume", "--out", run, "--iterations", "4"]);
    assert.is(code, 0);
    assert.match(out, /iteration 4\/4 .* evaluated/);
    assert.is((await eventFiles(run)).length, 2);
    const board = await readBoard(run);
    assert.equal(
      board.get("return")?.map(([step]) => step),
      [100, 200, 300, 400],
    );
    assert.equal(
      board.get("evaluation/return")?.map(([step]) => step),
      [200, 400],
    );
    assert.ok(board.has("kl/agent_0") && board.has("stepScale/agent_1"), [...board.keys()].join());
    const other = await marlstone([
      "train",
      "--resume",
      "--out",
      run,
      "--iterations",
      "5",
      "--evaluate-sampled",
    ]);
    assert.is(other.code, 2);
    assert.match(other.err, /evaluateDeterministic is true in the best checkpoint, false in what you ask/);
  }));

test("a run that is evaluated with sampled actions is evaluated and watched with them afterwards", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await train(run, "--iterations", "1", "--evaluate-sampled");
    const play = async (command: string, ...words: string[]) =>
      (await marlstone([command, run, ...words])).out;
    assert.match(await play("evaluate", "--episodes", "3"), /with sampled actions/);
    assert.is(await play("evaluate", "--sampled"), await play("evaluate"));
    assert.match(await play("evaluate", "--episodes", "3", "--deterministic"), /with likeliest actions/);
    assert.is(await play("replay", "--sampled"), await play("replay"));
    assert.is.not(await play("replay", "--deterministic"), await play("replay"));
  }));

test("without these flags there is nothing of it, and --best says what to do", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const { out } = await train(run, "--iterations", "2");
    assert.not.match(out, /evaluated|Best evaluation|--best/);
    const files = (await readdir(run)).sort();
    assert.equal(files, ["checkpoint.safetensors", "config.json", "curve.svg", "metrics.jsonl"]);
    assert.not.match(await readFile(join(run, "curve.svg"), "utf8"), /evaluation/);
    for (const command of ["evaluate", "replay"]) {
      const { code, err } = await marlstone([command, run, "--best"]);
      assert.is(code, 2);
      assert.match(err, /holds no best checkpoint.*--evaluate-every 10/);
    }
  }));

test.run();
