/** Reports that are kept without their runs, before training begins in their directory. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { requireNoCombination } from "../../src/experiments/kept-report.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { partPlan, writePart } from "../support/parts.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

test("training is refused where a report stands without its runs, whichever of its files are left", () =>
  inFolder(async (folder) => {
    const plan = partPlan({ tasks: { a: { environment: "test/counting" } } });
    await requireNoCombination(folder);
    for (const kind of ["report", "curves", "data"] as const) {
      const place = await writePart(join(folder, kind), plan, kind);
      const refused = /holds the report of 4 runs .* delete curves\.jsonl and data\.jsonl to begin anew/;
      await rejects(() => requireNoCombination(place), InvalidInputError, refused);
      await mkdir(join(place, "runs"));
      await requireNoCombination(place);
      await rm(place, { recursive: true });
    }
  }));

test.run();
