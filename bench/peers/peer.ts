/** A peer's program as seen from the comparison: a workload goes in, milliseconds come out; it rests in between. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Answer, Workload } from "./workload.ts";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export class Peer {
  readonly title: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #complaints = "";

  private constructor(title: string, command: string, args: readonly string[]) {
    this.title = title;
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    child.stderr.on("data", (text: Buffer) => {
      this.#complaints = `${this.#complaints}${text}`.slice(-2000);
    });
    this.#child = child;
    this.#reader = createInterface({ input: child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** A program in this folder. */
  static node(title: string, file: string, ...args: readonly string[]): Peer {
    return new Peer(title, process.execPath, ["--import", "tsx", here(file), ...args]);
  }

  static python(title: string, python: string, file: string): Peer {
    return new Peer(title, python, [here(file)]);
  }

  /** One turn. */
  async run(workload: Workload): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify(workload)}\n`);
    const { done, value } = await this.#lines.next();
    return done ? { error: `its program has ended: ${this.#complaints}` } : (JSON.parse(value) as Answer);
  }

  close(): void {
    this.#child.stdin?.end();
    this.#reader.close();
  }
}
