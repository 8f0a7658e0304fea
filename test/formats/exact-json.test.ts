/** Every f64 comes back from exact JSON, bit for bit. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseExact, stringifyExact } from "../../src/formats/exact-json.ts";

/** Bits, with all NaNs as one. */
const bits = (value: number): string =>
  Number.isNaN(value) ? "NaN" : new BigUint64Array(Float64Array.of(value).buffer).join();

test("numbers of every kind keep their bits, at any depth", () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (numbers) => {
      const read = parseExact(stringifyExact({ deep: [numbers, { x: numbers[0] ?? 0 }] })) as {
        deep: [number[], { x: number }];
      };
      assert.equal(read.deep[0].map(bits), numbers.map(bits));
      assert.is(bits(read.deep[1].x), bits(numbers[0] ?? 0));
    }),
    { numRuns: 1000 },
  );
});

test("the numbers that JSON loses come back", () => {
  for (const value of [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324]) {
    assert.ok(Object.is(parseExact(stringifyExact(value)), value), String(value));
  }
});

test("everything else is ordinary JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      assert.equal(JSON.stringify(parseExact(stringifyExact(plain))), JSON.stringify(plain));
    }),
    { numRuns: 300 },
  );
  assert.equal(parseExact('{"$number":"other"}'), { $number: "other" });
});

test.run();
