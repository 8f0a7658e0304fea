/** train --profile: every algorithm says where its time went. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { algorithms } from "../../src/algorithms/registry.ts";
import { parts } from "../../src/profiling/phases.ts";
import type { Profile } from "../../src/profiling/profile.ts";
import { parseMetrics } from "../../src/training/parse-metrics.ts";
import { close } from "../support/close.ts";
import { marlstone, tiny } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";

const sum = (values: Iterable<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0);

/** Phases that every algorithm has, and those of its own; the policy-optimisation family has but its gradients. */
const always = ["acting", "environment", "other", "recording", "saving", "values"];
const trustRegion = ["expansion", "lineSearch", "preconditioner", "solves"];
const own: Readonly<Record<string, readonly string[]>> = {
  matrpo: [...trustRegion, "exchange", "vectors"],
  "trpo-central": trustRegion,
  "trpo-independent": trustRegion,
  qmix: [],
};
const settings: Readonly<Record<string, readonly string[]>> = {
  qmix: tiny.map((word) => word.replace("hiddenSizes=[8]", "hiddenSize=8")),
};

for (const algorithm of Object.keys(algorithms)) {
  test(`train --profile tells the phases of ${algorithm}, and they are the whole time`, () =>
    inFolder(async (folder) => {
      const run = join(folder, "run");
      const words = [
        "train",
        ...(settings[algorithm] ?? tiny),
        "--algorithm",
        algorithm,
        "--iterations",
        "2",
        "--out",
        run,
        "--profile",
      ];
      const { code, out, err } = await marlstone(words);
      assert.is(code, 0, err);

      const profile: Profile = JSON.parse(await readFile(join(run, "profile.json"), "utf8"));
      assert.is(profile.iterations, 2);
      assert.equal(
        Object.keys(profile.phases).sort(),
        [...always, ...(own[algorithm] ?? ["gradients"])].sort(),
      );
      assert.ok(Object.values(profile.phases).every((seconds) => seconds >= 0));
      close(sum(Object.values(profile.phases)), profile.seconds, 1e-9 * profile.seconds);

      const lines = parseMetrics(await readFile(join(run, "metrics.jsonl"), "utf8"), "metrics.jsonl");
      for (const { seconds } of lines) {
        close(sum(Object.values(seconds.phases ?? {})), seconds.total, 1e-9 * seconds.total);
        close(seconds.sample + seconds.value + seconds.policy, seconds.total, 1e-9 * seconds.total);
      }
      const inLines = sum(lines.map(({ seconds }) => seconds.total));
      assert.ok(inLines < profile.seconds, "saving is outside the lines");

      const printed = parts.map((part) => new RegExp(`^ {2}${part} +(\\d+\\.\\d) %`, "m").exec(out)?.[1]);
      close(sum(printed.map(Number)), 100, 0.05 * parts.length + 1e-9); // each is rounded
      assert.ok(out.includes(join(run, "profile.json")));
    }));
}

test("without --profile nothing is shown or stored, and the metrics have the phases all the same", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    const { out } = await marlstone(["train", ...tiny, "--iterations", "1", "--out", run]);
    assert.not.match(out, /Where the time went/);
    assert.not.ok((await readdir(run)).includes("profile.json"));
    const [line] = parseMetrics(await readFile(join(run, "metrics.jsonl"), "utf8"), "metrics.jsonl");
    assert.ok((line.seconds.phases?.vectors ?? 0) > 0);
  }));

test("the profile of a continued run is of what this command did", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await marlstone(["train", ...tiny, "--iterations", "2", "--out", run]);
    await marlstone(["train", "--resume", "--out", run, "--iterations", "3", "--profile"]);
    const profile: Profile = JSON.parse(await readFile(join(run, "profile.json"), "utf8"));
    assert.is(profile.iterations, 1);
  }));

test.run();
