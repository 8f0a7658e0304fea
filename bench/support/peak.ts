/**
 * The arithmetic limit of this machine for plain WASM SIMD: six chains of f32x4.mul and six of f32x4.add that touch no
 * memory, enough to fill two multipliers and two adders of three cycles' latency each.
 */
import asc from "assemblyscript/asc";
import { type Turn, turn } from "./timing.ts";

const CHAINS = 6;
const TURNS = 1_000_000;

function source(): string {
  const chains = Array.from({ length: CHAINS }, (_, i) => i);
  return `export function chains(turns: i32, value: f32): f32 {
    const x = f32x4.splat(value);
    ${chains.map((i) => `let a${i} = f32x4.splat(${i}); let m${i} = f32x4.splat(${i});`).join("\n")}
    for (let turn = 0; turn < turns; turn++) {
      ${chains.map((i) => `a${i} = f32x4.add(a${i}, x); m${i} = f32x4.mul(m${i}, x);`).join("\n")}
    }
    return ${chains.map((i) => `f32x4.extract_lane(f32x4.add(a${i}, m${i}), 0)`).join(" + ")};
  }`;
}

/** Operations of one call of the turn below. */
export const PEAK_WORK = TURNS * CHAINS * 2 * 4;

/** Turns at the peak, on one thread. */
export async function peakTurn(): Promise<Turn> {
  const options = { optimizeLevel: 3, noAssert: true, enable: ["simd"], runtime: "stub", use: ["abort="] };
  const { error, binary, stderr } = await asc.compileString(source(), options);
  if (error || !binary) throw new Error(`the peak kernel does not compile: ${stderr}`);
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(binary));
  const chains = instance.exports.chains as (turns: number, value: number) => number;
  return turn(() => void chains(TURNS, 1), 10);
}
