/**
 * The codec gives back what it was given, equal contents give equal bytes, and files that lie are refused.
 */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeSafetensors,
  encodeSafetensors,
  type FileTensor,
  sha256,
} from "../../src/formats/safetensors.ts";
import { CheckpointError, InvalidInputError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";

const values = fc.oneof(
  fc.float32Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }),
);
const name = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((text) => !/^__(proto|metadata)__$/.test(text));
const tensors = fc.array(fc.tuple(name, values), { maxLength: 8 }).map((pairs) => {
  return new Map<string, FileTensor>(
    pairs.map(([key, data]) => [key, { shape: [data.length], values: data }]),
  );
});
const metadata = fc.array(fc.tuple(name, fc.string()), { maxLength: 4 }).map((pairs) => new Map(pairs));

test("every tensor and every string comes back, bit for bit", async () => {
  const property = fc.asyncProperty(tensors, metadata, async (given, strings) => {
    const file = await decodeSafetensors(await encodeSafetensors(given, strings));
    assert.equal(file.metadata, strings);
    assert.ok(file.verified);
    assert.is(file.tensors.size, given.size);
    for (const [key, tensor] of given) {
      const read = file.tensors.get(key) as FileTensor;
      assert.equal(read.shape, tensor.shape);
      assert.is(read.values.constructor, tensor.values.constructor);
      assert.equal(new Uint8Array(read.values.buffer), new Uint8Array(tensor.values.slice().buffer));
    }
  });
  await fc.assert(property, { numRuns: 300 });
});

test("equal contents give equal bytes, whatever their order", async () => {
  const property = fc.asyncProperty(tensors, metadata, async (given, strings) => {
    const turned = new Map([...given].reverse());
    assert.equal(
      await encodeSafetensors(turned, new Map([...strings].reverse())),
      await encodeSafetensors(given, strings),
    );
  });
  await fc.assert(property, { numRuns: 100 });
});

test("a file has the layout of the format: length, padded header, data by falling element size", async () => {
  const file = await encodeSafetensors(
    new Map<string, FileTensor>([
      ["a", { shape: [3], values: Uint8Array.of(1, 2, 3) }],
      ["b", { shape: [2, 1], values: Float32Array.of(1, -2) }],
    ]),
  );
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  assert.is(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  assert.equal(header.b, { dtype: "F32", shape: [2, 1], data_offsets: [0, 8] });
  assert.equal(header.a, { dtype: "U8", shape: [3], data_offsets: [8, 11] });
  assert.is(file.length, 8 + length + 11);
  assert.is(new DataView(file.buffer).getFloat32(8 + length + 4, true), -2);
});

test("a file of another program, without digest, is read and says so", async () => {
  const file = fileOf(
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ',
    Uint8Array.of(0, 0, 128, 63),
  );
  const { tensors: read, verified } = await decodeSafetensors(file);
  assert.is(verified, false);
  assert.equal(read.get("w")?.values, Float32Array.of(1));
});

test("a file inside a larger buffer, as Node reads it, gives arrays of their own", async () => {
  const bytes = await encodeSafetensors(new Map([["w", { shape: [2], values: Float32Array.of(1, 2) }]]));
  const pool = Buffer.alloc(bytes.length + 13);
  pool.set(bytes, 5);
  const { tensors: read } = await decodeSafetensors(pool.subarray(5, 5 + bytes.length));
  pool.fill(0);
  assert.equal(read.get("w")?.values, Float32Array.of(1, 2));
});

test("a shape that does not fit its values cannot be saved", async () => {
  const wrong = new Map([["w", { shape: [2, 2], values: new Float32Array(3) }]]);
  await rejects(() => encodeSafetensors(wrong), InvalidInputError, /"w" of shape \[2,2\] with 3 values/);
});

const entry = (shape: string, offsets: string, dtype = "F32") =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

const attacks: Record<string, readonly [header: string, message: RegExp]> = {
  "a shape smaller than its bytes": [`{"w":${entry("[1]", "[0,8]")}}`, /does not fill/],
  "a shape larger than its bytes": [`{"w":${entry("[4]", "[0,8]")}}`, /does not fill/],
  "two tensors in the same bytes": [
    `{"a":${entry("[2]", "[0,8]")},"b":${entry("[1]", "[4,8]")}}`,
    /start at 4/,
  ],
  "a hole between tensors": [`{"a":${entry("[1]", "[0,4]")},"b":${entry("[0]", "[8,8]")}}`, /start at 8/],
  "bytes after the last tensor": [`{"a":${entry("[1]", "[0,4]")}}`, /its data has 8/],
  "bytes before the first tensor": [`{"a":${entry("[1]", "[4,8]")}}`, /start at 4/],
  "offsets beyond the file": [`{"a":${entry("[4]", "[0,16]")}}`, /its data has 8/],
  "offsets that run backwards": [`{"a":${entry("[2]", "[8,0]")}}`, /does not fill/],
  "negative offsets": [`{"a":${entry("[2]", "[-8,0]")}}`, /two positions/],
  "a product of 2⁶⁴": [`{"a":${entry("[4294967296,4294967296]", "[0,8]")}}`, /does not fill/],
  "a size beyond the integers": [`{"a":${entry("[1e300]", "[0,8]")}}`, /list of sizes/],
  "a size that is not whole": [`{"a":${entry("[0.5]", "[0,2]")}}`, /list of sizes/],
  "a shape that is no list": [`{"a":${entry("8", "[0,8]")}}`, /list of sizes/],
  "three offsets": [`{"a":${entry("[2]", "[0,8,8]")}}`, /two positions/],
  "a type we do not know": [`{"a":${entry("[4]", "[0,8]", "BF16")}}`, /not one of F64, F32/],
  "a type named like a method": [`{"a":${entry("[2]", "[0,8]", "toString")}}`, /not one of/],
  "a field too many": ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}', /unknown field "x"/],
  "a tensor named __proto__": [`{"__proto__":${entry("[2]", "[0,8]")}}`, /__proto__/],
  "the same name twice": [`{"a":${entry("[2]", "[0,8]")},"a":${entry("[2]", "[0,8]")}}`, /"a" occurs twice/],
  "a name twice, once escaped": [
    `{"a":${entry("[2]", "[0,8]")},"\\u0061":${entry("[2]", "[0,8]")}}`,
    /occurs twice/,
  ],
  "a field twice": [
    '{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
    /"dtype" occurs twice/,
  ],
  "metadata that are no strings": [`{"__metadata__":{"x":1},"a":${entry("[2]", "[0,8]")}}`, /bad field "x"/],
  "metadata that are a list": [`{"__metadata__":[],"a":${entry("[2]", "[0,8]")}}`, /not an object/],
  "a list as header": ["[]", /not a JSON object/],
  "null as entry": ['{"a":null}', /not an object/],
  "a header that is cut": [`{"a":${entry("[2]", "[0,8]")}`, /not JSON/],
  "padding that is no space": [`{"a":${entry("[2]", "[0,8]")}}\t`, /padded/],
  "white space in front": [` {"a":${entry("[2]", "[0,8]")}}`, /not a JSON object/],
  "an empty header": ["", /not a JSON object/],
};
for (const [title, [header, message]] of Object.entries(attacks)) {
  test(`refuses ${title}`, async () => {
    await rejects(() => decodeSafetensors(fileOf(header, new Uint8Array(8))), CheckpointError, message);
  });
}

test("refuses headers that are not UTF-8, or start with a byte order mark", async () => {
  const file = fileOf(`{"é":${entry("[2]", "[0,8]")}}`, new Uint8Array(8));
  file[10] = 0xff;
  await rejects(() => decodeSafetensors(file), CheckpointError, /not UTF-8/);
  await rejects(
    () => decodeSafetensors(fileOf("\ufeff{}", new Uint8Array())),
    CheckpointError,
    /not a JSON object/,
  );
});

test("refuses header lengths beyond the file, 4 MiB and 2⁵³ without allocating them", async () => {
  for (const length of [100n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n]) {
    const file = new Uint8Array(64);
    new DataView(file.buffer).setBigUint64(0, length, true);
    await rejects(() => decodeSafetensors(file), CheckpointError, new RegExp(`header of ${length} bytes`));
  }
  await rejects(() => decodeSafetensors(new Uint8Array(7)), CheckpointError, /7 bytes/);
  const long = fileOf(`{}${" ".repeat(5 * 1024 * 1024)}`, new Uint8Array());
  await rejects(() => decodeSafetensors(long), CheckpointError, /header of/);
});

test("long runs of spaces and deep nesting are refused in time that grows with the file", async () => {
  const spaces = fileOf(`{}${" ".repeat(4_000_000)}x`, new Uint8Array());
  await rejects(() => decodeSafetensors(spaces), CheckpointError, /not JSON/);
  const deep = fileOf(`{"a":${"[".repeat(1_000_000)}`, new Uint8Array());
  await rejects(() => decodeSafetensors(deep), CheckpointError, /not JSON/);
});

function fileOf(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

test("pages without crypto.subtle get the same digests and find the same damage", async () => {
  const tensors = new Map([["x", { shape: [3], values: Float32Array.of(1, -0, 3) }]]);
  const bytes = await encodeSafetensors(tensors);
  Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
  try {
    assert.is(await sha256(new TextEncoder().encode("abc")), ABC);
    assert.equal(await encodeSafetensors(tensors), bytes);
    assert.ok((await decodeSafetensors(bytes)).verified);
    bytes[bytes.length - 1] ^= 1;
    await rejects(() => decodeSafetensors(bytes), CheckpointError, /damaged/);
  } finally {
    Reflect.deleteProperty(crypto, "subtle");
  }
  assert.is(await sha256(new TextEncoder().encode("abc")), ABC);
});

/** FIPS 180-2, appendix B.1. */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test.run();
