/** The commands one after another, as a newcomer would use them. */
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatScore } from "../../src/cli/terminal.ts";
import { Lock } from "../../src/training/lock.ts";
import { version } from "../../src/training/version.ts";
import { marlstone, tiny } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";
import { elements } from "../support/well-formed.ts";

const train = (out: string, ...words: string[]) => marlstone(["train", ...tiny, "--out", out, ...words]);

test("train reports each iteration, draws the curve and says where everything is", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const { code, out, err } = await train(run, "--iterations", "3", "--agents", "2");
    assert.is(code, 0, err);
    assert.match(
      err,
      /Training matrpo \(default preset\) on particle\/cooperative-navigation, seed 1, 3 iterations/,
    );
    const lines = out.split("\n").filter((line) => line.startsWith("iteration "));
    assert.is(lines.length, 3);
    assert.match(
      lines[2],
      /^iteration 3\/3 · return −\d+\.\d · KL \.\d+ \.\d+ · residual \d\.\d+ · [\d,]+ steps\/s · 0:00 left$/,
    );
    assert.match(out, /mean return by iteration/);
    assert.ok(out.includes(`Learning curve   ${join(run, "curve.svg")}`));
    assert.ok(out.includes(`marlstone evaluate ${run}`));
  }));

test("train proposes a replay only where there is something to watch", () =>
  inFolder(async (folder) => {
    const drawn = await train(join(folder, "drawn"), "--iterations", "1");
    assert.match(drawn.out, /\n {2}marlstone replay /);
    const words = ["--environment", "matrix/climbing", "--iterations", "1", "--set", "stepsPerIteration=100"];
    const { code, out, err } = await marlstone(["train", ...words, "--out", join(folder, "game")]);
    assert.is(code, 0, err);
    assert.match(out, /Try next:\n {2}marlstone evaluate .*\n {2}marlstone train --resume/);
    const replay = await marlstone(["replay", join(folder, "game")]);
    assert.is(replay.code, 2);
    assert.match(replay.err, /matrix\/climbing does not draw itself, so there is nothing to watch/);
  }));

test("evaluate prints a table, or one JSON object with the same numbers", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await train(run, "--iterations", "1");
    const words = ["evaluate", run, "--episodes", "7", "--seed", "3"];
    const { code, out } = await marlstone(words);
    assert.is(code, 0);
    const title =
      /^7 episodes of .*run with likeliest actions, mean ± standard error\nreturn of the team {2}−[\d.]+ ± \d/;
    assert.match(out, title);
    const json = JSON.parse((await marlstone([...words, "--json"])).out);
    assert.is(json.episodes, 7);
    const score = formatScore({ return: json.return.mean, standardError: json.return.standardError });
    assert.ok(out.includes(score), out);
    const sure = JSON.parse((await marlstone([...words, "--json", "--deterministic"])).out);
    assert.equal(sure, json);
    const sampled = await marlstone([...words, "--sampled"]);
    assert.match(sampled.out, /^7 episodes of .*run with sampled actions, /);
    assert.not.ok(sampled.out.includes(score));
  }));

test("replay writes a page or a picture of one episode", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await train(run, "--iterations", "1");
    const page = await marlstone(["replay", run]);
    assert.match(page.out, /replay\.html: 20 steps, return of the team −\d+\.\d/);
    assert.match(await readFile(join(run, "replay.html"), "utf8"), /^<!doctype html>/);
    const picture = join(folder, "new", "folder", "episode.svg");
    assert.is((await marlstone(["replay", run, "--out", picture, "--seed", "2"])).code, 0);
    const moving = elements(await readFile(picture, "utf8")).filter(({ name }) => name === "animate");
    assert.ok(moving.length >= 6, "three agents move in two directions");
  }));

test("plot puts seeds together and settings apart", () =>
  inFolder(async (folder) => {
    const runs = ["1", "2", "3"].map((name) => join(folder, name));
    await train(runs[0], "--iterations", "2", "--seed", "1");
    await train(runs[1], "--iterations", "2", "--seed", "2");
    await train(runs[2], "--iterations", "2", "--set", "gamma=0.5");
    const file = join(folder, "curves.svg");
    const alone = await marlstone(["plot", ...runs.slice(0, 2), "--out", file]);
    assert.match(alone.out, /curves\.svg: matrpo, .*, 2 runs · two seeds: mean and both runs/);
    const all = await marlstone(["plot", ...runs, "--out", file, "--title", "both"]);
    assert.match(all.out, /3 runs · two seeds: .* · single runs: mean of the last 5/);
    const svg = await readFile(file, "utf8");
    assert.match(svg, />both</);
    assert.match(svg, /gamma 0\.5/);
  }));

test("plot keeps settings apart that read alike, as descriptions cut long values", () =>
  inFolder(async (folder) => {
    const game = ["--environment", "matrix/game", "--algorithm", "mappo", "--iterations", "1"];
    const sizes = ["hiddenSizes=[4]", "stepsPerIteration=20", "environmentCopies=2"];
    const payoff = (last: number) =>
      JSON.stringify(Array.from({ length: 6 }, (_, i) => [0, 0, 0, 0, 0, i === 5 ? last : 0]));
    const play = async (name: string, last: number, seed: string) => {
      const settings = [...sizes, `environment.payoff=${payoff(last)}`].flatMap((one) => ["--set", one]);
      const path = join(folder, name);
      const words = ["train", ...game, ...settings, "--seed", seed, "--out", path];
      assert.is((await marlstone(words)).code, 0);
      return path;
    };
    const runs = [await play("a", 1, "1"), await play("b", 100, "1"), await play("b2", 100, "2")];
    const file = join(folder, "curves.svg");
    const { out, err } = await marlstone(["plot", ...runs, "--out", file]);
    assert.match(err, /Another setting reads like "mappo.*" and is called "\(2\)": \S*b, \S*b2\.$/m);
    assert.match(out, /curves\.svg: 3 runs · two seeds: /);
    const svg = await readFile(file, "utf8");
    assert.match(svg, /[^)] \(1 seed\)</);
    assert.match(svg, / \(2\) \(2 seeds\)</);
  }));

test("plot says where a mean ends with its shortest run, and which that is", () =>
  inFolder(async (folder) => {
    const runs = ["1", "2"].map((seed) => join(folder, seed));
    await train(runs[0], "--iterations", "3", "--seed", "1");
    await train(runs[1], "--iterations", "1", "--seed", "2");
    const { out, err } = await marlstone(["plot", ...runs, "--out", join(folder, "c.svg")]);
    assert.match(out, / · mean ends with the shortest run, at iteration 1\n$/);
    assert.match(err, /^\S*2 has 1 iteration, fewer than other seeds of its setting, .*\n$/);
  }));

test("a run that lost its only checkpoint is said to learn its iterations again", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await train(run, "--iterations", "2", "--checkpoint-every", "50");
    const whole = await readFile(join(run, "checkpoint.safetensors"));
    await rm(join(run, "checkpoint.safetensors"));
    const again = await marlstone(["train", "--resume", "--out", run]);
    assert.match(again.err, /^No checkpoint was written yet: iterations 1 to 2 are learned again\.$/m);
    assert.equal(await readFile(join(run, "checkpoint.safetensors")), whole);
    const longer = await marlstone(["train", "--resume", "--out", run, "--iterations", "3"]);
    assert.not.match(longer.err, /learned again/);
  }));

test("plot counts a run once, however often it was made or named, and passes by experiments", () =>
  inFolder(async (folder) => {
    const [first, second, longer] = ["1", "1-2", "1-3"].map((name) => join(folder, name));
    for (const run of [first, second]) await train(run, "--iterations", "1");
    await train(longer, "--iterations", "2");
    const experiment = join(folder, "tiny");
    await mkdir(experiment);
    await writeFile(join(experiment, "experiment.json"), "{}");
    const file = join(folder, "new", "curves.svg");
    const words = ["plot", first, second, longer, first, experiment, "--out", file];
    const { code, out, err } = await marlstone(words);
    assert.is(code, 0, err);
    assert.match(out, /curves\.svg: matrpo, .*, 1 run · /);
    const left = err.trimEnd().split("\n");
    assert.is(left.length, 4, err);
    assert.match(left[0], /1-2 has the settings and the seed of .*1: the same run, left out/);
    assert.match(left[1], /1 has the settings and the seed of .*1-3: /);
    assert.match(left[3], /tiny is an experiment, .*left out/);
    const none = await marlstone(["plot", experiment, "--out", file]);
    assert.is(none.code, 2);
    assert.match(none.err, /There is no run to draw/);
  }));

test("resume continues to the same bytes as a run that was never stopped", () =>
  inFolder(async (folder) => {
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    await train(whole, "--iterations", "3");
    await train(parts, "--iterations", "1");
    const resumed = await marlstone(["train", "--resume", "--out", parts, "--iterations", "3"]);
    assert.is(resumed.code, 0, resumed.err);
    const checkpoint = (path: string) => readFile(join(path, "checkpoint.safetensors"));
    assert.equal(await checkpoint(parts), await checkpoint(whole));
    assert.is(JSON.parse(await readFile(join(parts, "config.json"), "utf8")).iterations, 3);
  }));

test("the config.json of a run makes the same run again", () =>
  inFolder(async (folder) => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    await train(first, "--iterations", "2", "--seed", "5");
    const again = await marlstone(["train", join(first, "config.json"), "--out", second]);
    assert.is(again.code, 0, again.err);
    const file = (path: string, name: string) => readFile(join(path, name), "latin1");
    for (const name of ["config.json", "checkpoint.safetensors", "curve.svg"]) {
      assert.equal(await file(second, name), await file(first, name), name);
    }
  }));

test("a stop finishes the iteration, saves, exits with 130, and resume completes the run", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const stop = new AbortController();
    const out = (text: string) => text.startsWith("iteration 2/") && stop.abort();
    const words = ["train", ...tiny, "--out", run, "--iterations", "9"];
    const stopped = await marlstone(words, { out, catchStop: () => stop.signal });
    assert.is(stopped.code, 130);
    assert.match(stopped.err, /Stopped and saved; .*--resume/);
    const resumed = await marlstone(["train", "--resume", "--out", run]);
    assert.match(resumed.out, /^iteration 3\/9/);
    assert.is(resumed.code, 0);
  }));

test("a run is trained by one process at a time", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const words = ["train", ...tiny, "--out", run, "--iterations", "2"];
    const holders: unknown[] = [];
    const out = (text: string) => {
      if (text.startsWith("iteration "))
        holders.push(JSON.parse(readFileSync(join(run, "lock.json"), "utf8")).pid);
    };
    assert.is((await marlstone(words, { out })).code, 0);
    assert.equal(holders, [process.pid, process.pid]);
    const files = (await readdir(run)).sort();
    assert.not.ok(files.includes("lock.json"));
    const metrics = await readFile(join(run, "metrics.jsonl"));
    await Lock.hold(run, async () => {
      for (const more of [["--resume", "--iterations", "3"], []]) {
        const { code, err } = await marlstone(["train", "--out", run, ...more]);
        assert.is(code, 2);
        assert.match(err, /^error: .*run is in use by process \d+\. Wait until it ends/);
      }
    });
    assert.equal((await readdir(run)).sort(), files);
    assert.equal(await readFile(join(run, "metrics.jsonl")), metrics);
  }));

test("links counts what train recorded: 2 (K + links) vectors of 4 bytes a sample and head, and the scalars", () =>
  inFolder(async (folder) => {
    const [run, file] = [join(folder, "run"), join(folder, "links.jsonl")];
    await train(run, "--iterations", "1", "--record-links", file);
    const resumed = await marlstone([
      "train",
      "--resume",
      "--out",
      run,
      "--iterations",
      "2",
      "--record-links",
      file,
    ]);
    assert.is(resumed.code, 0, resumed.err);
    const { code, out, err } = await marlstone(["links", file]);
    assert.is(code, 0, err);
    assert.match(
      out,
      /2 iterations \(1 to 2\), 3 agents, 3 links\. Every message is there and of a declared kind/,
    );
    assert.match(out, /^agent_0 – agent_1 +log-ratio +10 +12,000$/m);
    assert.match(out, /^agent_0 – agent_2 +advantage-scale +2 +16$/m);
    assert.match(out, /^all +36 +36,048$/m);
  }));

for (const [algorithm, agents] of [
  ["trpo-central", "team"],
  ["trpo-independent", "agent_0, agent_1"],
] as const) {
  test(`${algorithm} is evaluated, watched and drawn like any run, and says that nothing crosses links`, () =>
    inFolder(async (folder) => {
      const run = join(folder, "run");
      const words = ["--algorithm", algorithm, "--preset", "paper", "--agents", "2"];
      const trained = await train(run, "--iterations", "2", ...words);
      assert.is(trained.code, 0, trained.err);
      assert.match(trained.err, new RegExp(`Training ${algorithm} \\(paper preset\\)`));
      const { out } = await marlstone(["evaluate", run, "--episodes", "5", "--json"]);
      assert.is(Object.keys(JSON.parse(out).agentReturns).join(", "), agents);
      assert.match((await marlstone(["replay", run])).out, /20 steps, return of the team −\d+\.\d/);
      const file = join(folder, "curves.svg");
      const { out: drawn } = await marlstone(["plot", run, "--out", file]);
      assert.match(drawn, new RegExp(`${algorithm} paper`));
      const talk = await train(join(folder, "talk"), ...words, "--record-links", join(folder, "links.jsonl"));
      assert.is(talk.code, 2);
      assert.match(talk.err, new RegExp(`agents of ${algorithm} send each other nothing`));
    }));
}

test("list shows every option of everything, or of one thing", async () => {
  const { out } = await marlstone(["list"]);
  for (const word of [
    "particle/cooperative-navigation",
    "episodeLimit",
    "matrpo",
    "presets: default, paper",
    "maxKl",
  ]) {
    assert.ok(out.includes(word), word);
  }
  const one = await marlstone(["list", "matrpo"]);
  assert.match(one.out, /\n {2}learns: discrete actions\n/);
  assert.match(out, /\n {2}learns: discrete actions, continuous ones, action masks\n/);
  assert.match(out, /\n {2}learns: discrete actions, action masks\n/);
  assert.not.match(one.out, /episodeLimit/);
});

test("help and version go to standard output and are no failure", async () => {
  assert.equal(await marlstone(["--version"]), { code: 0, out: `${version}\n`, err: "" });
  const { code, out } = await marlstone(["train", "--help"]);
  assert.is(code, 0);
  assert.match(out, /--checkpoint-every <k>/);
});

test.run();
