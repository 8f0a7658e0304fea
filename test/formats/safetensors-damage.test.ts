/**
 * Whatever happens to a file, decoding it gives the old contents or a CheckpointError, never something else.
 */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, encodeSafetensors, type FileTensor } from "../../src/formats/safetensors.ts";
import { CheckpointError } from "../../src/validation/errors.ts";

const original = await encodeSafetensors(
  new Map<string, FileTensor>([
    ["policy/layers.0.weight", { shape: [3, 2], values: Float32Array.of(0.5, -1, 2, 3, -4, 5) }],
    ["state", { shape: [5], values: Uint8Array.of(1, 2, 3, 4, 5) }],
    ["counts", { shape: [2], values: Int32Array.of(7, -7) }],
    ["empty", { shape: [0, 4], values: new Float64Array(0) }],
  ]),
  new Map([["format", "test"]]),
);

async function outcome(file: Uint8Array): Promise<"whole" | "unverified" | "refused"> {
  try {
    return (await decodeSafetensors(file)).verified ? "whole" : "unverified";
  } catch (error) {
    assert.instance(error, CheckpointError, (error as Error).stack);
    return "refused";
  }
}

test("every single flipped bit is found", async () => {
  assert.is(await outcome(original), "whole");
  for (let bit = 0; bit < original.length * 8; bit++) {
    const file = original.slice();
    file[bit >> 3] ^= 1 << (bit & 7);
    assert.is.not(await outcome(file), "whole", `bit ${bit & 7} of byte ${bit >> 3}`);
  }
});

test("every shorter and every longer file is refused", async () => {
  for (let length = 0; length < original.length; length++) {
    assert.is(await outcome(original.subarray(0, length)), "refused", `${length} bytes`);
  }
  const longer = new Uint8Array(original.length + 1);
  longer.set(original);
  assert.is(await outcome(longer), "refused");
});

const edit = fc.record({
  at: fc.nat({ max: original.length - 1 }),
  remove: fc.nat({ max: 40 }),
  insert: fc.uint8Array({ maxLength: 40 }),
});

test("files spliced at random are refused or read, and nothing else happens", async () => {
  const property = fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
    let bytes = [...original];
    for (const { at, remove, insert } of edits) {
      bytes = [...bytes.slice(0, at), ...insert, ...bytes.slice(at + remove)];
    }
    const file = Uint8Array.from(bytes);
    if ((await outcome(file)) === "whole") assert.equal(file, original);
  });
  await fc.assert(property, { numRuns: 3000 });
});

test("headers of random JSON pieces are refused or read, and nothing else happens", async () => {
  const piece = fc.constantFrom(
    ...['{"', '"a"', '":', "[", "]", "{", "}", ",", "0", "8", "-1", "1e9", '"dtype"', '"F32"', '"shape"'],
    ...['"data_offsets"', '"__metadata__"', '"__proto__"', "null", " ", "\\", "\u0000", "é"],
  );
  const property = fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
    const text = new TextEncoder().encode(`{"a":{${pieces.join("")}}}`);
    const file = new Uint8Array(8 + text.length + 8);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    assert.is.not(await outcome(file), "whole");
  });
  await fc.assert(property, { numRuns: 3000 });
});

test.run();
