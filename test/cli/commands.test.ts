/** The commands one after another, as a newcomer would use them. */
import { readFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
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
      /^iteration 3\/3 · 0:00 left · return −\d+\.\d · KL \.\d+ \.\d+ · residual \d\.\d+ · [\d,]+ steps\/s$/,
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
    let said = "";
    const out = (text: string) => {
      said += text;
      if (text.startsWith("iteration 2/")) stop.abort();
    };
    const words = ["train", ...tiny, "--out", run, "--iterations", "9"];
    const stopped = await marlstone(words, { out, catchStop: () => stop.signal });
    assert.is(stopped.code, 130);
    assert.match(stopped.err, /Stopped and saved; .*--resume/);
    assert.match(said, new RegExp(`Try next:\n  marlstone train --resume --out ${run}\n  marlstone eval`));
    assert.not.match(said, /--iterations/);
    const resumed = await marlstone(["train", "--resume", "--out", run]);
    assert.match(resumed.out, /^iteration 3\/9/);
    assert.is(resumed.code, 0);
  }));

test("a stop before the first iteration proposes what can be done: to begin", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const words = ["train", ...tiny, "--out", run, "--iterations", "1"];
    const { code, out, err } = await marlstone(words, { catchStop: () => AbortSignal.abort() });
    assert.is(code, 130);
    assert.match(err, /\nStopped before anything was learned; .*--resume begins the run\.\n$/);
    assert.not.match(out, /marlstone (evaluate|replay)|--iterations/);
    assert.is((await marlstone(["train", "--resume", "--out", run])).code, 0);
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
  assert.not.match(out, /[{}]/, "defaults in words");
});

test.run();
