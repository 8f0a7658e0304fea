/** What a run has learned is played only as it was learned. */
import { readFile, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { loadPolicy, makeLearner } from "../../src/training/setup.ts";
import { train } from "../../src/training/trainer.ts";
import { CheckpointError } from "../../src/validation/errors.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

test("a policy whose configuration was changed by hand is refused; the message says what was changed", () =>
  inFolder(async (folder) => {
    const config = fakeConfig({ iterations: 1 });
    const run = await RunDirectory.create(folder, config, fakeCatalogue);
    await train(run, makeLearner(config, fakeCatalogue));
    assert.ok(await loadPolicy(await RunDirectory.open(folder, fakeCatalogue)));
    const file = run.file("config.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"gamma": 0.95', '"gamma": 0.5'));
    const changed = await RunDirectory.open(folder, fakeCatalogue);
    const message =
      /config\.json is not what .*: options\.gamma is 0\.95 in the checkpoint, 0\.5 in config\.json\. Put/;
    await rejects(() => loadPolicy(changed), CheckpointError, message);
  }));

test.run();
