/** What asks a process to stop, on a process that only notes what is done to it, and on the program at a pipe. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Host, processTerminal } from "../../src/cli/process-terminal.ts";
import { marlstone, tiny } from "../support/command-line.ts";
import { bundledProgram } from "../support/program.ts";
import { inFolder } from "../support/temporary.ts";

/** A stream that keeps what it is given. */
class Sink extends EventEmitter {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 80;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  write(text: string): boolean {
    this.text += text;
    return true;
  }
  break(code: string): void {
    this.emit("error", Object.assign(new Error(code), { code }));
  }
}

function notedProcess(isTTY = false) {
  const exits: (number | undefined)[] = [];
  const kills: string[] = [];
  const events = new EventEmitter();
  const [stdout, stderr] = [new Sink(isTTY), new Sink(isTTY)];
  const host = Object.assign(events, {
    argv: ["node", "/usr/bin/marlstone"],
    cwd: () => "/home",
    pid: 7,
    kill: (pid: number, signal: string) =>
      kills.push(`${signal} to ${pid}, ${events.listenerCount(signal)} hear`),
    exit: (code?: number) => exits.push(code),
    stdout,
    stderr,
  });
  return { terminal: processTerminal(host as unknown as Host), events, exits, kills, stdout, stderr };
}

test("Ctrl-C asks to stop, and a second one ends the program", () => {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    const { terminal, events, exits, stderr } = notedProcess();
    const stop = terminal.catchStop();
    assert.not.ok(stop.aborted);
    events.emit(signal);
    assert.ok(stop.aborted);
    assert.match(stderr.text, /^\nFinishing this iteration; press Ctrl-C again/);
    assert.equal(exits, []);
    events.emit("SIGINT");
    assert.equal(exits, [130]);
  }
});

test("a terminal that is closed asks to stop, however often it says so, and is what the program ends by", () => {
  const { terminal, events, exits, kills } = notedProcess(true);
  const stop = terminal.catchStop();
  events.emit("SIGHUP");
  events.emit("SIGHUP");
  assert.ok(stop.aborted);
  assert.equal([...exits, ...kills], []);
  events.emit("exit");
  assert.equal(kills, ["SIGHUP to 7, 0 hear"]);
});

test("a terminal gets its cursor and its wrapped lines back however the program ends, a file nothing", () => {
  for (const [isTTY, text] of [
    [true, "\x1b[?25h\x1b[?7h"],
    [false, ""],
  ] as const) {
    const { terminal, events, kills, stderr } = notedProcess(isTTY);
    terminal.catchStop();
    events.emit("exit");
    assert.is(stderr.text, text);
    assert.equal(kills, []);
  }
});

test("where nothing has to be saved, a reader that is gone ends the program", () => {
  for (const [code, exit] of [
    ["EPIPE", 0],
    ["EIO", 1],
  ] as const) {
    const { exits, stdout } = notedProcess();
    stdout.break(code);
    assert.equal(exits, [exit]);
  }
  const { exits, stderr } = notedProcess();
  stderr.break("EPIPE");
  assert.equal(exits, []);
});

/** Trains with both outputs on pipes and calls `watch` when the second iteration is done. */
async function trainAtPipes(run: string, watch: (child: ChildProcessWithoutNullStreams) => void) {
  const words = ["train", ...tiny, "--iterations", "100000", "--checkpoint-every", "50", "--out", run];
  const child = spawn(process.execPath, [await bundledProgram(), ...words]);
  const told = { out: "", err: "" };
  let seen = false;
  child.stderr.on("data", (text: Buffer) => {
    told.err += text;
  });
  child.stdout.on("data", (text: Buffer) => {
    told.out += text;
    if (seen || !told.out.includes("iteration 2/")) return;
    seen = true;
    watch(child);
  });
  const [code] = await once(child, "exit");
  return { code, ...told };
}

for (const stream of ["stdout", "stderr"] as const) {
  test(`training whose ${stream} nobody reads any more stops and saves`, () =>
    inFolder(async (folder) => {
      const run = join(folder, "run");
      const { code, err } = await trainAtPipes(run, (child) => {
        child[stream].destroy();
        // Where nothing is written nobody notices.
        if (stream === "stderr") child.kill("SIGTERM");
      });
      assert.is(code, 130);
      if (stream === "stdout") {
        assert.match(err, /Nobody reads the output any more: finishing this iteration\.\n/);
        assert.match(err, /Stopped and saved; the command with --resume continues the run\.\n$/);
      }
      assert.is((await marlstone(["evaluate", run, "--episodes", "2"])).code, 0);
    }));
}

test.run();
