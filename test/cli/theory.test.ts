/** The tables of `marlstone theory`. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone } from "../support/command-line.ts";

test("without a topic it prints all four parts, with few games in a moment", async () => {
  const { code, out, err } = await marlstone(["theory", "--games", "5", "--seed", "3"]);
  assert.is(code, 0, err);
  assert.match(out, /^Equations: largest error in 5 random games$/m);
  assert.match(out, /^ {2}performance difference {2,}\d\.\de−1\d$/m);
  assert.match(out, /^Bounds: left\/right in 5 random games/m);
  assert.match(out, /^Correction: .* 5 random games$/m);
  assert.match(out, /^Half-half: the best return$/m);
});

test("didactic prints the exact returns", async () => {
  const { out } = await marlstone(["theory", "didactic"]);
  assert.match(out, /^ {2}simultaneous +−0\.0625 +−0\.5625 +−0\.0625 +−0\.5625 +−0\.0625$/m);
  assert.match(out, /^ {2}sequential +−0\.0625 +0\.9375 /m);
  assert.match(out, /^ {2}0\.59 +0\.7995 +0 \(0, 0\) +2 \(0, 1\)$/m);
  assert.match(out, /^ {2}0\.61 +0\.7995 +−1 \(1, 1\) +2 \(1, 0\)$/m);
  assert.match(out, /^ {2}8 +0\.0078125 +1$/m);
});

test("bounds shows which printed statement the marsh contradicts, and no theorem broken", async () => {
  const { out } = await marlstone(["theory", "bounds", "--games", "20"]);
  const rows = out.split("\n").filter((line) => /\d\/\d/.test(line));
  assert.is(rows.length, 16, "a row for every statement");
  for (const row of rows) {
    const broken = /^ .* [1-9]\d*\/\d+/.test(row);
    assert.ok(!broken || row.endsWith("printed, false"), row);
  }
  assert.match(out, /base J\(π\), as printed +0\/\d+ .* 1\.87\d\d +printed, false$/m);
});

test("columns stand below each other, though some letters carry marks", async () => {
  const { out } = await marlstone(["theory", "preopc", "--games", "3"]);
  const rows = out.split("\n").filter((line) => line.includes("V = V^π"));
  const places = rows.map((row) => row.replace(/\p{M}/gu, "").search(/\S+ +\S+$/));
  assert.ok(rows.length > 4 && rows.some((row) => row.includes("π̂")));
  assert.equal(
    places,
    places.map(() => places[0]),
  );
});

test("the same seed prints the same table, another one another", async () => {
  const print = async (seed: string) =>
    (await marlstone(["theory", "identities", "--games", "4", "--seed", seed])).out;
  const [first, again, other] = [await print("1"), await print("1"), await print("2")];
  assert.is(again, first);
  assert.is.not(other, first);
});

test("unknown topics and numbers that are none are refused", async () => {
  const topic = await marlstone(["theory", "lemma"]);
  assert.is(topic.code, 2);
  assert.match(topic.err, /identities, bounds, preopc, didactic/);
  const games = await marlstone(["theory", "--games", "0"]);
  assert.is(games.code, 2);
  assert.match(games.err, /--games is "0"; it must be an integer of at least 1/);
});

test.run();
