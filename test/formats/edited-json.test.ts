/** Files that an editor has marked with their byte order are read like any others. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readJson } from "../../src/cli/json-file.ts";
import { requireSameName } from "../../src/experiments/experiment-directory.ts";
import { parseEdited } from "../../src/formats/edited-json.ts";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const MARK = "\uFEFF";

test("one mark before the JSON is passed over, and no other", () => {
  assert.equal(parseEdited(`${MARK}{"a": [1]}`), { a: [1] });
  assert.equal(parseEdited(`{"a": "${MARK}"}`), { a: MARK });
  for (const text of [`${MARK}${MARK}1`, `1${MARK}`, MARK]) assert.throws(() => parseEdited(text), "JSON");
});

test("configurations, runs and experiments may be marked", () =>
  inFolder(async (folder) => {
    const file = join(folder, "experiment.json");
    await writeFile(file, `${MARK}{"name": "one"}`);
    assert.equal(await readJson(file, "experiment"), { name: "one" });
    await rejects(() => requireSameName({ name: "two" }, folder), InvalidInputError, /the experiment "one"/);
    const run = await RunDirectory.create(join(folder, "run"), fakeConfig(), fakeCatalogue);
    const config = run.file("config.json");
    await writeFile(config, MARK + (await readFile(config, "utf8")));
    assert.equal((await RunDirectory.open(run.path, fakeCatalogue)).config, fakeConfig());
  }));

test.run();
