/**
 * What crossed the links of a run, as JSON lines: a header, a line a message, and behind the messages of an iteration
 * a line that counts them, so that none can be lost unnoticed. Vectors are base64 of
 * little-endian f32, scalars JSON numbers with all their digits. Every field of a message is written, those that
 * should not be there under "undeclared": they show, and the reader refuses them. docs/guide/privacy.md
 */
import * as v from "valibot";
import { InvalidInputError } from "../validation/errors.ts";
import { validate } from "../validation/validate.ts";
import { parseExact, stringifyExact } from "./exact-json.ts";

const FORMAT = "marlstone-links-2";

const agent = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ordinal = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const headerSchema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.string(),
  firstIteration: ordinal,
  agents: v.array(v.string()),
  links: v.array(v.tuple([agent, agent])),
  kinds: v.record(
    v.string(),
    v.strictObject({ content: v.picklist(["vector", "number"]), meaning: v.string() }),
  ),
  vectors: v.literal("base64 of f32"),
  byteOrder: v.literal("little-endian"),
});
const lineSchema = v.strictObject({
  iteration: ordinal,
  sequence: ordinal,
  from: agent,
  to: agent,
  kind: v.string(),
  length: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  values: v.union([v.string(), v.number()]),
});
const endSchema = v.strictObject({
  iteration: ordinal,
  messages: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** Who may tell whom what. */
export interface LinkLogHeader {
  /** Version of the package that wrote the file. */
  readonly version: string;
  /** With which the recording begins. */
  readonly firstIteration: number;
  /** Names; messages give agents by number. */
  readonly agents: readonly string[];
  readonly links: readonly (readonly [number, number])[];
  readonly kinds: Readonly<
    Record<string, { readonly content: "vector" | "number"; readonly meaning: string }>
  >;
}

/** When and where a message crossed; iterations, and messages inside each, count from 1. */
export interface Crossing {
  readonly iteration: number;
  readonly sequence: number;
  readonly from: number;
  readonly to: number;
}

/** What a message may look like to the writer, which writes any further fields as well. */
export interface Loggable {
  readonly kind: string;
  readonly values?: Float32Array;
  readonly value?: number;
}

export interface LoggedMessage extends Crossing {
  readonly kind: string;
  readonly values: Float32Array | number;
}

/** All messages of an iteration have been written. */
export interface IterationEnd {
  readonly iteration: number;
  /** How many they are. */
  readonly messages: number;
}

export function encodeHeader({ version, firstIteration, agents, links, kinds }: LinkLogHeader): string {
  const encoding = { vectors: "base64 of f32", byteOrder: "little-endian" };
  const team = { agents, links, kinds };
  return `${JSON.stringify({ format: FORMAT, version, firstIteration, ...team, ...encoding })}\n`;
}

export function encodeMessage({ iteration, sequence, from, to }: Crossing, message: Loggable): string {
  const { kind, content, undeclared } = takeApart(message);
  // By itself, so that no field of a message can take the place of one of the recorder's.
  const rest = Object.keys(undeclared).length > 0 && { undeclared };
  return `${stringifyExact({ iteration, sequence, from, to, kind, ...content, ...rest })}\n`;
}

/** A vector is the content where there is one; a number beside it is undeclared like anything else. */
function takeApart(message: Loggable) {
  if (message.values) {
    const { kind, values, ...undeclared } = message;
    return { kind, content: { length: values.length, values: encodeVector(values) }, undeclared };
  }
  const { kind, value, ...undeclared } = message;
  return { kind, content: { length: 1, values: value }, undeclared };
}

export function encodeEnd({ iteration, messages }: IterationEnd): string {
  return `${JSON.stringify({ iteration, messages })}\n`;
}

/** @throws InvalidInputError when the line is no header of this version */
export function decodeHeader(line: string, place: string): LinkLogHeader {
  const { version, firstIteration, agents, links, kinds } = validate(headerSchema, parse(line, place), place);
  const stray = links.flat().find((end) => end >= agents.length);
  if (stray !== undefined)
    throw new InvalidInputError(`${place}: a link ends at agent ${stray} of ${agents.length}`);
  return { version, firstIteration, agents, links, kinds };
}

/**
 * A line behind the header.
 * @throws InvalidInputError unless it has the declared fields, and a message's kind and link are declared
 */
export function decodeLine(line: string, header: LinkLogHeader, place: string): LoggedMessage | IterationEnd {
  const parsed = parse(line, place);
  const ends = typeof parsed === "object" && parsed !== null && "messages" in parsed;
  return ends ? validate(endSchema, parsed, place) : readMessage(parsed, header, place);
}

function readMessage(parsed: unknown, { links, kinds }: LinkLogHeader, place: string): LoggedMessage {
  const { length, values, ...rest } = validate(lineSchema, parsed, place);
  const { from, to, kind } = rest;
  const refuse = (reason: string) => new InvalidInputError(`${place}: ${reason}`);
  if (!links.some(([i, j]) => (i === from && j === to) || (i === to && j === from))) {
    throw refuse(`a message from agent ${from} to ${to}, which no link joins`);
  }
  if (!Object.hasOwn(kinds, kind)) throw refuse(`a message of the undeclared kind "${kind}"`);
  if (kinds[kind].content === "number") {
    if (typeof values !== "number" || length !== 1) throw refuse(`${kind} must be one number`);
    return { ...rest, values };
  }
  const vector = typeof values === "string" ? decodeVector(values) : undefined;
  if (vector?.length !== length) throw refuse(`${kind} must be a vector of its ${length} f32 in base64`);
  return { ...rest, values: vector };
}

function parse(line: string, place: string): unknown {
  try {
    return parseExact(line);
  } catch {
    throw new InvalidInputError(`${place}: not a line of JSON; the file is damaged or no recording of links`);
  }
}

const encodeVector = (values: Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

/** Undefined unless the text is what `encodeVector` makes. */
function decodeVector(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length % 4 !== 0 || bytes.toString("base64") !== text) return undefined;
  return new Float32Array(new Uint8Array(bytes).buffer);
}
