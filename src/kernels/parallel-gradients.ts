/**
 * Gradients of networks shared by a team: threads take blocks of rows, whose gradients stand apart until they are added
 * up in order. The blocks are those of one thread's sum, so the bits are too.
 */
import { type Kernels, type Pointer, SUM_BLOCK } from "./abi.ts";
import { type Division, type Facts, TAKING, TILE, type Values } from "./division.ts";
import { backwardBlocks, fisherBlocks, nanosecondsOf, parametersOf, sizesOf } from "./network-cuts.ts";

/** Gradients that stand apart at a time take at most about as many bytes. */
const ROOM = 1 << 24;

type GradientKernels = Pick<Kernels, "mlpScratchBytes" | "mlpBackwardF32" | "fisherProductF32">;

/** @param perform does a call in parts, or whole when it is short */
export function parallelGradients(
  single: Kernels,
  facts: Facts,
  threads: number,
  perform: (division: Division) => void,
): GradientKernels {
  /** The scratch: every thread's own, then the gradients of a span of blocks. */
  const layout = (layers: number, at: Pointer, rows: number, scratch: Pointer) => {
    const sizes = sizesOf(layers, at, facts);
    const parameters = parametersOf(sizes);
    const blocks = Math.ceil(rows / SUM_BLOCK);
    const span = Math.min(blocks, Math.max(threads, Math.floor(ROOM / (4 * parameters))));
    const gradients = scratch + threads * facts.mlpScratch(layers, at, rows);
    return { sizes, parameters, blocks, span, gradients, end: gradients + 4 * span * parameters };
  };

  /** @param divide the kernel for `count` blocks from `block` on, whose gradients go to `gradients` */
  const inSpans = (
    { parameters, blocks, span, gradients }: ReturnType<typeof layout>,
    out: Pointer,
    divide: (block: number, count: number) => Division,
  ): void => {
    for (let block = 0; block < blocks; block += span) {
      const count = Math.min(span, blocks - block);
      perform(divide(block, count));
      perform(sumOfBlocks([gradients, out, count, parameters, parameters, block > 0 ? 1 : 0]));
    }
  };

  const isShort = (blocks: number, nanoseconds: number): boolean => blocks < 2 || facts.isShort(nanoseconds);

  return {
    mlpScratchBytes: (layers, at, rows) => layout(layers, at, rows, 0).end,

    mlpBackwardF32(...values) {
      const [layers, at, code, parameters, input, hidden, cotangent, out, rows, scratch] = values;
      const plan = layout(layers, at, rows, scratch);
      const { sizes, gradients } = plan;
      if (isShort(plan.blocks, rows * nanosecondsOf(sizes, 2))) return single.mlpBackwardF32(...values);
      inSpans(plan, out, (block, count) => {
        const x = input + 4 * SUM_BLOCK * block * sizes[0];
        const g = cotangent + 4 * SUM_BLOCK * block * sizes[layers];
        const pass = [layers, at, code, parameters, x, hidden, g, gradients, rows, block, count, scratch];
        return backwardBlocks(pass, facts);
      });
    },

    fisherProductF32(...values) {
      const [layers, at, code, parameters, input, hidden, probs, ...rest] = values;
      const [heads, headSizes, direction, out, rows, scratch] = rest;
      const plan = layout(layers, at, rows, scratch);
      const { sizes, gradients } = plan;
      if (isShort(plan.blocks, rows * nanosecondsOf(sizes, 4))) return single.fisherProductF32(...values);
      inSpans(plan, out, (block, count) => {
        const x = input + 4 * SUM_BLOCK * block * sizes[0];
        const p = probs + 4 * SUM_BLOCK * block * sizes[layers];
        const pass = [layers, at, code, parameters, x, hidden, p, heads, headSizes, direction, gradients];
        return fisherBlocks([...pass, rows, block, count, scratch], facts);
      });
    },
  };
}

/** @param values of addVectorsF32 */
function sumOfBlocks(values: Values): Division {
  const [, , count, , n] = values;
  const cut = { total: n, multiple: 2 * TILE, steps: [4, 4], lengthAt: 4 };
  return { kernel: "addVectorsF32", values, cut, nanoseconds: count / 8, overhead: TAKING };
}
