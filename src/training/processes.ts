/** Which processes of this machine are alive, told apart from later ones that were given the same number. */
import { readFile } from "node:fs/promises";

export interface ProcessId {
  readonly pid: number;
  /** When it began, in ticks since the machine did; null where the system does not tell. */
  readonly start: string | null;
}

/** @returns undefined when there is no such process */
export async function identify(pid: number): Promise<ProcessId | undefined> {
  if (!exists(pid)) return undefined;
  const stat = await readStat(pid);
  if (stat === undefined) return { pid, start: null };
  return stat.state === "Z" ? undefined : { pid, start: stat.start };
}

/**
 * A number that was given again, or a process that ended and that its parent has not noticed yet, is not
 * alive.
 */
export async function isAlive(process: ProcessId): Promise<boolean> {
  const found = await identify(process.pid);
  return found !== undefined && (found.start === process.start || process.start === null);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** From /proc/<pid>/stat: "pid (name) state …", where `start` is field 22. Undefined outside Linux. */
async function readStat(pid: number): Promise<{ state: string; start: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], start: fields[19] };
}
