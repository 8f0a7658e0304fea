/** How many threads kernels use: as asked, as MARLSTONE_THREADS says, or one a processor, at most 8. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";

const MOST = 64;
/** More threads than this are used only when they are asked for: the parts of a training's products become small. */
const MOST_AUTOMATIC = 8;

/**
 * @param asked beats MARLSTONE_THREADS, which beats `otherwise`
 * @throws InvalidInputError when it is no integer from 1 to 64
 */
export function threadCount(asked: number | undefined, otherwise: () => number): number {
  if (asked !== undefined) return requireThreads("threads", asked, asked);
  const text = globalThis.process?.env?.MARLSTONE_THREADS;
  return text ? requireThreads("MARLSTONE_THREADS", Number(text), text) : otherwise();
}

/**
 * One a processor that this program may use, at most 8; 1 where threads cannot share memory.
 * @param programs share the processors
 */
export function automaticThreads(programs = 1): number {
  if (!canShareMemory()) return 1;
  const processors =
    typeof globalThis.process?.getBuiltinModule === "function"
      ? process.getBuiltinModule("node:os").availableParallelism()
      : globalThis.navigator?.hardwareConcurrency;
  return Math.max(1, Math.min(Math.floor((processors || 1) / programs), MOST_AUTOMATIC));
}

/** Pages share memory with workers only when they are isolated from other origins. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false;
}

/** @param given as it stands where it was given */
function requireThreads(name: string, value: number, given: number | string): number {
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new InvalidInputError(
    `${name} is ${formatValue(given)}; give an integer from 1 to ${MOST}, or leave it out for one a processor, at most 8.`,
  );
}
