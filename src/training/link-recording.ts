/**
 * Writes every message that crosses the links of a run to a file, one by one, so that memory does not grow.
 * After an iteration the disk has all of it; an iteration that fails leaves nothing; a resumed run cuts what came
 * after its checkpoint. So the file does not depend on where a run was stopped. docs/guide/privacy.md
 */
import * as fs from "node:fs";
import { messageKinds } from "../algorithms/matrpo/link.ts";
import { encodeEnd, encodeHeader, encodeMessage, type LinkLogHeader } from "../formats/link-log.ts";
import { type LinkLog, type Remainder, readLinkLog } from "../formats/link-log-reader.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { differences } from "./differences.ts";
import { writeWithFolder } from "./files.ts";
import type { Learner } from "./learner.ts";
import { version } from "./version.ts";

export class LinkRecording {
  readonly path: string;
  readonly #learner: Learner;
  #begun: boolean;

  private constructor(path: string, learner: Learner, begun: boolean) {
    this.path = path;
    this.#learner = learner;
    this.#begun = begun;
  }

  /**
   * For a run that starts; the file is made by its first iteration.
   * @throws InvalidInputError when there is a file already or the algorithm has no links
   */
  static create(path: string, learner: Learner): LinkRecording {
    headerOf(learner);
    if (!fs.existsSync(path)) return new LinkRecording(path, learner, false);
    throw new InvalidInputError(
      `${path} exists already. Give a new file, or continue the run it belongs to with --resume.`,
    );
  }

  /**
   * For a run that continues where `learner` stands: cuts what later iterations wrote. Without a file the
   * recording starts here.
   * @throws InvalidInputError when the file is another team's, damaged, or lacks a message before the next iteration
   */
  static async resume(path: string, learner: Learner): Promise<LinkRecording> {
    const expected = headerOf(learner);
    if (!fs.existsSync(path)) return new LinkRecording(path, learner, false);
    const log = await openLinkLog(path, "read");
    requireSameTeam(log.header, expected, path);
    fs.truncateSync(path, await endOfIteration(log, learner.iteration, path));
    return new LinkRecording(path, learner, true);
  }

  /** Lets the learner iterate and appends what crosses. */
  async iterate(): ReturnType<Learner["iterate"]> {
    await this.#begin();
    const { links, iteration } = this.#learner;
    const file = fs.openSync(this.path, "a");
    const start = fs.fstatSync(file).size;
    let sequence = 0;
    links.listen((message, from, to) => {
      const crossing = { iteration: iteration + 1, sequence: ++sequence, from, to };
      fs.appendFileSync(file, encodeMessage(crossing, message));
    });
    try {
      const metrics = await this.#learner.iterate();
      fs.appendFileSync(file, encodeEnd({ iteration: iteration + 1, messages: sequence }));
      fs.fsyncSync(file);
      return metrics;
    } catch (error) {
      fs.ftruncateSync(file, start);
      throw error;
    } finally {
      links.listen();
      fs.closeSync(file);
    }
  }

  async #begin(): Promise<void> {
    if (this.#begun) return;
    await writeWithFolder(this.path, encodeHeader(headerOf(this.#learner)));
    this.#begun = true;
  }
}

/** Opens a recording for reading. @throws InvalidInputError when it is none */
export async function openLinkLog(path: string, remainder?: Remainder): Promise<LinkLog> {
  return readLinkLog(fs.createReadStream(path, { highWaterMark: 2 ** 20 }), path, remainder);
}

/** Of a recording that begins where the learner stands. */
function headerOf({ links, environment, iteration }: Learner): LinkLogHeader {
  const { agents } = environment.spec;
  return { version, firstIteration: iteration + 1, agents, links: links.pairs, kinds: messageKinds };
}

function requireSameTeam(saved: LinkLogHeader, expected: LinkLogHeader, path: string): void {
  const team = ({ agents, links, kinds }: LinkLogHeader) => ({ agents, links, kinds });
  const [difference] = differences(team(saved), team(expected), "the file", "this run");
  if (difference) throw new InvalidInputError(`${path} is the recording of another team: ${difference}.`);
}

/** The byte behind all of this iteration. */
async function endOfIteration({ entries }: LinkLog, iteration: number, path: string): Promise<number> {
  for await (const entry of entries) {
    if ("complete" in entry && entry.complete === iteration) return entry.end;
  }
  throw new InvalidInputError(
    `${path} does not have all of iteration ${iteration}, after which the run continues. Give a new file.`,
  );
}
