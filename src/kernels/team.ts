/**
 * Fork and join over shared memory. The thread that owns the team writes a job on the board, takes parts of it like every
 * worker and waits until all parts are finished. Which thread computes a part does not matter to its bits, and a worker
 * that has not started yet or does not get a processor delays nobody: the others take its parts.
 */
import { ThreadError } from "../validation/errors.ts";
import type { Kernels } from "./abi.ts";
import type { StartWorker, WorkerHandle } from "./start-worker.ts";
import { type Board, fields, slots, takeParts } from "./team-worker.ts";

export type KernelName = keyof Kernels;

/** How a kernel call is cut into parts. */
export interface Cut {
  /** What is cut: so many rows, values, strips. */
  readonly total: number;
  /** Parts begin at multiples of this. */
  readonly multiple: number;
  readonly parts: number;
  /** By argument: what it grows by from one unit to the next. */
  readonly steps: readonly number[];
  /** The argument that is the number of units of a part. */
  readonly lengthAt: number;
  /** The argument that points to scratch, of which every thread has this many bytes. */
  readonly scratch?: { readonly at: number; readonly bytes: number };
}

export interface TeamOptions {
  /** Workers and the thread that owns the team. */
  readonly threads: number;
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** Of the thread that owns the team. */
  readonly kernels: Kernels;
  readonly startWorker: StartWorker;
  /** Called with the reason when a worker ends or cannot start. */
  readonly onLoss: (reason: string) => void;
  /** Milliseconds to wait for a part that a worker has taken. @defaultValue 60,000 */
  readonly patience?: number;
}

/** Looks before a worker sleeps and before the owner waits: less than a millisecond, longer than most gaps between jobs. */
const SPINS = 100_000;
/** Milliseconds of one wait; a program that is stopped meanwhile loses no more of its patience. */
const SLICE = 50;

export class Team {
  readonly threads: number;
  readonly #options: TeamOptions;
  readonly #names: readonly string[];
  readonly #kernels: readonly unknown[];
  readonly #board: Board;
  readonly #mayWait: boolean;
  #workers: readonly WorkerHandle[] | undefined;
  #lost: ThreadError | undefined;

  constructor(options: TeamOptions) {
    this.threads = options.threads;
    this.#options = options;
    this.#names = Object.keys(options.kernels);
    this.#kernels = Object.values(options.kernels);
    const words = slots.queues + options.threads * slots.queueWords;
    const control = new Int32Array(new SharedArrayBuffer(4 * words));
    const job = new Float64Array(new SharedArrayBuffer(8 * fields.numbers));
    this.#board = { control, job, threads: options.threads, slots, fields };
    this.#mayWait = mayWait(control);
  }

  /**
   * Calls a kernel in parts and returns when all are done.
   * @throws ThreadError when a part failed, or a worker took a part and did not finish it
   */
  run(kernel: KernelName, values: readonly number[], cut: Cut): void {
    if (this.#lost) throw this.#lost;
    this.#workers ??= this.#start();
    const { control } = this.#board;
    this.#write(kernel, values, cut);
    Atomics.store(control, slots.finished, 0);
    this.#hand(cut.parts);
    takeParts(this.#board, this.#kernels, 0);
    for (let i = 0; i < SPINS && Atomics.load(control, slots.finished) < cut.parts; i++);
    if (Atomics.load(control, slots.finished) < cut.parts) this.#wait(kernel, cut.parts);
    if (Atomics.exchange(control, slots.failed, 0) !== 0) {
      throw new ThreadError(`${kernel} failed in a thread of the kernels; its arguments are wrong.`);
    }
  }

  /** Fills the queues; the owner has at least as many parts as every other thread. */
  #hand(parts: number): void {
    const { control } = this.#board;
    for (let thread = this.threads - 1; thread >= 0; thread--) {
      const queue = slots.queues + thread * slots.queueWords;
      const from = Math.ceil((parts * thread) / this.threads);
      const to = Math.ceil((parts * (thread + 1)) / this.threads);
      Atomics.store(control, queue, to - from);
      if (to > from && Atomics.load(control, queue + slots.asleep) === 1) Atomics.notify(control, queue);
    }
  }

  #start(): WorkerHandle[] {
    const { threads, module, memory, startWorker, onLoss } = this.#options;
    const onEnd = (reason: string): void => {
      if (!this.#lost) onLoss(reason);
    };
    return Array.from({ length: threads - 1 }, (_, i) =>
      startWorker({ module, memory, board: this.#board, thread: i + 1, spins: SPINS }, onEnd),
    );
  }

  #write(kernel: KernelName, values: readonly number[], cut: Cut): void {
    const { job } = this.#board;
    job[fields.kernel] = this.#names.indexOf(kernel);
    job[fields.total] = cut.total;
    job[fields.multiple] = cut.multiple;
    job[fields.parts] = cut.parts;
    job[fields.lengthAt] = cut.lengthAt;
    job[fields.scratchAt] = cut.scratch?.at ?? -1;
    job[fields.scratchBytes] = cut.scratch?.bytes ?? 0;
    job[fields.argumentCount] = values.length;
    for (let i = 0; i < values.length; i++) {
      job[fields.arguments + i] = values[i];
      job[fields.steps + i] = cut.steps[i] ?? 0;
    }
  }

  #wait(kernel: KernelName, parts: number): void {
    const { control } = this.#board;
    let patience = this.#options.patience ?? 60_000;
    Atomics.store(control, slots.waiting, 1);
    for (;;) {
      const finished = Atomics.load(control, slots.finished);
      if (finished === parts) break;
      if (patience <= 0) this.#giveUp(kernel);
      const start = performance.now();
      if (this.#mayWait) Atomics.wait(control, slots.finished, finished, SLICE);
      patience -= Math.min(SLICE, performance.now() - start);
    }
    Atomics.store(control, slots.waiting, 0);
  }

  /** The worker may only be late, and then write where something else is by now: nothing here is usable any more. */
  #giveUp(kernel: KernelName): never {
    for (const worker of this.#workers ?? []) worker.terminate();
    this.#lost = new ThreadError(
      `A worker thread ended, or was stopped, in the middle of ${kernel}. Start the program again; what was saved ` +
        'last is whole. If it happens again, use one thread: "--threads 1", or the option threads: 1.',
    );
    throw this.#lost;
  }
}

/** A page's own thread may not wait, only spin. */
function mayWait(control: Int32Array): boolean {
  try {
    Atomics.wait(control, slots.finished, 0, 0);
    return true;
  } catch {
    return false;
  }
}
