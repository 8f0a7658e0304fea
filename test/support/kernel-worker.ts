/** Runs in a worker thread: answers with tanh of the values it was started with, from this thread's shared arena. */
import { parentPort, workerData } from "node:worker_threads";
import { sharedArena } from "../../src/kernels/arena.ts";

const arena = sharedArena();
const x = arena.place(workerData as Float32Array);
const { length } = workerData as Float32Array;
arena.kernels.tanhF32(x, x, length);
parentPort?.postMessage({
  values: arena.read(x, length),
  wasm: arena.kernels.sumF32.toString().includes("native"),
});
