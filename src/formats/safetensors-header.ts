/**
 * The header of a safetensors file, read as if an enemy had written it:
 * {"name": {"dtype", "shape", "data_offsets": [begin, end]}, …, "__metadata__": {string: string}}.
 * Reference: https://github.com/huggingface/safetensors, section "Format".
 */
import { CheckpointError } from "../validation/errors.ts";

/** Bytes of one element. */
export const ELEMENT_BYTES = { F64: 8, F32: 4, I32: 4, U8: 1 } as const;
export type DataType = keyof typeof ELEMENT_BYTES;

/** One tensor's place in the data: bytes [begin, end) after the header. */
export interface Entry {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}
export interface Header {
  /** In the order of their bytes. */
  readonly entries: readonly Entry[];
  readonly metadata: ReadonlyMap<string, string>;
}

const METADATA = "__metadata__";
/** Headers beyond this are refused; 300 bytes a tensor leave room for 14,000 tensors. */
export const MAX_HEADER_BYTES = 4 * 1024 * 1024;

const refuse = (reason: string): never => {
  throw new CheckpointError(`Not a safetensors file that can be trusted: ${reason}.`);
};
const quote = (name: string): string => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Compact JSON of a header; entries must be in the order of their bytes. */
export function writeHeader({ entries, metadata }: Header): string {
  const strings = [...metadata].sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = entries.map(({ name, dtype, shape, begin, end }) => {
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`;
  });
  const pairs = strings.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  if (pairs.length > 0) fields.unshift(`"${METADATA}":{${pairs.join(",")}}`);
  return `{${fields.join(",")}}`;
}

/**
 * Reads a header and proves that its tensors tile `dataBytes` bytes without hole or overlap.
 * @throws CheckpointError, and nothing else, for every other text.
 */
export function readHeader(text: string, dataBytes: number): Header {
  const json = text.trimEnd();
  if (/[^ ]/.test(text.slice(json.length))) refuse("its header is not padded with spaces");
  if (!json.startsWith("{")) refuse("its header is not a JSON object");
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    refuse("its header is not JSON");
  }
  if (!isRecord(parsed)) return refuse("its header is not a JSON object");
  refuseDuplicateKeys(json);
  const entries = Object.keys(parsed)
    .filter((name) => name !== METADATA)
    .map((name) => readEntry(name, parsed[name]))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position)
      refuse(`the bytes of ${quote(name)} start at ${begin}, the ones before end at ${position}`);
    position = end;
  }
  if (position !== dataBytes) refuse(`its tensors take ${position} bytes, its data has ${dataBytes}`);
  return { entries, metadata: readMetadata(Object.hasOwn(parsed, METADATA) ? parsed[METADATA] : {}) };
}

function readEntry(name: string, value: unknown): Entry {
  if (name === "__proto__") refuse('a tensor is named "__proto__"');
  if (!isRecord(value)) return refuse(`the entry of ${quote(name)} is not an object`);
  const { dtype, shape, data_offsets: offsets, ...rest } = value;
  if (Object.keys(rest).length > 0)
    refuse(`the entry of ${quote(name)} has the unknown field ${quote(Object.keys(rest)[0])}`);
  if (typeof dtype !== "string" || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    return refuse(`the type of ${quote(name)} is not one of ${Object.keys(ELEMENT_BYTES).join(", ")}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount))
    return refuse(`the shape of ${quote(name)} is not a list of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return refuse(`the offsets of ${quote(name)} are not two positions`);
  }
  const [begin, end] = offsets as [number, number];
  // A product of sizes that overflows is infinite or far above any end, so the comparison refuses it too.
  const bytes = shape.reduce(
    (product: number, size: number) => product * size,
    ELEMENT_BYTES[dtype as DataType],
  );
  if (end - begin !== bytes)
    refuse(`${quote(name)} of shape [${shape}] does not fill bytes ${begin} to ${end}`);
  return { name, dtype: dtype as DataType, shape, begin, end };
}

function readMetadata(value: unknown): Map<string, string> {
  if (!isRecord(value)) return refuse(`${METADATA} is not an object`);
  const metadata = new Map<string, string>();
  for (const key of Object.keys(value)) {
    const text = value[key];
    if (typeof text !== "string" || key === "__proto__")
      return refuse(`${METADATA} has a bad field ${quote(key)}`);
    metadata.set(key, text);
  }
  return metadata;
}

/** JSON.parse keeps the last of equal keys in silence; this walks the tokens of a valid text and refuses. */
function refuseDuplicateKeys(json: string): void {
  const scopes: Set<string>[] = [];
  let last = "";
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}:]/g)) {
    if (token === "{") scopes.push(new Set());
    else if (token === "}") scopes.pop();
    else if (token === ":") {
      const keys = scopes[scopes.length - 1] as Set<string>;
      const key = JSON.parse(last) as string;
      if (keys.has(key)) refuse(`${quote(key)} occurs twice in its header`);
      keys.add(key);
    }
    last = token;
  }
}
