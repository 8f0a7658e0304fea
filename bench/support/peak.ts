/**
 * The arithmetic limits of this machine for plain WASM SIMD: what a register tile of 4 × 8 sums reaches while its operands
 * stay in the first cache, and the processor's clock, by a chain of dependent operations of one cycle each.
 */
import asc from "assemblyscript/asc";
import { milliseconds, type Turn, turn } from "./timing.ts";

const ROWS = 64;
const DEPTH = 128;
const LINKS = 64;
const TURNS = 10_000;
/** Where A and B stand in the memory, before C. */
const [A, B, C] = [65536, 131072, 262144];

const rows = [0, 1, 2, 3];
const sum = (i: number, j: number): string => `c${i}${j} = f32x4.add(c${i}${j}, f32x4.mul(x${i}, b${j}));`;

const source = `
  export function tiles(a: usize, b: usize, c: usize): void {
    for (let row = 0; row < ${ROWS}; row += 4) {
      ${rows.map((i) => `let c${i}0 = f32x4.splat(0); let c${i}1 = c${i}0;`).join(" ")}
      let p = b;
      for (let term = 0; term < ${DEPTH}; term++) {
        const b0 = v128.load(p);
        const b1 = v128.load(p, 16);
        ${rows.map((i) => `const x${i} = v128.load_splat<f32>(a, ${4 * i});`).join(" ")}
        ${rows.map((i) => `${sum(i, 0)} ${sum(i, 1)}`).join(" ")}
        a += 16;
        p += 32;
      }
      ${rows.map((i) => `v128.store(c, c${i}0, ${32 * i}); v128.store(c, c${i}1, ${32 * i + 16});`).join(" ")}
    }
  }
  export function chain(turns: i32): i32 {
    let x = 1;
    for (; turns > 0; turns--) {
      ${Array.from({ length: LINKS }, () => "x = rotl(x, 7) ^ turns;").join(" ")}
    }
    return x;
  }`;

/** Operations of one call of the turn below. */
export const PEAK_WORK = 2 * ROWS * DEPTH * 8;

async function compile() {
  const options = {
    optimizeLevel: 3,
    noAssert: true,
    enable: ["simd"],
    runtime: "stub",
    use: ["abort="],
    initialMemory: 5,
  };
  const { error, binary, stderr } = await asc.compileString(source, options);
  if (error || !binary) throw new Error(`the peak kernels do not compile: ${stderr}`);
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(binary));
  return instance.exports as {
    readonly memory: WebAssembly.Memory;
    readonly tiles: (a: number, b: number, c: number) => void;
    readonly chain: (turns: number) => number;
  };
}

/** Turns at the peak, on one thread. */
export async function peakTurn(): Promise<Turn> {
  const { memory, tiles } = await compile();
  new Float32Array(memory.buffer).fill(1);
  return turn(() => tiles(A, B, C));
}

/** Billions of cycles a second. */
export async function clockGigahertz(): Promise<number> {
  const { chain } = await compile();
  return (2 * LINKS * TURNS) / milliseconds(() => chain(TURNS)) / 1e6;
}
