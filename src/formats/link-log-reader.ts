/** Reads a recording of links message by message, in bounded memory; checks every line and their order. */
import { InvalidInputError } from "../validation/errors.ts";
import { decodeHeader, decodeMessage, type LinkLogHeader, type LoggedMessage } from "./link-log.ts";

/** A message and the byte behind its line. */
export interface LinkLogEntry {
  readonly message: LoggedMessage;
  readonly end: number;
}

export interface LinkLog {
  readonly header: LinkLogHeader;
  /** The byte behind the header. */
  readonly headerEnd: number;
  /** To be iterated once. A torn last line, as a crash leaves it, is dropped. */
  readonly entries: AsyncIterable<LinkLogEntry>;
}

/**
 * @param chunks the bytes of the file. @param path names it in messages
 * @throws InvalidInputError naming the line and what is wrong with it, then or while the entries are read
 */
export async function readLinkLog(chunks: AsyncIterable<Uint8Array>, path: string): Promise<LinkLog> {
  const lines = wholeLines(chunks);
  const first = await lines.next();
  if (first.done)
    throw new InvalidInputError(`${path} is empty or cut short; it must start with a header line`);
  const { text, end } = first.value;
  try {
    const header = decodeHeader(text, `${path}, line 1`);
    return { header, headerEnd: end, entries: readEntries(lines, header, path) };
  } catch (error) {
    await lines.return(); // closes the file
    throw error;
  }
}

async function* readEntries(lines: AsyncIterable<Line>, header: LinkLogHeader, path: string) {
  let number = 1;
  let last: LoggedMessage | undefined;
  for await (const { text, end } of lines) {
    const place = `${path}, line ${++number}`;
    const message = decodeMessage(text, header, place);
    if (last && !follows(message, last)) {
      throw new InvalidInputError(
        `${place}: message ${message.sequence} of iteration ${message.iteration} cannot follow ` +
          `message ${last.sequence} of iteration ${last.iteration}`,
      );
    }
    last = message;
    yield { message, end };
  }
}

function follows(message: LoggedMessage, last: LoggedMessage): boolean {
  if (message.iteration === last.iteration) return message.sequence === last.sequence + 1;
  return message.iteration === last.iteration + 1 && message.sequence === 1;
}

interface Line {
  readonly text: string;
  readonly end: number;
}

const NEWLINE = 10;

/** Lines that end in a newline. */
async function* wholeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void> {
  let pieces: Uint8Array[] = [];
  let end = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...pieces, chunk.subarray(start, at)]);
      pieces = [];
      start = at + 1;
      end += line.length + 1;
      yield { text: line.toString("utf8"), end };
    }
    pieces.push(chunk.slice(start));
  }
}
