/** The program itself, in a process of its own: default names, signals, pipes. */
import { spawn } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone, tiny } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const loader = import.meta.resolve("tsx");

/** Runs to the end; `watch` sees the output as it comes and may send a signal. */
function program(
  folder: string,
  words: readonly string[],
  watch = (_: string, __: (signal: "SIGINT") => void) => {},
) {
  const child = spawn(process.execPath, ["--import", loader, main, ...words], { cwd: folder });
  let output = "";
  const listen = (chunk: Buffer): void => {
    output += chunk;
    watch(output, (signal) => child.kill(signal));
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, output }));
  });
}

test("runs get names of their own and the next commands work from where the user is", () =>
  inFolder(async (folder) => {
    const name = "cooperative-navigation-matrpo-seed1";
    await mkdir(`${folder}/runs/${name}`, { recursive: true });
    const { code, output } = await program(folder, ["train", ...tiny, "--iterations", "1"]);
    assert.is(code, 0, output);
    assert.equal((await readdir(`${folder}/runs`)).sort(), [name, `${name}-2`]);
    assert.match(output, /node \S*src\/cli\/main\.ts evaluate runs\/\S*-seed1-2\n/);
  }));

test("Ctrl-C saves, exits with 130 and leaves a run that can go on", () =>
  inFolder(async (folder) => {
    let sent = false;
    const words = ["train", ...tiny, "--iterations", "100000", "--out", "run"];
    const { code, output } = await program(folder, words, (seen, send) => {
      if (sent || !seen.includes("iteration 2/")) return;
      sent = true;
      send("SIGINT");
    });
    assert.is(code, 130, output);
    assert.match(output, /Finishing this iteration[\s\S]*Stopped and saved/);
    const { out } = await marlstone(["evaluate", `${folder}/run`, "--episodes", "2"]);
    assert.match(out, /^2 episodes of /);
  }));

test.run();
