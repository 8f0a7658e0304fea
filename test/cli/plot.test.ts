/** `marlstone plot`: which runs stand together, and what it says of those that do not. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone, tiny } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";

const train = (out: string, ...words: string[]) => marlstone(["train", ...tiny, "--out", out, ...words]);

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

test("plot draws runs against steps where an iteration is not as many of all, and says of each how many", () =>
  inFolder(async (folder) => {
    const runs = ["a", "b", "c"].map((name) => join(folder, name));
    await train(runs[0], "--iterations", "2");
    await train(runs[1], "--iterations", "1", "--set", "stepsPerIteration=200");
    await train(runs[2], "--iterations", "1", "--set", "gamma=0.5");
    const file = join(folder, "c.svg");
    const { out, err } = await marlstone(["plot", runs[0], runs[1], "--out", file]);
    assert.match(out, / · an iteration is 100 to 200 environment steps · /);
    assert.match(
      err,
      /^An iteration is 100 environment steps of "matrpo, .*"; 200 of "matrpo, .*": curves are drawn against /,
    );
    assert.match(await readFile(file, "utf8"), />environment steps</);
    const same = await marlstone(["plot", runs[0], runs[2], "--out", file]);
    assert.is(same.err, "");
    assert.match(await readFile(file, "utf8"), />iteration</);
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

test.run();
