/**
 * At most one command works on an experiment's directory. `lock.json` names its process and those that train for
 * it; a lock whose process is dead is taken over, once its last runs have noticed and ended too.
 */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeAtomically } from "../training/files.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { identify, isAlive, type ProcessId } from "./processes.ts";

interface Holder extends ProcessId {
  readonly host: string;
  readonly runs: readonly ProcessId[];
}

const POLL_MILLISECONDS = 50;
/** How long a lock may be empty before its writer counts as dead. */
const EMPTY_POLLS = 20;

export class Lock {
  readonly #path: string;
  readonly #holder: Holder;
  readonly #runs = new Map<number, ProcessId>();
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, holder: Holder) {
    this.#path = path;
    this.#holder = holder;
  }

  /**
   * @param folder exists
   * @param onWait called when runs of a dead command are still ending
   * @throws InvalidInputError when a living process, or one of another machine, holds it
   */
  static async acquire(folder: string, onWait: () => void = () => {}): Promise<Lock> {
    const path = join(folder, "lock.json");
    const self = await identify(process.pid);
    const holder: Holder = { pid: process.pid, start: self?.start ?? null, host: hostname(), runs: [] };
    while (!(await create(path, holder))) {
      const text = await read(path);
      const found = text === "" ? undefined : (JSON.parse(text) as Holder);
      if (found) await outlive(found, folder, path, onWait);
      await remove(path, text);
    }
    return new Lock(path, holder);
  }

  /** Makes a process known that will train; it must not write before this is done. */
  async track(pid: number): Promise<void> {
    const run = await identify(pid);
    if (run) this.#runs.set(pid, run);
    this.#written = this.#written.then(() =>
      writeAtomically(this.#path, JSON.stringify({ ...this.#holder, runs: [...this.#runs.values()] })),
    );
    await this.#written;
  }

  /** The process has ended. */
  untrack(pid: number): void {
    this.#runs.delete(pid);
  }

  async release(): Promise<void> {
    await this.#written;
    for (const path of [stale(this.#path), `${this.#path}.tmp`, this.#path]) await rm(path, { force: true });
  }
}

const stale = (path: string): string => `${path}.stale`;

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The lock's text, "" when it is gone or stays empty because its writer died between making and filling it. */
async function read(path: string): Promise<string> {
  for (let poll = 0; poll < EMPTY_POLLS; poll++) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined || text.endsWith("}")) return text ?? "";
    await sleep(POLL_MILLISECONDS);
  }
  return "";
}

/** Waits until what trained for a dead holder is dead too. */
async function outlive(holder: Holder, folder: string, path: string, onWait: () => void): Promise<void> {
  const { pid, host, runs } = holder;
  if (host !== hostname()) {
    throw new InvalidInputError(
      `${folder} is in use by process ${pid} on ${host}. If that has ended, delete ${path} and start again.`,
    );
  }
  if (await isAlive(holder)) {
    throw new InvalidInputError(
      `${folder} is in use by process ${pid}. Wait until it ends, stop it, or choose another --out.`,
    );
  }
  let told = false;
  while ((await Promise.all(runs.map(isAlive))).includes(true)) {
    if (!told) onWait();
    told = true;
    await sleep(POLL_MILLISECONDS);
  }
}

/** Removes the lock that said `text`; one that another command has put there since is put back. */
async function remove(path: string, text: string): Promise<void> {
  try {
    await rename(path, stale(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const taken = await readFile(stale(path), "utf8");
  if (taken === text || !taken.endsWith("}")) await rm(stale(path), { force: true });
  else await rename(stale(path), path);
}
