/**
 * Every mistake gives exit code 2, one line that says what to do, no stack trace, and leaves every file
 * alone.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone, tiny } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";

/** RUN is a good run, NEW a free name, and the others what their names say. */
const mistakes: readonly (readonly [words: string, message: RegExp])[] = [
  ["", /^Usage: marlstone/],
  ["trian", /unknown command 'trian' \(Did you mean train\?\)/],
  ["train --sed 3", /unknown option '--sed' \(Did you mean .*--seed/],
  ["train --seed", /argument missing/],
  ["train a.json b.json", /too many arguments/],
  ["train NONE.json", /configuration .*NONE\.json cannot be read/],
  ["train BROKEN.json", /configuration .*BROKEN\.json is not JSON/],
  ["train MISSPELT.json", /MISSPELT\.json: unknown key "iteratons".*"iterations"/],
  ["train --out NEW --algorithm mtrpo", /no algorithm "mtrpo"; did you mean "matrpo"/],
  ["train --out NEW --environment particle/cooperative", /did you mean "particle\/cooperative-navigation"/],
  ["train --out NEW --preset papr", /preset of matrpo "papr"; did you mean "paper"/],
  ["train --out NEW --agents 0", /agents is 0/],
  ["train --out NEW --agents three", /agents is "three"/],
  ["train --out NEW --agents 1.5", /agents is 1\.5/],
  ["train --out NEW --iterations 0", /iterations is 0; it must be .*at least 1/],
  ["train --out NEW --iterations many", /iterations is "many"/],
  ["train --out NEW --seed -1", /seed is -1/],
  ["train --out NEW --seed 1e99", /seed is 1e\+99; it must be an integer from 0 to 2\^53 − 1$/m],
  ["evaluate RUN --episodes 1e99", /--episodes is "1e99"; it must be an integer from 1 to 2\^53 − 1$/m],
  ["train --out NEW --checkpoint-every 0", /checkpointEvery is 0/],
  ["train --out NEW --set gamma", /--set gamma: write key=value/],
  ["train --out NEW --set gama=0.9", /options of matrpo: unknown key "gama".*"gamma"/],
  ["train --out NEW --set gamma=2", /gamma is 2; it must be .*0 to 1/],
  ["train --out NEW --set gamma=high", /gamma is "high"/],
  ["train --out NEW --set hiddenSizes=[0]", /hiddenSizes\[0\] is 0/],
  ["train --out NEW --set topology=rng", /"rng".*did you mean "ring"/],
  [
    "train --out NEW --set agents=3",
    /"agents" is an option of particle.*; write --set environment\.agents=…/,
  ],
  [
    "train --out NEW --set iterations=3",
    /"iterations" is given by itself; write --iterations 3 or, in a file, put it beside options/,
  ],
  ["train --out NEW --set environment=matrix/climbing", /write --environment "matrix\/climbing" or/],
  [
    "train --out NEW --set tensorboard=true",
    /"tensorboard" is given by itself; write --tensorboard or --no-/,
  ],
  ["train --out NEW --set threads=2", /"threads" is given by itself; write --threads 2$/m],
  ["train --out NEW --set environment.agnts=3", /unknown key "agnts".*"agents"/],
  ["train --out NEW --set stepsPerIteration=150", /150, which 100 copies .* Use 100 or 200 steps/],
  ["train --out RUN", /already holds a run .*--resume/],
  ["train --out FILE", /FILE cannot be made/],
  ["train --out NEW --record-links FILE", /FILE exists already.*--resume/],
  ["train --out NEW --record-links RUN", /RUN exists already/],
  ["train --resume --out RUN --iterations 9 --record-links FILE", /FILE is empty or cut short/],
  [
    "train --resume --out RUN --iterations 9 --record-links CONFIG.json",
    /CONFIG\.json, line 1: not a line of JSON/,
  ],
  ["links", /missing required argument 'file'/],
  ["links NEW", /ENOENT/],
  ["links MISSPELT.json", /MISSPELT\.json is empty or cut short/],
  ["train --resume", /--resume continues the run that --out names/],
  ["train --resume --out NEW", /NEW holds no run/],
  ["train --threads 0", /--threads is "0"; it must be an integer of at least 1/],
  ["train --threads 65", /threads is 65; give an integer from 1 to 64, or leave it out/],
  ["train --resume --out RUN", /already has 1 iteration/],
  [
    "train --resume --out RUN --iterations 9 --set gamma=0.5",
    /cannot continue with other settings: options\.gamma/,
  ],
  [
    "train --resume --out RUN --iterations 9 --agents 4",
    /cannot continue with other settings: environmentOptions\.agents/,
  ],
  [
    "train --resume --out RUN --iterations 9 --preset official",
    /cannot continue with other settings: options\.[^;]*; options\..*\. Give them another --out/,
  ],
  ["train --resume --out RUN --iterations 9 --algorithm trpo-central", /settings: algorithm is [^;]*$/],
  ["train --resume --out TORN --iterations 9", /TORN\/checkpoint\.safetensors: .*cut short/],
  ["train --resume --out OTHER --iterations 9", /OTHER\/config\.json is not the configuration of a run/],
  ["train --resume --out LINES --iterations 9", /LINES\/metrics\.jsonl, line 1/],
  ["evaluate", /missing required argument 'dir'/],
  ["evaluate NEW", /NEW holds no run/],
  ["evaluate FRESH", /holds no checkpoint yet/],
  ["evaluate TORN", /TORN\/checkpoint\.safetensors: .*cut short/],
  ["evaluate RUN --episodes 0", /--episodes is "0"/],
  ["evaluate RUN --seed x", /--seed is "x"/],
  ["evaluate RUN --sampled --deterministic", /'--sampled' cannot be used with option '--deterministic'/],
  ["replay RUN --out movie.mp4", /must end in \.html or \.svg/],
  ["replay RUN --out FILE/movie.svg", /movie\.svg cannot be written/],
  ["replay TORN", /cut short/],
  ["plot", /missing required argument 'dir'/],
  ["plot RUN NEW", /NEW holds no run/],
  ["plot LINES", /line 1: not the metrics of iteration 1/],
  ["plot RUN --out curves.png", /must end in \.svg/],
  ["experiment", /missing required argument 'file\.json'/],
  ["experiment NONE.json", /experiment .*NONE\.json cannot be read/],
  ["experiment BROKEN.json", /experiment .*BROKEN\.json is not JSON/],
  ["experiment MISSPELT.json", /MISSPELT\.json: .*unknown key "iteratons".*"iterations"/],
  ["experiment GRID.json --jobs 0", /--jobs is "0"/],
  ["experiment GRID.json --job 2", /unknown option '--job' \(Did you mean --jobs/],
  ["experiment GRID.json --out FILE", /directory .*FILE cannot be made/],
  ["experiment GRID.json --out GRIDS", /GRIDS holds the experiment "other", not "grid"/],
  ["experiment GRID.json --dry-run --out GRIDS", /GRIDS holds the experiment "other", not "grid"/],
  ["reproduce figur-2", /unknown command 'figur-2' \(Did you mean figure-2\?\)/],
  ["reproduce figure-2 --taks navigation-3", /unknown option '--taks' \(Did you mean --task/],
  ["reproduce figure-2 --task navigation-5", /no task of figure-2 "navigation-5"; did you mean "navigation-/],
  ["reproduce figure-2 --algorithm trpo-centrl", /no algorithm of the paper .*; did you mean "trpo-central"/],
  ["reproduce figure-2 --preset papr", /no preset "papr"; did you mean "paper"/],
  ["reproduce figure-2 --seeds none", /figure-2: seeds is "none"; it must be an integer/],
  ["reproduce figure-2 --seeds 1,x", /figure-2: seeds is \[1,"x"\]; it must be an integer/],
  ["reproduce scaling --iterations 0", /scaling: iterations is 0/],
  [
    "theory didactic --games 1",
    /--games is about random games.*leave it out, or choose of identities, bounds/,
  ],
  ["theory didactic --seed 5", /--seed is about random games/],
  ["list matrop", /did you mean "matrpo"/],
];

async function prepare(folder: string): Promise<void> {
  const run = join(folder, "RUN");
  await marlstone(["train", ...tiny, "--iterations", "1", "--out", run]);
  const copy = async (name: string, change: (path: string) => Promise<void>) => {
    await mkdir(join(folder, name));
    for (const file of await readdir(run))
      await writeFile(join(folder, name, file), await readFile(join(run, file)));
    await change(join(folder, name));
  };
  const checkpoint = await readFile(join(run, "checkpoint.safetensors"));
  const torn = checkpoint.subarray(0, checkpoint.length / 2);
  await copy("TORN", (path) => writeFile(join(path, "checkpoint.safetensors"), torn.subarray(0, 100)));
  await copy("OTHER", (path) => writeFile(join(path, "config.json"), '{"sed": 1}'));
  await copy("LINES", (path) => writeFile(join(path, "metrics.jsonl"), "what?\n"));
  await mkdir(join(folder, "FRESH"));
  await writeFile(join(folder, "FRESH", "config.json"), await readFile(join(run, "config.json")));
  await writeFile(join(folder, "FILE"), "precious");
  await writeFile(join(folder, "BROKEN.json"), "{");
  await writeFile(join(folder, "CONFIG.json"), await readFile(join(run, "config.json")));
  const tasks = { one: { environment: "particle/cooperative-navigation" } };
  const grid = { name: "grid", tasks, settings: { one: { algorithm: "matrpo" } } };
  await writeFile(join(folder, "GRID.json"), JSON.stringify(grid));
  await mkdir(join(folder, "GRIDS"));
  await writeFile(join(folder, "GRIDS", "experiment.json"), JSON.stringify({ ...grid, name: "other" }));
  await writeFile(join(folder, "MISSPELT.json"), '{"iteratons": 3}');
}

async function snapshot(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async (file) => `${file}: ${(await readFile(file)).toString("base64")}`),
  );
}

test("mistakes cost nothing but a line", () =>
  inFolder(async (folder) => {
    await prepare(folder);
    const before = await snapshot(folder);
    for (const [words, message] of mistakes) {
      const placed = words.split(" ").filter(Boolean);
      const full = placed.map((word) => word.replace(/^[A-Z]{2,}/, (name) => join(folder, name)));
      const { code, out, err } = await marlstone(full);
      assert.is(code, 2, `${words}: exit code; ${err}`);
      assert.match(err, message, words);
      assert.is(out, "", words);
      if (words !== "") assert.is(err.trimEnd().split("\n").length, 1, `${words}: ${err}`);
      assert.not.match(err, /^\s+at /m, words);
      assert.equal(await snapshot(folder), before, `${words}: files`);
    }
  }));

test.run();
