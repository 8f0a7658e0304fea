/** Recordings of links: what is written comes back to the bit, and everything that was not declared is refused. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeHeader,
  decodeMessage,
  encodeHeader,
  encodeMessage,
  type LinkLogHeader,
  type Loggable,
} from "../../src/formats/link-log.ts";
import { readLinkLog } from "../../src/formats/link-log-reader.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";

const header: LinkLogHeader = {
  version: "1.2.3",
  agents: ["left", "middle\u2028", "right"],
  links: [
    [0, 1],
    [1, 2],
  ],
  kinds: {
    ratio: { content: "vector", meaning: "what is told" },
    scale: { content: "number", meaning: "how large" },
  },
};
const at = { iteration: 1, sequence: 1, from: 1, to: 0 };
const scale = { kind: "scale", value: 0.5 };

const anyMessage: fc.Arbitrary<Loggable> = fc.oneof(
  fc.record({ kind: fc.constant("ratio"), values: fc.float32Array({ maxLength: 9 }) }),
  fc.record({ kind: fc.constant("scale"), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
);

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string, size = 1000) {
  const { header, headerEnd, entries } = await readLinkLog(inChunks(text, size), "links.jsonl");
  const found = [];
  for await (const entry of entries) found.push(entry);
  return { header, headerEnd, entries: found };
}

test("header and messages come back to the bit, with the place of every line, however the bytes arrive", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyMessage, { maxLength: 8 }),
      fc.integer({ min: 1, max: 99 }),
      async (sent, size) => {
        const lines = sent.map((message, i) => encodeMessage({ ...at, sequence: i + 1 }, message));
        const text = [encodeHeader(header), ...lines].join("");
        const torn = lines.length > 0 ? lines[0].slice(0, -3) : "";
        const found = await read(text + torn, size);
        assert.equal(found.header, header);
        assert.is(Buffer.from(text).subarray(0, found.headerEnd).toString(), encodeHeader(header));
        for (const [i, { message, end }] of found.entries.entries()) {
          const { kind, values, value } = sent[i];
          assert.equal(message, { ...at, sequence: i + 1, kind, values: values ?? value });
          if (values)
            assert.equal(
              new Uint8Array((message.values as Float32Array).buffer),
              new Uint8Array(values.slice().buffer),
            );
          else assert.ok(Object.is(message.values, value), "the sign of zero too");
          assert.ok(Buffer.from(text).subarray(0, end).toString().endsWith(lines[i]));
        }
        assert.is(found.entries.length, sent.length);
      },
    ),
    { numRuns: 100 },
  );
});

const line = (message: Loggable, changes: object = {}) =>
  `${JSON.stringify({ ...JSON.parse(encodeMessage(at, message)), ...changes })}\n`;
const ratio = { kind: "ratio", values: Float32Array.of(1, 2, 3) };
const leaky: Loggable & { readonly rewards: readonly number[] } = { ...scale, rewards: [-1, -2] };

const refused: readonly (readonly [what: string, line: string, message: RegExp])[] = [
  ["a field beside the declared ones", encodeMessage(at, leaky), /line 2: unknown key "rewards"/],
  ["an undeclared kind", line({ kind: "reward", value: 1 }), /undeclared kind "reward"/],
  ["a kind that every object has", line({ kind: "toString", value: 1 }), /undeclared kind/],
  ["agents that no link joins", line(scale, { from: 0, to: 2 }), /no link joins/],
  ["an agent that does not exist", line(scale, { to: 7 }), /no link joins/],
  ["a number where a vector is declared", line({ kind: "ratio", value: 1 }), /must be a vector/],
  ["a vector where a number is declared", line({ ...ratio, kind: "scale" }), /must be one number/],
  ["another length", line(ratio, { length: 4 }), /vector of its 4 f32/],
  ["bytes that are no base64", line(ratio, { values: "AAAA AAAAAAAAAAA" }), /in base64/],
  ["five bytes", line(ratio, { length: 1, values: "AAAAAAA=" }), /in base64/],
  ["a missing field", line({ kind: "scale" }), /values is missing/],
  ["no JSON", "what?\n", /line 2: not a line of JSON/],
];
for (const [what, text, message] of refused) {
  test(`refuses ${what}`, async () => {
    await rejects(() => read(encodeHeader(header) + text), InvalidInputError, message);
  });
}

test("refuses messages that are lost, repeated or out of order", async () => {
  const place = (iteration: number, sequence: number) => encodeMessage({ ...at, iteration, sequence }, scale);
  const good = [place(3, 1), place(3, 2), place(4, 1)];
  assert.is((await read(encodeHeader(header) + good.join(""))).entries.length, 3);
  for (const next of [place(4, 1), place(4, 3), place(5, 2), place(6, 1), place(3, 3)]) {
    const text = encodeHeader(header) + good.join("") + next;
    await rejects(
      () => read(text),
      InvalidInputError,
      /line 5: message \d of iteration \d cannot follow message 1 of/,
    );
  }
});

test("refuses a header that is missing, of another format or contradicts itself", async () => {
  await rejects(() => read(""), InvalidInputError, /links\.jsonl is empty or cut short/);
  await rejects(() => read(encodeHeader(header).trimEnd()), InvalidInputError, /cut short/);
  await rejects(() => read(encodeMessage(at, scale)), InvalidInputError, /line 1: .*unknown key "iteration"/);
  const other = encodeHeader(header).replace("marlstone-links-1", "marlstone-links-9");
  assert.throws(() => decodeHeader(other, "x"), /format is "marlstone-links-9"/);
  const stray = encodeHeader({ ...header, links: [[0, 3]] });
  assert.throws(() => decodeHeader(stray, "x"), /ends at agent 3 of 3/);
  assert.throws(() => decodeMessage("", header, "x"), /not a line of JSON/);
});

test.run();
