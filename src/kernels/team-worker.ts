/**
 * What every thread of a team runs. A job is a kernel call in parts: each thread takes the next part until none is left.
 * The functions here travel to workers as text: they must not refer to anything outside or hold named functions.
 */

/** Words of the control block that all threads see. Those that somebody spins on have a cache line of their own. */
export const slots = { left: 0, finished: 16, sleeping: 32, waiting: 33, failed: 34 } as const;
export const CONTROL_WORDS = 48;

/** Numbers of the job: what to call, how to cut it, then the arguments and what each grows by from unit to unit. */
export const fields = {
  kernel: 0,
  total: 1,
  multiple: 2,
  parts: 3,
  lengthAt: 4,
  scratchAt: 5,
  scratchBytes: 6,
  argumentCount: 7,
  arguments: 8,
  steps: 24,
} as const;
export const JOB_NUMBERS = 40;

/** What a team shares. */
export interface Board {
  readonly control: Int32Array;
  readonly job: Float64Array;
  readonly slots: typeof slots;
  readonly fields: typeof fields;
}

/** What a worker is started with. */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly board: Board;
  /** Its number; 0 is the thread that owns the team. */
  readonly thread: number;
  /** Looks for a job before it sleeps. */
  readonly spins: number;
}

type Kernel = (...values: number[]) => unknown;

/** Takes parts of the job until none is left. Counts a part that failed as finished, so that nobody waits for it. */
export function takeParts(board: Board, kernels: readonly unknown[], thread: number): void {
  const { control, job, slots, fields } = board;
  while (Atomics.load(control, slots.left) > 0) {
    const left = Atomics.sub(control, slots.left, 1);
    if (left <= 0) return;
    // From here on the job stays as it is until this part is counted as finished.
    try {
      const parts = job[fields.parts];
      const part = parts - left;
      const multiple = job[fields.multiple];
      const groups = Math.ceil(job[fields.total] / multiple);
      const from = Math.floor((groups * part) / parts) * multiple;
      const to = Math.min(Math.floor((groups * (part + 1)) / parts) * multiple, job[fields.total]);
      const values: number[] = [];
      for (let i = 0; i < job[fields.argumentCount]; i++) {
        values.push(job[fields.arguments + i] + from * job[fields.steps + i]);
      }
      if (job[fields.lengthAt] >= 0) values[job[fields.lengthAt]] = to - from;
      if (job[fields.scratchAt] >= 0) values[job[fields.scratchAt]] += thread * job[fields.scratchBytes];
      (kernels[job[fields.kernel]] as Kernel).apply(undefined, values);
    } catch {
      Atomics.store(control, slots.failed, 1);
    }
    Atomics.add(control, slots.finished, 1);
    if (Atomics.load(control, slots.waiting) > 0) Atomics.notify(control, slots.finished);
  }
}

/** A worker's life: look for a job for a while, then sleep until there is one. */
export function serve(take: typeof takeParts, { module, memory, board, thread, spins }: WorkerTask): never {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = Object.values(exports).filter((value) => typeof value === "function");
  const { control, slots } = board;
  for (;;) {
    let left = Atomics.load(control, slots.left);
    for (let i = 0; i < spins && left <= 0; i++) left = Atomics.load(control, slots.left);
    if (left <= 0) {
      Atomics.add(control, slots.sleeping, 1);
      Atomics.wait(control, slots.left, left);
      Atomics.sub(control, slots.sleeping, 1);
    }
    take(board, kernels, thread);
  }
}
