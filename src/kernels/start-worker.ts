/**
 * Starts a worker from text, so that no file has to be found: a worker thread in Node, a Web Worker from a blob in a page
 * or another worker. A page's content security policy has to allow `worker-src blob:`.
 */
import { serve, takeParts, type WorkerTask } from "./team-worker.ts";

export interface WorkerHandle {
  terminate(): void;
}

/** @param onEnd called once the worker has ended or could not start; workers do not end by themselves */
export type StartWorker = (task: WorkerTask, onEnd: (reason: string) => void) => WorkerHandle;

const PROGRAM = `(${serve})(${takeParts}, `;

/** How workers start here; undefined where there are none. */
export function workerStarter(): StartWorker | undefined {
  if (typeof globalThis.process?.getBuiltinModule === "function") return startThread;
  return typeof Worker === "function" && typeof Blob === "function" ? startWebWorker : undefined;
}

/** Does not keep the program alive, and takes over neither its loaders nor its variables. */
const startThread: StartWorker = (task, onEnd) => {
  const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
  const program = `${PROGRAM}require("node:worker_threads").workerData);`;
  const worker = new Thread(program, { eval: true, workerData: task, env: {}, execArgv: [] });
  let failure: string | undefined;
  worker.once("error", ({ message }) => {
    failure = message;
  });
  worker.once("exit", (code) => onEnd(failure ?? `it ended with code ${code}`));
  worker.unref();
  return { terminate: () => void worker.terminate() };
};

let programUrl: string | undefined;

const startWebWorker: StartWorker = (task, onEnd) => {
  programUrl ??= URL.createObjectURL(
    new Blob([`onmessage = ({ data }) => ${PROGRAM}data);`], { type: "text/javascript" }),
  );
  const worker = new Worker(programUrl);
  worker.onerror = ({ message }) => onEnd(message ?? "the page's content security policy forbids it");
  worker.postMessage(task);
  return worker;
};
