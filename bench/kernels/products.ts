/** Matrix products of the shapes that a policy's passes have, and of one large square. */
import { Activation } from "../../src/kernels/abi.ts";
import { type KernelCase, type KernelCases, normals, ROWS } from "./kernel-case.ts";

type Product = "matmulF32" | "matmulTransposeAF32" | "matmulTransposeBF32";

function product(name: Product, m: number, k: number, n: number): KernelCase {
  return {
    shape: `${m}×${k}×${n}`,
    work: 2 * m * k * n,
    unit: "FLOP",
    prepare(arena, random) {
      const { kernels } = arena;
      const a = normals(arena, random, m * k);
      const b = normals(arena, random, k * n);
      const c = arena.allocateF32(m * n);
      const scratch = arena.allocate(kernels.matmulScratchBytes(k, n));
      return () => kernels[name](a, b, c, m, k, n, 0, scratch);
    },
  };
}

function dense(m: number, k: number, n: number): KernelCase {
  return {
    ...product("matmulF32", m, k, n),
    shape: `${m}×${k}×${n}, SELU`,
    prepare(arena, random) {
      const { kernels } = arena;
      const x = normals(arena, random, m * k);
      const w = normals(arena, random, k * n, 1 / Math.sqrt(k));
      const bias = normals(arena, random, n);
      const y = arena.allocateF32(m * n);
      const scratch = arena.allocate(kernels.matmulScratchBytes(k, n));
      return () => kernels.denseF32(x, w, bias, y, m, k, n, Activation.selu, scratch);
    },
  };
}

export const productCases: KernelCases<Product | "denseF32"> = {
  matmulF32: [
    product("matmulF32", ROWS, 18, 128),
    product("matmulF32", ROWS, 128, 128),
    product("matmulF32", ROWS, 128, 15),
    product("matmulF32", 512, 512, 512),
  ],
  matmulTransposeAF32: [
    product("matmulTransposeAF32", 18, ROWS, 128),
    product("matmulTransposeAF32", 128, ROWS, 128),
    product("matmulTransposeAF32", 128, ROWS, 15),
  ],
  matmulTransposeBF32: [
    product("matmulTransposeBF32", ROWS, 128, 128),
    product("matmulTransposeBF32", ROWS, 15, 128),
  ],
  denseF32: [dense(ROWS, 128, 128), dense(64, 18, 128), dense(64, 128, 128)],
};
