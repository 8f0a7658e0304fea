/**
 * Who may work in a directory: nobody beside the living, anybody after the dead and their runs.
 */
import { type ChildProcess, spawn } from "node:child_process";
import disk, { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Lock } from "../../src/training/lock.ts";
import { identify, isAlive } from "../../src/training/processes.ts";
import { FileError, InvalidInputError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

/** A process that ends when it is told to. */
function patient(): { readonly child: ChildProcess; readonly pid: number; end(): Promise<void> } {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return {
    child,
    pid: child.pid as number,
    end() {
      child.stdin?.end();
      return ended;
    },
  };
}

async function deadProcess() {
  const process = patient();
  const id = await identify(process.pid);
  await process.end();
  return id;
}

const leaveLock = (folder: string, holder: object) =>
  writeFile(join(folder, "lock.json"), JSON.stringify({ host: hostname(), runs: [], ...holder }));

test("a process is alive until it ends, and another with its number is another", async () => {
  const process = patient();
  const id = await identify(process.pid);
  assert.ok(id && (await isAlive(id)));
  if (id?.start) assert.not(await isAlive({ ...id, start: `${id.start}0` }));
  await process.end();
  assert.not(id && (await isAlive(id)));
  assert.is(await identify(process.pid), undefined);
});

test("a directory that is in use is refused, and free when the lock is released", () =>
  inFolder(async (folder) => {
    const lock = await Lock.acquire(folder);
    const message = new RegExp(`in use by process ${process.pid}\\. .*--out`);
    await rejects(() => Lock.acquire(folder), InvalidInputError, message);
    await lock.track(process.pid);
    await lock.release();
    assert.equal(await readdir(folder), []);
    await (await Lock.acquire(folder)).release();
  }));

test("a lock of another machine is left alone; the message says which file to delete", () =>
  inFolder(async (folder) => {
    await leaveLock(folder, { pid: 1, start: null, host: "elsewhere" });
    await rejects(
      () => Lock.acquire(folder),
      InvalidInputError,
      /by process 1 on elsewhere\. If that has ended, delete .*lock\.json/,
    );
  }));

test("a lock that does not say who holds it is left alone; the message says to delete it", () =>
  inFolder(async (folder) => {
    const file = join(folder, "lock.json");
    for (const text of ["garbage}", "{}\n", "x", '{"pid":1,"start":null,"host":"here"}']) {
      await writeFile(file, text);
      const message = /lock\.json is damaged: it does not say which process .* delete it and start again\.$/;
      await rejects(() => Lock.acquire(folder), InvalidInputError, message);
      assert.is(await readFile(file, "utf8"), text);
    }
  }));

test("of many that take over the lock of a dead process one succeeds", () =>
  inFolder(async (folder) => {
    for (let trial = 0; trial < 5; trial++) {
      await leaveLock(folder, { ...(await deadProcess()) });
      const all = await Promise.allSettled(Array.from({ length: 5 }, () => Lock.acquire(folder)));
      const locks = all.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      assert.is(locks.length, 1);
      assert.is(JSON.parse(await readFile(join(folder, "lock.json"), "utf8")).pid, process.pid);
      await locks[0].release();
      assert.equal(await readdir(folder), []);
    }
  }));

test("who finds a lock gone leaves the one that another has taken since", () =>
  inFolder(async (folder) => {
    const lock = await Lock.acquire(folder);
    const { readFile: read } = disk;
    let reads = 0;
    disk.readFile = (async (...parameters: Parameters<typeof read>) => {
      if (`${parameters[0]}`.endsWith("lock.json") && ++reads <= 2)
        throw Object.assign(new Error("gone"), { code: "ENOENT" });
      return read(...parameters);
    }) as typeof read;
    syncBuiltinESMExports();
    try {
      await rejects(() => Lock.acquire(folder), InvalidInputError, /in use by process/);
    } finally {
      disk.readFile = read;
      syncBuiltinESMExports();
    }
    await lock.release();
  }));

test("a lock that cannot be read is left alone", () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, "lock.json"));
    const message = /lock\.json cannot be read, which says who works there: EISDIR: .* delete it/;
    await rejects(() => Lock.acquire(folder), InvalidInputError, message);
  }));

test("whoever sees a lock sees all of it, and what a kill has left beside it goes with the next one", () =>
  inFolder(async (folder) => {
    const file = join(folder, "lock.json");
    const { writeFile: write } = disk;
    const written: unknown[] = [];
    disk.writeFile = async (path, ...rest) => {
      written.push(path);
      return write(path, ...rest);
    };
    syncBuiltinESMExports();
    try {
      await (await Lock.acquire(folder)).release();
    } finally {
      disk.writeFile = write;
      syncBuiltinESMExports();
    }
    assert.is(written.length, 1);
    assert.not(written.includes(file), "written elsewhere, and linked when it is whole");
    await writeFile(join(folder, "lock.json.4194999-0-1.tmp"), "{");
    await Lock.clear(folder);
    assert.equal(await readdir(folder), []);
  }));

test("a writer of a lock that is held up for long takes nothing from who came meanwhile", () =>
  inFolder(async (folder) => {
    const lock = await Lock.acquire(folder);
    const message = /in use by process/;
    await Promise.all(
      Array.from({ length: 5 }, () => rejects(() => Lock.acquire(folder), InvalidInputError, message)),
    );
    assert.equal(await readdir(folder), ["lock.json"]);
    await lock.release();
  }));

test("a lock whose writer died before it wrote is taken over", () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, "lock.json"), "");
    await writeFile(join(folder, "lock.json.tmp"), "{");
    await (await Lock.acquire(folder)).release();
    assert.equal(await readdir(folder), []);
  }));

test("a directory is made where there is none, and named where it cannot be", () =>
  inFolder(async (folder) => {
    await Lock.hold(join(folder, "a", "b"), async () => assert.equal(await readdir(folder), ["a"]));
    await writeFile(join(folder, "file"), "precious");
    await rejects(
      () => Lock.acquire(join(folder, "file")),
      InvalidInputError,
      /directory .*file cannot be made/,
    );
  }));

test("a directory that cannot be written into is named with the reason", () =>
  inFolder(async (folder) => {
    const write = disk.writeFile;
    disk.writeFile = async () => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    syncBuiltinESMExports();
    try {
      const message =
        /lock\.json cannot be written, which says who works there: ENOSPC: .*, write\. Mend that/;
      await rejects(() => Lock.acquire(folder), FileError, message);
    } finally {
      disk.writeFile = write;
      syncBuiltinESMExports();
    }
    assert.equal(await readdir(folder), []);
  }));

test("clearing removes the lock of the dead, refuses the living's and makes nothing", () =>
  inFolder(async (folder) => {
    await Lock.clear(join(folder, "none"));
    assert.equal(await readdir(folder), []);
    await leaveLock(folder, { ...(await deadProcess()) });
    await Lock.clear(folder);
    assert.equal(await readdir(folder), []);
    await writeFile(join(folder, "lock.json.takeover"), "");
    await Lock.clear(folder);
    assert.equal(await readdir(folder), []);
    const clear = () => rejects(() => Lock.clear(folder), InvalidInputError, /in use by process/);
    await Lock.hold(folder, clear);
  }));

test("runs of a dead command are waited for", () =>
  inFolder(async (folder) => {
    const [first, second] = [patient(), patient()];
    const runs = await Promise.all([identify(first.pid), identify(second.pid)]);
    await leaveLock(folder, { ...(await deadProcess()), runs });
    const events: string[] = [];
    const acquired = Lock.acquire(folder, () => {
      events.push("waits");
      void first
        .end()
        .then(() => second.end())
        .then(() => events.push("both ended"));
    });
    const lock = await acquired;
    assert.equal(events, ["waits", "both ended"]);
    await lock.release();
  }));

test("the lock names the processes that train, while they do", () =>
  inFolder(async (folder) => {
    const lock = await Lock.acquire(folder);
    const [first, second] = [patient(), patient()];
    const named = async () =>
      JSON.parse(await readFile(join(folder, "lock.json"), "utf8")).runs.map(
        ({ pid }: { pid: number }) => pid,
      );
    await Promise.all([lock.track(first.pid), lock.track(second.pid)]);
    assert.equal((await named()).sort(), [first.pid, second.pid].sort());
    await first.end();
    lock.untrack(first.pid);
    await lock.track(second.pid);
    assert.equal(await named(), [second.pid]);
    await second.end();
    await lock.release();
  }));

test.run();
