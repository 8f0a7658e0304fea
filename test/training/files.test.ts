/** Whichever call of the file system fails, a reader finds the old contents or the new ones, whole. */
import * as disk from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { appendSynced, type FileSystem, writeAtomically, writeWithFolder } from "../../src/training/files.ts";
import { FileError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const full = (): never => {
  throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", syscall: "write" });
};

const FULL = /^\S+\/file cannot be written: ENOSPC: no space left on device\.$/;

/** The disk, failing at the n-th call. With `torn` a failing write leaves half of its bytes. */
function failingAt(n: number): { files: FileSystem; calls: string[] } {
  const calls: string[] = [];
  const count = (name: string): void => {
    if (calls.push(name) === n) full();
  };
  const open: FileSystem["open"] = async (...parameters) => {
    count("open");
    const file = await disk.open(...parameters);
    const { writeFile, sync } = file;
    file.writeFile = async (data, options) => {
      const text = data as string;
      if (calls.length + 1 === n) await writeFile.call(file, text.slice(0, text.length / 2), options);
      count("write");
      return writeFile.call(file, data, options);
    };
    file.sync = async () => {
      count("sync");
      return sync.call(file);
    };
    return file;
  };
  const rename: FileSystem["rename"] = async (from, to) => {
    count("rename");
    return disk.rename(from, to);
  };
  return { files: { open, rename, rm: disk.rm }, calls };
}

test("a file is replaced whole or not at all, and nothing is left beside it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    await writeAtomically(path, "old contents");
    for (let n = 1; n <= 4; n++) {
      const { files, calls } = failingAt(n);
      await rejects(() => writeAtomically(path, "new contents", files), FileError, FULL);
      assert.is(calls.length, n);
      assert.is(await disk.readFile(path, "utf8"), "old contents", `after a failing ${calls.at(-1)}`);
      assert.equal(await disk.readdir(folder), ["file"]);
    }
    const { files, calls } = failingAt(0);
    await writeAtomically(path, "new contents", files);
    assert.equal(calls, ["open", "write", "sync", "rename", "open", "sync"]);
    assert.is(await disk.readFile(path, "utf8"), "new contents");
  }));

test("a folder that cannot be synced does not fail a write that is done", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    for (const n of [5, 6]) await writeAtomically(path, `write ${n}`, failingAt(n).files);
    assert.is(await disk.readFile(path, "utf8"), "write 6");
  }));

test("of several writers at a time one leaves its file, whole, and none fails", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    const texts = ["a", "b", "c", "d"].map((letter, i) => letter.repeat(200_000 + 50_000 * i));
    for (let round = 0; round < 5; round++) {
      await Promise.all(texts.map((text) => writeWithFolder(path, text)));
      assert.ok(texts.includes(await disk.readFile(path, "utf8")));
      assert.equal(await disk.readdir(folder), ["file"]);
    }
  }));

test("an addition that fails names the file", () =>
  inFolder(async (folder) => {
    const failing = () => appendSynced(join(folder, "file"), "a\n", failingAt(2).files);
    const error = await rejects(failing, FileError, FULL);
    assert.is((error.cause as NodeJS.ErrnoException).code, "ENOSPC");
  }));

test("text is added at the end and synced", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    const { files, calls } = failingAt(0);
    await appendSynced(path, "a\n", files);
    await appendSynced(path, "b\n", files);
    assert.is(await disk.readFile(path, "utf8"), "a\nb\n");
    assert.equal(calls, ["open", "write", "sync", "open", "write", "sync"]);
  }));

test.run();
