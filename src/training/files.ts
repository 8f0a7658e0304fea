/**
 * Files that are never seen half-written: write beside, sync, rename, sync the folder. A crash or a full disk
 * leaves the old file or the new one. Node's modules are asked for at the call, so that the library loads in
 * a browser, where bytes are handed over instead of paths.
 */
import { FileError, InvalidInputError } from "../validation/errors.ts";
import { nodeProblem } from "../validation/node-version.ts";

/** The calls that writing uses, so that a test can make each of them fail. */
export type FileSystem = Pick<typeof import("node:fs/promises"), "open" | "rename" | "rm">;

/** Node's `fs/promises`. @throws InvalidInputError where there are no files */
export function fileSystem(): typeof import("node:fs/promises") {
  if (typeof process !== "undefined" && typeof process.getBuiltinModule === "function") {
    return process.getBuiltinModule("node:fs/promises");
  }
  const node = typeof process === "undefined" ? undefined : process.versions?.node;
  throw new InvalidInputError(
    (node && nodeProblem(node)) ??
      "There are no files here. Use toBytes() and fromBytes() and keep the bytes yourself.",
  );
}

/**
 * Replaces the file at `path` whole. On failure the old file stays and nothing is left beside it.
 * @param temporary what is written first. Its usual name is that of what a kill has left, so that the next write takes
 * it away; where nothing keeps a second writer out, give `ownTemporary`. @defaultValue the path and ".tmp"
 * @throws FileError
 */
export async function writeAtomically(
  path: string,
  contents: string | Uint8Array,
  files: FileSystem = fileSystem(),
  temporary = `${path}.tmp`,
): Promise<void> {
  try {
    await writeSynced(files, temporary, "w", contents);
    await files.rename(temporary, path);
  } catch (error) {
    await files.rm(temporary, { force: true }).catch(() => undefined);
    throw new FileError(refusal(path, error), { cause: error });
  }
  await syncFolder(files, process.getBuiltinModule("node:path").dirname(path));
}

let writes = 0;

/** A name beside `path` that no other write has, of this thread or another: two at once cannot mix their bytes. */
export function ownTemporary(path: string): string {
  const { threadId } = process.getBuiltinModule("node:worker_threads");
  writes++;
  return `${path}.${process.pid}-${threadId}-${writes}.tmp`;
}

/**
 * Writes a file that somebody asked for by name, whole; its folder is made where there is none. Of several writers at a
 * time the last one's file stays.
 * @throws InvalidInputError when it cannot be written
 */
export async function writeWithFolder(path: string, contents: string | Uint8Array): Promise<void> {
  const files = fileSystem();
  try {
    await files.mkdir(process.getBuiltinModule("node:path").dirname(path), { recursive: true });
    await writeAtomically(path, contents, files, ownTemporary(path));
  } catch (error) {
    const message = error instanceof FileError ? error.message : refusal(path, error);
    throw new InvalidInputError(message, { cause: error });
  }
}

/** A file whole. @throws InvalidInputError when it cannot be read */
export async function readBytes(path: string): Promise<Uint8Array> {
  const files = fileSystem();
  try {
    return await files.readFile(path);
  } catch (error) {
    throw new InvalidInputError(`${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

/** Adds to the end of a file and waits until the disk has it. @throws FileError */
export async function appendSynced(
  path: string,
  contents: string | Uint8Array,
  files: FileSystem = fileSystem(),
): Promise<void> {
  await writeSynced(files, path, "a", contents).catch((error: unknown) => {
    throw new FileError(refusal(path, error), { cause: error });
  });
}

/** What the system says names no file, or one beside that which is meant. */
const refusal = (path: string, error: unknown): string =>
  `${path} cannot be written: ${(error as Error).message}.`;

async function writeSynced(files: FileSystem, path: string, flags: string, contents: string | Uint8Array) {
  const file = await files.open(path, flags);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename itself last; systems that cannot open a folder (Windows) need no such step. */
async function syncFolder(files: FileSystem, path: string): Promise<void> {
  const folder = await files.open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
