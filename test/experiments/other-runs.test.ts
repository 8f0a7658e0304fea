/** Which finished runs lie beside those of a plan. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { findOtherRuns } from "../../src/experiments/other-runs.ts";
import { measure, partPlan, writePart } from "../support/parts.ts";
import { inFolder } from "../support/temporary.ts";

test("finished runs of other tasks, settings and seeds are found, and no other files or runs", () =>
  inFolder(async (folder) => {
    const whole = partPlan({ seeds: 3 });
    assert.equal(await findOtherRuns(whole, join(folder, "nothing")), []);
    const open = "runs/large/plain/seed-3";
    await writePart(folder, whole, "runs", (cell) =>
      measure(cell).slice(0, cell.directory === open ? 11 : 12),
    );
    assert.equal(await findOtherRuns(whole, folder), []);
    const part = partPlan({ seeds: [1, 3], settings: { plain: { algorithm: "fake" } } });
    const small = { cells: part.cells.filter(({ task }) => task === "small") };
    await mkdir(join(folder, "runs", "small", "plain", "notes"));
    await writeFile(join(folder, "runs", "README.md"), "mine");
    assert.equal(await findOtherRuns(small, folder), [
      "runs/large/long/seed-1",
      "runs/large/long/seed-2",
      "runs/large/long/seed-3",
      "runs/large/plain/seed-1",
      "runs/large/plain/seed-2",
      "runs/small/long/seed-1",
      "runs/small/long/seed-2",
      "runs/small/long/seed-3",
      "runs/small/plain/seed-2",
    ]);
  }));

test.run();
