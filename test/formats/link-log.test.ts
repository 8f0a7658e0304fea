/** Recordings of links: what is written comes back to the bit, and everything that was not declared is refused. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeHeader,
  decodeLine,
  encodeEnd,
  encodeHeader,
  encodeMessage,
  type LinkLogHeader,
  type Loggable,
} from "../../src/formats/link-log.ts";
import { type Remainder, readLinkLog } from "../../src/formats/link-log-reader.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";

const header: LinkLogHeader = {
  version: "1.2.3",
  firstIteration: 1,
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

async function read(text: string, size = 1000, remainder?: Remainder) {
  const { header, entries } = await readLinkLog(inChunks(text, size), "links.jsonl", remainder);
  const messages = [];
  const ends = [];
  for await (const entry of entries) {
    if ("message" in entry) messages.push(entry.message);
    else ends.push(entry);
  }
  return { header, messages, ends };
}

test("header and messages come back to the bit, with the place of every end, however the bytes arrive", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyMessage, { maxLength: 8 }),
      fc.integer({ min: 1, max: 99 }),
      async (sent, size) => {
        const lines = sent.map((message, i) => encodeMessage({ ...at, sequence: i + 1 }, message));
        const end = encodeEnd({ iteration: 1, messages: sent.length });
        const text = [encodeHeader(header), ...lines, end].join("");
        const found = await read(text, size);
        assert.equal(found.header, header);
        const bytes = (part: string) => Buffer.byteLength(part);
        assert.equal(found.ends, [
          { complete: 0, end: bytes(encodeHeader(header)) },
          { complete: 1, end: bytes(text) },
        ]);
        for (const [i, message] of found.messages.entries()) {
          const { kind, values, value } = sent[i];
          const { values: content, ...rest } = message;
          assert.equal(rest, { ...at, sequence: i + 1, kind });
          if (values) {
            assert.instance(content, Float32Array);
            assert.equal(
              new Uint8Array((content as Float32Array).buffer),
              new Uint8Array(values.slice().buffer),
              "NaNs too",
            );
          } else assert.ok(Object.is(content, value), "the sign of zero too");
        }
        assert.is(found.messages.length, sent.length);
      },
    ),
    { numRuns: 100 },
  );
});

const line = (message: Loggable, changes: object = {}) =>
  `${JSON.stringify({ ...JSON.parse(encodeMessage(at, message)), ...changes })}\n`;
const ratio = { kind: "ratio", values: Float32Array.of(1, 2, 3) };
const leaky: Loggable & { readonly rewards: readonly number[] } = { ...scale, rewards: [-1, -2] };

const posing: Loggable & { readonly from: string; readonly length: number } = {
  ...ratio,
  from: "secret",
  length: 7,
};

test("every field of a message is written, and none in the place of another", () => {
  const parsed = (message: Loggable) => JSON.parse(encodeMessage(at, message));
  const plain = parsed(ratio);
  assert.equal(parsed({ ...ratio, value: 42 }), { ...plain, undeclared: { value: 42 } });
  assert.equal(parsed(posing), { ...plain, undeclared: { from: "secret", length: 7 } });
  assert.equal(parsed(leaky), { ...parsed(scale), undeclared: { rewards: [-1, -2] } });
});

const refused: readonly (readonly [what: string, line: string, message: RegExp])[] = [
  ["a field beside the declared ones", encodeMessage(at, leaky), /line 2: unknown key "undeclared"/],
  [
    "a number beside a vector",
    encodeMessage(at, { ...ratio, value: 42 }),
    /line 2: unknown key "undeclared"/,
  ],
  ["a field of a name that lines have", encodeMessage(at, posing), /line 2: unknown key "undeclared"/],
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
  ["an end that says more", '{"iteration":1,"messages":0,"reward":1}\n', /unknown key "reward"/],
  ["no JSON", "what?\n", /line 2: not a line of JSON/],
];
for (const [what, text, message] of refused) {
  test(`refuses ${what}`, async () => {
    await rejects(() => read(encodeHeader(header) + text), InvalidInputError, message);
  });
}

const place = (iteration: number, sequence: number) => encodeMessage({ ...at, iteration, sequence }, scale);
const done = (iteration: number, messages: number) => encodeEnd({ iteration, messages });
/** Iterations 3 to 5; the second without messages. */
const lines = [
  encodeHeader({ ...header, firstIteration: 3 }),
  ...[place(3, 1), place(3, 2), done(3, 2)],
  ...[done(4, 0)],
  ...[place(5, 1), place(5, 2), place(5, 3), done(5, 3)],
];

test("refuses a recording from which any line but the header was lost, or that has one twice", async () => {
  assert.is((await read(lines.join(""))).messages.length, 5);
  const damaged = /line \d+: .* of iteration \d.* stands where .* should|ends in the middle of iteration 5/;
  for (let i = 1; i < lines.length; i++) {
    await rejects(() => read(lines.toSpliced(i, 1).join("")), InvalidInputError, damaged);
    await rejects(() => read(lines.toSpliced(i, 0, lines[i]).join("")), InvalidInputError, damaged);
  }
  await rejects(
    () => read(lines.toSpliced(1, 3).join("")),
    InvalidInputError,
    /end of iteration 4 .*line is lost/,
  );
});

test("refuses a recording that is cut anywhere but behind an iteration, unless what remains may be read", async () => {
  const text = lines.join("");
  const ends = new Set((await read(text)).ends.map(({ end }) => end));
  assert.is(ends.size, 4);
  for (let length = lines[0].length; length <= text.length; length++) {
    const cut = text.slice(0, length);
    const whole = [...ends].filter((end) => end <= Buffer.byteLength(cut));
    const { ends: found, messages } = await read(cut, 1000, "read");
    assert.equal(
      found.map(({ end }) => end),
      whole,
    );
    const wholeLines = cut.split("\n").slice(0, -1);
    assert.is(messages.length, wholeLines.filter((line) => line.includes('"sequence"')).length);
    if (ends.has(Buffer.byteLength(cut))) await read(cut);
    else await rejects(() => read(cut), InvalidInputError, /links\.jsonl ends in the middle of .* --resume/);
  }
});

test("refuses a header that is missing, of another format or contradicts itself", async () => {
  await rejects(() => read(""), InvalidInputError, /links\.jsonl is empty or cut short/);
  await rejects(() => read(encodeHeader(header).trimEnd()), InvalidInputError, /cut short/);
  await rejects(() => read(encodeMessage(at, scale)), InvalidInputError, /line 1: .*unknown key "iteration"/);
  const other = encodeHeader(header).replace("marlstone-links-2", "marlstone-links-9");
  assert.throws(() => decodeHeader(other, "x"), /format is "marlstone-links-9"/);
  const stray = encodeHeader({ ...header, links: [[0, 3]] });
  assert.throws(() => decodeHeader(stray, "x"), /ends at agent 3 of 3/);
  assert.throws(() => decodeLine("", header, "x"), /not a line of JSON/);
});

test.run();
