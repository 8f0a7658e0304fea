/**
 * An experiment that is killed at random moments and started again; `npm run check:kill` does it many times.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { killAndCompare } from "../support/kills.ts";
import { inFolder } from "../support/temporary.ts";

test("an experiment that was killed and started again leaves the files of one that was left alone", () =>
  inFolder(async (folder) => {
    const { kills, comparisons, differences } = await killAndCompare(folder, 2, Random.fromSeed(3));
    assert.equal(differences, []);
    assert.is(kills, 2);
    assert.ok(comparisons > 0);
  }));

test.run();
