/** The words in which seeds can be asked for on the command line. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseSeeds } from "../../src/cli/seeds.ts";
import { refuses } from "../support/refuses.ts";

test("a number is a number of seeds; lists and ranges are the seeds themselves, also a single one", () => {
  for (const [text, expected] of [
    ["3", 3],
    ["1000", 1000],
    ["4,5", [4, 5]],
    ["7,", [7]],
    ["7-7", [7]],
    ["4-6", [4, 5, 6]],
    ["9, 1-3,20241127", [9, 1, 2, 3, 20241127]],
    ["0-999", Array.from({ length: 1000 }, (_, i) => i)],
  ] as const)
    assert.equal(parseSeeds(text), expected, text);
});

test("what is no seed is left to the schema, which complains by name", () => {
  for (const [text, expected] of [
    ["some", "some"],
    ["-1", -1],
    ["", ""],
    ["1,x", [1, "x"]],
    ["1-", ["1-"]],
  ] as const)
    assert.equal(parseSeeds(text), expected, text);
});

test("numbers that were meant as one seed, and ranges that are too long or run backwards, say what to write", () => {
  refuses(
    () => parseSeeds("20241127"),
    "seeds 1 to 20241127; there may be 1,000 at most",
    "--seeds 20241127,",
  );
  refuses(() => parseSeeds("1e12"), "1,000 at most");
  for (const text of ["1-1001", "9-4", "1-99999999999999999999"])
    refuses(() => parseSeeds(text), `--seeds ${text}: a range goes from the lower seed to the higher`);
});

test.run();
