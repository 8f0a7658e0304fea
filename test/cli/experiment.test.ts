/**
 * Experiments as a user runs them: plan, run, stop, continue, adopt, fail. The program runs in a process of
 * its own.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone } from "../support/command-line.ts";
import { type Ended, start } from "../support/program.ts";
import { inFolder } from "../support/temporary.ts";
import { tinySettings, untimedFiles, writeExperiment } from "../support/tiny-experiment.ts";

type Watch = Parameters<typeof start>[1];
const program = async (words: readonly string[], watch?: Watch): Promise<Ended> =>
  (await start(words, watch)).ended;
const runDirectory = (out: string, setting: string, seed: number) =>
  join(out, "runs", "navigation-2", setting, `seed-${seed}`);

/** Waits for the first checkpoint of a run. */
async function savedOnce(run: string): Promise<void> {
  while (!existsSync(join(run, "checkpoint.safetensors"))) await sleep(20);
}

/** An experiment file with these changes and a free directory. */
async function prepare(folder: string, changes: object = {}) {
  const [file, out] = [await writeExperiment(folder, changes), join(folder, "out")];
  return { file, out, words: ["experiment", file, "--out", out, "--jobs", "2"] };
}

test("the plan is shown and nothing is made", () =>
  inFolder(async (folder) => {
    const { file, out } = await prepare(folder);
    const { code, out: shown } = await marlstone(["experiment", file, "--out", out, "--dry-run"]);
    assert.is(code, 0);
    assert.match(shown, /^tiny: 2 pairs of task and setting, 4 runs, 12 iterations\. Directory: /);
    assert.match(
      shown,
      /\nnavigation-2 {2}matrpo {3}1 2 {4}3 {11}0\/6\nnavigation-2 {2}central {2}1 2 .*0\/6\n$/,
    );
    assert.equal(await readdir(folder), ["experiment-file.json"]);
  }));

test("unequal steps an iteration are told before anything runs", () =>
  inFolder(async (folder) => {
    const central = { algorithm: "trpo-central", options: { stepsPerIteration: 400, environmentCopies: 4 } };
    const { words } = await prepare(folder, { settings: { ...tinySettings, central } });
    const { out } = await marlstone([...words, "--dry-run"]);
    assert.match(
      out,
      /\nnavigation-2: an iteration is 100 environment steps of matrpo; 400 of central\. The report compares at /,
    );
  }));

test("a study has the seeds 1 to n, or those that are named", () =>
  inFolder(async (folder) => {
    for (const [given, seeds] of [
      ["3", "1 2 3"],
      ["7,", "7"],
    ]) {
      const words = [
        "--task",
        "navigation-3",
        "--algorithm",
        "matrpo",
        "--seeds",
        given,
        "--out",
        join(folder, "out"),
      ];
      const { out, err } = await marlstone(["reproduce", "figure-2", "--dry-run", ...words]);
      assert.match(out, new RegExp(`matrpo-paper +${seeds} +500 `), err);
    }
  }));

test("an experiment leaves runs, a report and its configuration; again, it only reports", () =>
  inFolder(async (folder) => {
    const { out, words } = await prepare(folder);
    const { code, output } = await program(words);
    assert.is(code, 0, output);
    const lines = output.split("\n");
    assert.match(lines[0], /^tiny: .* 12 iterations, 2 at a time, \d+ threads? each\. Directory: /);
    assert.is(
      lines.filter((line) => /^finished: navigation-2 \S+ seed [12], iteration 3\/3, /.test(line)).length,
      4,
    );
    assert.match(output, /100 % · 12\/12 iterations · 0:00 left/);
    assert.match(output, /\ntiny: this took 0:\d\d\. Written:\n {2}.*results\.md\n/);
    const made = await untimedFiles(out);
    const names = Object.keys(made);
    assert.is(names.filter((name) => name.endsWith("checkpoint.safetensors")).length, 4);
    for (const name of ["experiment.json", "results.md", "summary.json", "data.jsonl", "navigation-2.svg"]) {
      assert.ok(names.includes(name), name);
    }
    const checkpoint = join(runDirectory(out, "central", 2), "checkpoint.safetensors");
    const { mtimeMs } = await stat(checkpoint);
    const again = await program(words);
    assert.match(again.output, /Found 12 of 12 iterations\./);
    assert.not.match(again.output, /finished:/);
    assert.is((await stat(checkpoint)).mtimeMs, mtimeMs);
    assert.equal(await untimedFiles(out), made);
    const config = join(runDirectory(out, "central", 1), "config.json");
    const stored = await readFile(config, "utf8");
    await writeFile(config, stored.replace(/"version": "[^"]*"/, '"version": "0.0.7"'));
    assert.is((await marlstone(words)).code, 0);
    assert.match(await readFile(join(out, "results.md"), "utf8"), /Made with Marlstone .*\b0\.0\.7\b.*;/);
    assert.match(await readFile(join(out, "curves.jsonl"), "utf8"), '"version":"0.0.7"');
    const copy = join(folder, "copy");
    const spelledOut = await program(["experiment", join(out, "experiment.json"), "--out", copy]);
    assert.is(spelledOut.code, 0, spelledOut.output);
    assert.equal(await untimedFiles(copy), made);
  }));

test("Ctrl-C saves and reports, a second command is kept out, and the same command continues", () =>
  inFolder(async (folder) => {
    const { file, out, words } = await prepare(folder, { iterations: 100_000 });
    let [intruder, sent]: [Promise<Ended> | undefined, boolean] = [undefined, false];
    const stopped = await program(words, (output, pid) => {
      if (sent || !output.includes("%")) return;
      sent = true;
      intruder = program(words);
      // As a terminal does: to the whole group.
      void Promise.all([intruder, savedOnce(runDirectory(out, "central", 1))]).then(() => {
        process.kill(-pid, "SIGINT");
      });
    });
    const kept = (await intruder) as unknown as Ended;
    assert.is(kept.code, 2, kept.output);
    assert.match(kept.output, /error: .*out is in use by process \d+\./);
    assert.is(stopped.code, 130, stopped.output);
    assert.match(
      stopped.output,
      /Finishing this iteration[\s\S]*Stopped and saved; the same command continues\./,
    );
    assert.match(stopped.output, /interrupted: navigation-2 central seed 1/);
    assert.match(await readFile(join(out, "results.md"), "utf8"), /0 of 4 runs finished/);
    const { out: plan } = await marlstone(["experiment", file, "--out", out, "--dry-run"]);
    assert.match(plan, /central .* [1-9][\d,]*\/200,000/);
  }));

test("a run that outlives its command is waited for, and ends by itself", () =>
  inFolder(async (folder) => {
    const { out, words } = await prepare(folder, { seeds: 1, iterations: 100 });
    const metrics = () => readFileSync(join(runDirectory(out, "matrpo", 1), "metrics.jsonl"), "utf8");
    let orphans: number[] = [];
    await program(words, (output, pid) => {
      if (orphans.length > 0 || !/matrpo seed 1 \d+\/100/.test(output)) return;
      orphans = JSON.parse(readFileSync(join(out, "lock.json"), "utf8")).runs.map(
        (run: { pid: number }) => run.pid,
      );
      // Stopped, they are like runs in the middle of a long iteration.
      for (const orphan of orphans) process.kill(orphan, "SIGSTOP");
      process.kill(pid, "SIGKILL");
    });
    const before = metrics();
    let waited = false;
    const { code, output } = await program(words, (shown) => {
      if (waited || !shown.includes("Waiting for runs of an earlier command to end")) return;
      waited = true;
      assert.is(metrics(), before);
      for (const orphan of orphans) process.kill(orphan, "SIGCONT");
    });
    assert.ok(waited, output);
    assert.is(code, 0, output);
    assert.match(
      output,
      /finished: navigation-2 matrpo seed 1/,
      "what outlived its command left the rest to the next",
    );
    await program([...words.slice(0, 2), "--out", join(folder, "whole")]);
    assert.equal(await untimedFiles(out), await untimedFiles(join(folder, "whole")));
  }));

test("runs that train made are adopted and continued; one with other settings is refused", () =>
  inFolder(async (folder) => {
    const { file, out, words } = await prepare(folder, { seeds: 1 });
    const { settings, tasks } = JSON.parse(await readFile(file, "utf8"));
    const { environmentOptions } = tasks["navigation-2"];
    const config = join(folder, "config.json");
    await writeFile(config, JSON.stringify({ ...settings.central, title: undefined, environmentOptions }));
    const place = runDirectory(out, "central", 1);
    const train = (...more: string[]) =>
      marlstone(["train", config, "--iterations", "2", "--out", place, ...more]);
    await train("--set", "gamma=0.9");
    const before = await untimedFiles(out);
    const refused = await program(words);
    assert.is(refused.code, 2);
    assert.match(
      refused.output,
      /error: .*out: navigation-2 central seed 1: .* options\.gamma is 0\.9 in the run, 0\.95/,
    );
    assert.equal(await untimedFiles(out), before);
    await rm(out, { recursive: true });
    await train();
    const whole = await program(["experiment", file, "--out", join(folder, "whole")]);
    const adopted = await program(words);
    assert.is(adopted.code, 0, adopted.output);
    assert.match(adopted.output, /Found 2 of 6 iterations\./);
    assert.is(whole.code, 0, whole.output);
    assert.equal(await untimedFiles(out), await untimedFiles(join(folder, "whole")));
  }));

test("a run that fails and one whose process dies are named at the end, and the others finish", () =>
  inFolder(async (folder) => {
    const { out, words } = await prepare(folder, { seeds: 3, iterations: 6 });
    await mkdir(join(out, "runs", "navigation-2", "matrpo"), { recursive: true });
    await writeFile(runDirectory(out, "matrpo", 1), "in the way");
    let killed = false;
    const { code, output } = await program([...words.slice(0, -1), "1"], (shown) => {
      if (killed || !shown.includes("seed 2 1/6")) return;
      killed = true;
      process.kill(JSON.parse(readFileSync(join(out, "lock.json"), "utf8")).runs.at(-1).pid, "SIGKILL");
    });
    assert.is(code, 1, output);
    assert.match(output, /failed: navigation-2 matrpo seed 1: The directory .*seed-1 cannot be made: EEXIST/);
    assert.match(output, /failed: navigation-2 (matrpo|central) seed 2: its process was killed by SIGKILL/);
    assert.match(output, /error: 2 runs of 6 failed\./);
    const page = () => readFile(join(out, "results.md"), "utf8");
    assert.match(await page(), /4 of 6 runs finished, 2 failed/);
    assert.match(await page(), /matrpo\/seed-1: 0 of 6 iterations; The directory .* cannot be made/);
    assert.match(await page(), /seed-2: [1-5] of 6 iterations; its process was killed by SIGKILL/);
    const kept = ["matrpo", "central"]
      .map((setting) => join(runDirectory(out, setting, 2), "failure.json"))
      .filter((file) => existsSync(file));
    assert.is(kept.length, 1);
    const { iteration, error } = JSON.parse(await readFile(kept[0], "utf8"));
    assert.ok(iteration >= 1 && iteration < 6);
    assert.match(error, "its process was killed by SIGKILL");
    await rm(runDirectory(out, "matrpo", 1));
    assert.is((await program(words)).code, 0);
    assert.match(await page(), /6 of 6 runs finished\. Made/);
    assert.not.ok(existsSync(kept[0]));
  }));

test("a run that somebody else stops has failed: the command was not told to leave it unfinished", () =>
  inFolder(async (folder) => {
    const { out, words } = await prepare(folder, { seeds: 1, iterations: 100_000 });
    const ended = program(words);
    await Promise.all(["matrpo", "central"].map((setting) => savedOnce(runDirectory(out, setting, 1))));
    const { runs } = JSON.parse(await readFile(join(out, "lock.json"), "utf8"));
    for (const { pid } of runs) process.kill(pid, "SIGTERM");
    const { code, output } = await ended;
    assert.is(code, 1, output);
    assert.match(
      output,
      /failed: navigation-2 matrpo seed 1: its process was told to stop, by SIGTERM, SIGINT or SIGHUP/,
    );
    assert.match(output, /the same command continues it/);
    assert.match(output, /error: 2 runs of 2 failed\./);
  }));

test("a setting that cannot run is named before anything runs", () =>
  inFolder(async (folder) => {
    const { file, out } = await prepare(folder, {
      settings: { odd: { algorithm: "matrpo", options: { stepsPerIteration: 150 } } },
    });
    for (const dry of [[], ["--dry-run"]]) {
      const { code, err } = await marlstone(["experiment", file, "--out", out, ...dry]);
      assert.is(code, 2);
      assert.match(err, /error: tiny: settings\.odd on navigation-2: .*150, which 100 copies/);
    }
    assert.equal(await readdir(folder), ["experiment-file.json"]);
  }));

test.run();
