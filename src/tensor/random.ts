/**
 * Seeded, splittable, saveable random numbers: xoshiro128** (Blackman & Vigna 2018) started from a 128-bit
 * identity, a sponge over the seed and the path of names and indices, permuted by ChaCha's quarter round
 * (Bernstein 2008): a stream depends on where it hangs in the tree and never on what others drew.
 */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { log } from "./math.ts";

const TWO_32 = 4294967296;
const TAG_NUMBER = 1;
const TAG_STRING = 2;
const TAG_CHILD = 3;

/** The first bits of π, so that no identity starts from zeros. */
const EMPTY = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344] as const;

export class Random {
  readonly #identity: Int32Array;
  readonly #state = new Int32Array(4);
  /** Second half of the last pair of normal deviates; NaN when there is none. */
  #spare = Number.NaN;

  private constructor(identity: Int32Array) {
    this.#identity = identity;
    this.#state.set(identity);
    avoidZeros(this.#state);
  }

  /** @param seed an integer from 0 to 2⁵³ − 1, or any string. @throws InvalidInputError */
  static fromSeed(seed: number | string): Random {
    const identity = Int32Array.from(EMPTY);
    if (typeof seed === "string") {
      absorb(identity, TAG_STRING);
      absorbText(identity, seed);
    } else {
      requireIndex(seed, "seed");
      absorb(identity, TAG_NUMBER);
      absorbInteger(identity, seed);
    }
    return new Random(identity);
  }

  /** The stream called `name`, numbered `indices` (integers ≥ 0), below this one; draws do not change it. */
  derive(name: string, ...indices: readonly number[]): Random {
    const identity = this.#identity.slice();
    absorb(identity, TAG_CHILD);
    absorbText(identity, name);
    absorb(identity, indices.length);
    for (const index of indices) {
      requireIndex(index, `index of the random stream "${name}"`);
      absorbInteger(identity, index);
    }
    return new Random(identity);
  }

  /** An integer in [0, 2³²). */
  u32(): number {
    const s = this.#state;
    const s1 = s[1];
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    s[2] ^= s[0];
    s[3] ^= s1;
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= s1 << 9;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result >>> 0;
  }

  /** k·2⁻⁵³ in [0, 1), uniform over all k. */
  float(): number {
    const high = this.u32() >>> 5;
    const low = this.u32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** k·2⁻²⁴ in [0, 1): exact in f32. */
  floatF32(): number {
    return (this.u32() >>> 8) / 16777216;
  }

  /** In [low, high); `low` when low = high. @throws InvalidInputError unless low ≤ high and high − low is finite */
  uniform(low: number, high: number): number {
    const width = high - low;
    if (!(width >= 0 && width < Number.POSITIVE_INFINITY)) {
      throw new InvalidInputError(
        `uniform: the bounds are ${formatValue(low)} and ${formatValue(high)}; give numbers low ≤ high whose ` +
          "difference is finite.",
      );
    }
    const value = low + width * this.float();
    return value < high ? value : low; // the sum may round up to high
  }

  /** Standard normal, by the polar method (Marsaglia & Bray 1964). */
  normal(): number {
    const spare = this.#spare;
    if (!Number.isNaN(spare)) {
      this.#spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.float() - 1;
      const y = 2 * this.float() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /** An integer in [0, n), every value equally likely; 1 ≤ n ≤ 2³². @throws InvalidInputError */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
      throw new InvalidInputError(
        `a random integer below ${n} was asked for; the bound must be an integer from 1 to 2^32`,
      );
    }
    const limit = TWO_32 - (TWO_32 % n);
    let value = this.u32();
    while (value >= limit) value = this.u32();
    return value % n;
  }

  /** Puts the elements in a random order, in place (Durstenfeld 1964), and returns the same array. */
  shuffle<T extends Int32Array | unknown[]>(array: T): T {
    const items = array as unknown[];
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return array;
  }

  /** Numbers from which `loadState` continues: generator, identity and, if there is one, spare normal. */
  saveState(): readonly number[] {
    const words = [...this.#state, ...this.#identity];
    return Number.isNaN(this.#spare) ? words : [...words, this.#spare];
  }

  /** @throws InvalidInputError if `state` did not come from `saveState`; the stream is then as it was. */
  loadState(state: readonly number[]): void {
    const words = Array.isArray(state) && (state.length === 8 || state.length === 9) ? state.slice(0, 8) : [];
    const usable =
      words.length === 8 && words.every((word) => word === (word | 0)) && words.slice(0, 4).some(Boolean);
    if (!usable || (state.length === 9 && !Number.isFinite(state[8]))) {
      throw new InvalidInputError(
        `the state of a random stream must be the 8 or 9 numbers that saveState returned`,
      );
    }
    this.#state.set(words.slice(0, 4));
    this.#identity.set(words.slice(4));
    this.#spare = state.length === 9 ? state[8] : Number.NaN;
  }
}

function requireIndex(value: number, what: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new InvalidInputError(
    `${what} is ${value}; it must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
  );
}

/** xoshiro never leaves the state of all zeros. */
function avoidZeros(state: Int32Array): void {
  if ((state[0] | state[1] | state[2] | state[3]) === 0) state[0] = 1;
}

function absorbInteger(identity: Int32Array, value: number): void {
  absorb(identity, value | 0);
  absorb(identity, Math.floor(value / TWO_32));
}

function absorbText(identity: Int32Array, text: string): void {
  absorb(identity, text.length);
  for (let i = 0; i < text.length; i++) absorb(identity, text.charCodeAt(i));
}

/** XORs one word into the sponge and permutes it: four quarter rounds, each lane in each role once. */
function absorb(identity: Int32Array, word: number): void {
  identity[0] ^= word;
  for (let turn = 0; turn < 4; turn++) {
    quarterRound(identity, turn, (turn + 1) & 3, (turn + 2) & 3, (turn + 3) & 3);
  }
}

function quarterRound(s: Int32Array, a: number, b: number, c: number, d: number): void {
  s[a] += s[b];
  s[d] = rotate(s[d] ^ s[a], 16);
  s[c] += s[d];
  s[b] = rotate(s[b] ^ s[c], 12);
  s[a] += s[b];
  s[d] = rotate(s[d] ^ s[a], 8);
  s[c] += s[d];
  s[b] = rotate(s[b] ^ s[c], 7);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
