/**
 * At most one process works in a directory, an experiment's or a run's. `lock.json` names it and those that train
 * for it; a lock whose process is dead is taken over, once the last that train for it have noticed and ended too.
 */
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { FileError, InvalidInputError } from "../validation/errors.ts";
import { ownTemporary, writeAtomically } from "./files.ts";
import { identify, isAlive, type ProcessId } from "./processes.ts";

const processSchema = v.object({ pid: v.number(), start: v.nullable(v.string()) });
const holderSchema = v.object({ ...processSchema.entries, host: v.string(), runs: v.array(processSchema) });
type Holder = Readonly<v.InferOutput<typeof holderSchema>>;

const NAME = "lock.json";
const POLL_MILLISECONDS = 50;
/** How long a lock may be empty, where there are no hard links, before its writer counts as dead. */
const EMPTY_POLLS = 20;
/** How long another command may be at removing a dead lock. */
const TAKEOVER_SECONDS = 10;

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
   * @param folder made when it is not there
   * @param onWait called when runs of a dead command are still ending
   * @throws InvalidInputError when a living process, or one of another machine, holds it, it does not say who, or the
   * folder cannot be made; FileError when nothing can be written into it
   */
  static async acquire(folder: string, onWait: () => void = () => {}): Promise<Lock> {
    await mkdir(folder, { recursive: true }).catch((error: Error) => {
      throw new InvalidInputError(`The directory ${folder} cannot be made: ${error.message}.`);
    });
    const path = join(folder, NAME);
    const self = await identify(process.pid);
    const holder: Holder = { pid: process.pid, start: self?.start ?? null, host: hostname(), runs: [] };
    while (!(await claim(path, JSON.stringify(holder)))) {
      const text = await read(path);
      // Who takes a lock that is gone must not remove the next one's.
      if (text === undefined) continue;
      if (text !== "") await outlive(parseHolder(text, folder, path), folder, path, onWait);
      await remove(path, text);
    }
    return new Lock(path, holder);
  }

  /** Holds the lock while `work` is done. @throws as `acquire` and `work` do */
  static async hold<T>(folder: string, work: (lock: Lock) => Promise<T>, onWait?: () => void): Promise<T> {
    const lock = await Lock.acquire(folder, onWait);
    try {
      return await work(lock);
    } finally {
      await lock.release();
    }
  }

  /** Removes what a dead process has left of its lock; where there is nothing, changes nothing. @throws as `acquire` */
  static async clear(folder: string): Promise<void> {
    if ((await filesOf(folder)).length > 0) await Lock.hold(folder, async () => {});
  }

  /** Makes a process known that will train; it must not write before this is done. */
  async track(pid: number): Promise<void> {
    const run = await identify(pid);
    if (run) this.#runs.set(pid, run);
    const write = () =>
      writeAtomically(this.#path, JSON.stringify({ ...this.#holder, runs: [...this.#runs.values()] }));
    // One after another, also after one that failed.
    this.#written = this.#written.then(write, write);
    await this.#written;
  }

  /** The process has ended. */
  untrack(pid: number): void {
    this.#runs.delete(pid);
  }

  async release(): Promise<void> {
    await this.#written.catch(() => undefined);
    const beside = (await filesOf(dirname(this.#path))).filter((file) => file !== this.#path);
    // The lock itself goes last. A file that somebody was about to link is made anew.
    for (const file of [...beside, this.#path]) await rm(file, { force: true });
  }
}

/**
 * Takes the lock with all that it says: a file that is whole is linked to its name. So nobody ever sees it empty, however
 * long this process is held up.
 * @returns whether it was free
 */
async function claim(path: string, text: string): Promise<boolean> {
  const own = ownTemporary(path);
  try {
    await writeFile(own, text);
    await link(own, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // Gone: who released the lock has taken it for one that a kill has left.
    if (code === "EEXIST" || code === "ENOENT") return false;
    if (WITHOUT_LINKS.includes(code)) return create(path, text);
    throw new FileError(
      `${path} cannot be written, which says who works there: ${(error as Error).message}. ` +
        "Mend that, or choose another --out.",
      { cause: error },
    );
  } finally {
    await rm(own, { force: true });
  }
}
/** What file systems say that have no hard links. */
const WITHOUT_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** @returns whether there was no such file */
async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * The lock's text, undefined when it is gone, "" when it stays empty because its writer, without hard links, died between
 * making and filling it. A text without its end is waited for, and given as it is when none comes.
 * @throws InvalidInputError when it cannot be read
 */
async function read(path: string): Promise<string | undefined> {
  let text: string | undefined;
  for (let poll = 0; poll < EMPTY_POLLS; poll++) {
    text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw new InvalidInputError(
        `${path} cannot be read, which says who works there: ${error.message}. ${FREE}`,
        { cause: error },
      );
    });
    if (text === undefined || text.trimEnd().endsWith("}")) break;
    await sleep(POLL_MILLISECONDS);
  }
  return text;
}

/** @throws InvalidInputError when the lock is damaged: somebody may be at work all the same */
function parseHolder(text: string, folder: string, path: string): Holder {
  try {
    return v.parse(holderSchema, JSON.parse(text));
  } catch {
    throw new InvalidInputError(
      `${path} is damaged: it does not say which process works in ${folder}. ${FREE}`,
    );
  }
}

const FREE = "If none does, delete it and start again.";

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

/**
 * Removes the lock that says `text`, unless another command has just done so: one at a time looks and
 * removes.
 */
async function remove(path: string, text: string): Promise<void> {
  const turn = takeover(path);
  if (!(await create(turn, ""))) {
    const { mtimeMs } = await stat(turn).catch(() => ({ mtimeMs: Date.now() }));
    // It takes a moment only, so whoever is at it has died.
    if (Date.now() - mtimeMs > 1000 * TAKEOVER_SECONDS) await rm(turn, { force: true });
    await sleep(POLL_MILLISECONDS);
    return;
  }
  try {
    if ((await read(path)) === text) await rm(path, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

const takeover = (path: string): string => `${path}.takeover`;

/** Everything of a lock that lies there. */
async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name === NAME || name.startsWith(`${NAME}.`))
    .map((name) => join(folder, name));
}
