/**
 * Panels of B for the product: 8 columns wide, [depth,8] one after another, columns beyond n filled with +0.
 * B[p,j] lies at b + p·step + j·column bytes, so one routine packs B and Bᵀ.
 */

/** Columns of a panel. */
export const PANEL: i32 = 8;

/** Packs B[depth,n] into ⌈n/8⌉ panels. */
export function packPanels(b: usize, step: usize, column: usize, depth: i32, n: i32, panels: usize): void {
  for (let j = 0; j < n; j += PANEL) {
    const width = min(PANEL, n - j);
    if (width < PANEL) packSome(b, step, column, 0, depth, width, panels);
    else if (column === 4) copyPanel(b, step, depth, panels);
    else transposePanel(b, step, column, depth, panels);
    b += column * PANEL;
    panels += <usize>depth * (PANEL * 4);
  }
}

/** Rows first … depth − 1 of a panel, value by value. */
function packSome(
  b: usize,
  step: usize,
  column: usize,
  first: i32,
  depth: i32,
  width: i32,
  panel: usize,
): void {
  for (let p = first; p < depth; p++) {
    const source = b + <usize>p * step;
    const target = panel + <usize>p * (PANEL * 4);
    v128.store(target, f32x4.splat(0));
    v128.store(target, f32x4.splat(0), 16);
    for (let j = 0; j < width; j++)
      store<f32>(target + ((<usize>j) << 2), load<f32>(source + <usize>j * column));
  }
}

function copyPanel(b: usize, step: usize, depth: i32, panel: usize): void {
  for (const end = panel + <usize>depth * (PANEL * 4); panel < end; panel += PANEL * 4) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    b += step;
  }
}

/** Columns are contiguous (step = 4): squares of 4×4 are transposed in registers. */
function transposePanel(b: usize, step: usize, column: usize, depth: i32, panel: usize): void {
  const whole = step === 4 ? depth & ~3 : 0;
  for (let p = 0; p < whole; p += 4) {
    const source = b + ((<usize>p) << 2);
    const target = panel + <usize>p * (PANEL * 4);
    transposeSquare(source, column, target);
    transposeSquare(source + 4 * column, column, target + 16);
  }
  packSome(b, step, column, whole, depth, PANEL, panel);
}

/** Four columns of four values become four rows, PANEL values apart. */
function transposeSquare(source: usize, column: usize, target: usize): void {
  const x0 = v128.load(source);
  const x1 = v128.load(source + column);
  const x2 = v128.load(source + 2 * column);
  const x3 = v128.load(source + 3 * column);
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(target, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), PANEL * 4);
  v128.store(target, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 2 * PANEL * 4);
  v128.store(target, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 3 * PANEL * 4);
}
