/** Reads a recording of links line by line, in bounded memory; checks every line, their order and their number. */
import { InvalidInputError } from "../validation/errors.ts";
import {
  decodeHeader,
  decodeLine,
  type IterationEnd,
  type LinkLogHeader,
  type LoggedMessage,
} from "./link-log.ts";

/** A message, or that the file has all iterations up to one in its first `end` bytes. */
export type LinkLogEntry =
  | { readonly message: LoggedMessage }
  | { readonly complete: number; readonly end: number };

export interface LinkLog {
  readonly header: LinkLogHeader;
  /** To be iterated once. The first says where the iteration before the first one ends, behind the header. */
  readonly entries: AsyncIterable<LinkLogEntry>;
}

/**
 * What becomes of messages behind the last iteration that is complete, as a run leaves them that was killed: an
 * error at the end, or what there is of them with whole lines.
 */
export type Remainder = "refused" | "read";

/**
 * @param chunks the bytes of the file. @param path names it in messages
 * @throws InvalidInputError naming the line and what is wrong with it, then or while the entries are read
 */
export async function readLinkLog(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  remainder: Remainder = "refused",
): Promise<LinkLog> {
  const lines = splitLines(chunks);
  const first = await lines.next();
  if (first.done || first.value.torn)
    throw new InvalidInputError(`${path} is empty or cut short; it must start with a header line`);
  const { text, end } = first.value;
  try {
    const header = decodeHeader(text, `${path}, line 1`);
    return { header, entries: readEntries(lines, header, end, path, remainder) };
  } catch (error) {
    await lines.return(); // closes the file
    throw error;
  }
}

async function* readEntries(
  lines: AsyncIterable<Line>,
  header: LinkLogHeader,
  headerEnd: number,
  path: string,
  remainder: Remainder,
): AsyncGenerator<LinkLogEntry, void> {
  let at: IterationEnd = { iteration: header.firstIteration, messages: 0 };
  let number = 1;
  let torn = false;
  yield { complete: at.iteration - 1, end: headerEnd };
  for await (const line of lines) {
    const place = `${path}, line ${++number}`;
    torn = line.torn;
    if (torn) break;
    const found = decodeLine(line.text, header, place);
    at = step(at, found, place);
    yield "sequence" in found ? { message: found } : { complete: found.iteration, end: line.end };
  }
  if (remainder === "read" || (!torn && at.messages === 0)) return;
  throw new InvalidInputError(
    `${path} ends in the middle of iteration ${at.iteration} (whole messages: ${at.messages}): it was cut short, or ` +
      "the run is at work or was killed. Continue a run with --resume and the same --record-links.",
  );
}

/**
 * @param at the iteration at hand and its messages so far
 * @returns the same behind the line
 * @throws InvalidInputError when it cannot be the next one
 */
function step(at: IterationEnd, line: LoggedMessage | IterationEnd, place: string): IterationEnd {
  const { iteration } = line;
  if (iteration === at.iteration) {
    if (!("sequence" in line)) {
      if (line.messages === at.messages) return { iteration: iteration + 1, messages: 0 };
    } else if (line.sequence === at.messages + 1) return { iteration, messages: line.sequence };
  }
  const found =
    "sequence" in line
      ? `message ${line.sequence} of iteration ${iteration}`
      : `the end of iteration ${iteration} (messages: ${line.messages})`;
  throw new InvalidInputError(
    `${place}: ${found} stands where message ${at.messages + 1} of iteration ${at.iteration} or its end should; ` +
      "a line is lost, repeated or out of order",
  );
}

interface Line {
  readonly text: string;
  /** The byte behind it. */
  readonly end: number;
  /** The file ends before the line does. */
  readonly torn: boolean;
}

const NEWLINE = 10;

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void> {
  let pieces: Uint8Array[] = [];
  let end = 0;
  const join = (last: Uint8Array, torn: boolean): Line => {
    const line = Buffer.concat([...pieces, last]);
    pieces = [];
    end += line.length + (torn ? 0 : 1);
    return { text: line.toString("utf8"), end, torn };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      const line = join(chunk.subarray(start, at), false);
      start = at + 1;
      yield line;
    }
    if (start < chunk.length) pieces.push(chunk.slice(start));
  }
  if (pieces.length > 0) yield join(new Uint8Array(), true);
}
