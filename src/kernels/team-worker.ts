/**
 * What every thread of a team runs. A job is a kernel call in parts. Every thread has a queue of neighbouring parts, the
 * same ones in calls alike, so that what it reads is what it wrote; when its own are taken it helps the others.
 * The functions here travel to workers as text: they must not refer to anything outside or hold named functions.
 */

/** Words of the control block. A queue is the number of parts left and whether its thread sleeps; each has a cache line. */
export const slots = { finished: 0, waiting: 1, failed: 2, queues: 16, queueWords: 16, asleep: 1 } as const;

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
  numbers: 40,
} as const;

/** What a team shares. */
export interface Board {
  readonly control: Int32Array;
  readonly job: Float64Array;
  readonly threads: number;
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
  const { control, job, threads, slots, fields } = board;
  for (let i = 0; i < threads; i++) {
    const owner = (thread + i) % threads;
    const queue = slots.queues + owner * slots.queueWords;
    while (Atomics.load(control, queue) > 0) {
      const left = Atomics.sub(control, queue, 1);
      if (left <= 0) break;
      // From here on the job stays as it is until this part is counted as finished.
      try {
        const parts = job[fields.parts];
        const part = Math.ceil((parts * (owner + 1)) / threads) - left;
        const multiple = job[fields.multiple];
        const groups = Math.ceil(job[fields.total] / multiple);
        const from = Math.floor((groups * part) / parts) * multiple;
        const to = Math.min(Math.floor((groups * (part + 1)) / parts) * multiple, job[fields.total]);
        const values: number[] = [];
        for (let at = 0; at < job[fields.argumentCount]; at++) {
          values.push(job[fields.arguments + at] + from * job[fields.steps + at]);
        }
        values[job[fields.lengthAt]] = to - from;
        if (job[fields.scratchAt] >= 0) values[job[fields.scratchAt]] += thread * job[fields.scratchBytes];
        (kernels[job[fields.kernel]] as Kernel).apply(undefined, values);
      } catch {
        Atomics.store(control, slots.failed, 1);
      }
      Atomics.add(control, slots.finished, 1);
      if (Atomics.load(control, slots.waiting) > 0) Atomics.notify(control, slots.finished);
    }
  }
}

/** A worker's life: look for parts for a while, then sleep until there are some. */
export function serve(take: typeof takeParts, { module, memory, board, thread, spins }: WorkerTask): never {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = Object.values(exports).filter((value) => typeof value === "function");
  const { control, slots } = board;
  const queue = slots.queues + thread * slots.queueWords;
  for (;;) {
    let left = Atomics.load(control, queue);
    for (let i = 0; i < spins && left <= 0; i++) left = Atomics.load(control, queue);
    if (left <= 0) {
      Atomics.store(control, queue + slots.asleep, 1);
      Atomics.wait(control, queue, left);
      Atomics.store(control, queue + slots.asleep, 0);
    }
    take(board, kernels, thread);
  }
}
