/** Runs a script of this folder in a process or a thread of its own: a task goes in, an answer comes back. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const place = (script: string): URL => new URL(script, import.meta.url);

/** A thread does not take over how its process reads TypeScript. */
const boot = (script: string): string => `
  import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))}).then(({ register }) => {
    register();
    return import(${JSON.stringify(place(script).href)});
  });`;

/** Waits until the process ends by itself. @param environment variables beside those of this process */
export function inProcess<Answer>(script: string, task: unknown, environment: object = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(place(script)), [JSON.stringify(task)], {
      env: { ...process.env, ...environment },
    });
    let answer: Answer | undefined;
    child.on("message", (value) => {
      answer = value as Answer;
    });
    child.on("exit", (code) => {
      if (code === 0 && answer !== undefined) resolve(answer);
      else reject(new Error(`${script} ended with ${code} and ${answer === undefined ? "no" : "an"} answer`));
    });
  });
}

export function inThread<Answer>(script: string, task: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(boot(script), { eval: true, workerData: task });
    worker.on("message", resolve);
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`${script} ended with ${code} before it answered`)));
  });
}

/** For the script: what it was asked. */
export const task = <Task>(): Task => (isMainThread ? JSON.parse(process.argv[2]) : workerData);

/** For the script: its answer. */
export function answer(value: unknown): void {
  if (isMainThread) process.send?.(value);
  else parentPort?.postMessage(value);
}
