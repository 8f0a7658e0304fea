/**
 * Panels for the product: strips of a matrix `width` columns wide (a multiple of 4), [depth,width] one after another.
 * Columns beyond n are +0: their sums are dropped, but leftover subnormals would slow them down. Entry [p,j] lies at
 * x + p·step + j·column bytes, so that one routine packs the rows of A, the columns of B, and both transposed.
 */

/** Packs X[depth,n] into ⌈n/width⌉ panels; width is 4 or 8. */
export function packPanels(
  x: usize,
  step: usize,
  column: usize,
  depth: i32,
  n: i32,
  width: i32,
  panels: usize,
): void {
  const row = (<usize>width) << 2;
  const panel = <usize>depth * row;
  let j = 0;
  if (column === 4) {
    for (; j <= n - 16; j += 16) {
      copyLine(x, step, panels, row, panel);
      x += 64;
      panels += panel * (16 / width);
    }
  }
  for (; j < n; j += width) {
    for (let i = 0; i < width; i += 4) {
      const count = min(n - j - i, 4);
      const source = x + <usize>i * column;
      const target = panels + ((<usize>i) << 2);
      if (count < 4) packSome(source, step, column, depth, count, target, row);
      else if (column === 4) copyColumns(source, step, depth, target, row);
      else transposeColumns(source, step, column, depth, target, row);
    }
    x += <usize>width * column;
    panels += panel;
  }
}

/**
 * Sixteen adjacent columns into two or four panels of `panel` bytes: a cache line at a time, since rows that are a
 * power of two apart push each other out of the cache.
 */
function copyLine(x: usize, step: usize, panels: usize, row: usize, panel: usize): void {
  const second = row === 16 ? panel : 16;
  const third = row === 16 ? panel * 2 : panel;
  for (const end = panels + panel; panels < end; panels += row) {
    v128.store(panels, v128.load(x));
    v128.store(panels + second, v128.load(x, 16));
    v128.store(panels + third, v128.load(x, 32));
    v128.store(panels + third + second, v128.load(x, 48));
    x += step;
  }
}

/** Four columns of a panel value by value; those from `count` on become +0. */
function packSome(
  x: usize,
  step: usize,
  column: usize,
  depth: i32,
  count: i32,
  panel: usize,
  row: usize,
): void {
  for (let p = 0; p < depth; p++) {
    v128.store(panel, f32x4.splat(0));
    for (let j = 0; j < count; j++) store<f32>(panel + ((<usize>j) << 2), load<f32>(x + <usize>j * column));
    x += step;
    panel += row;
  }
}

/** Four adjacent columns. */
function copyColumns(x: usize, step: usize, depth: i32, panel: usize, row: usize): void {
  for (let p = 0; p < depth; p++) {
    v128.store(panel, v128.load(x));
    x += step;
    panel += row;
  }
}

/** Four contiguous columns (step = 4) become rows, in squares of 4×4 where that is possible. */
function transposeColumns(x: usize, step: usize, column: usize, depth: i32, panel: usize, row: usize): void {
  const whole = step === 4 ? depth & ~3 : 0;
  for (let p = 0; p < whole; p += 4) {
    const x0 = v128.load(x);
    const x1 = v128.load(x + column);
    const x2 = v128.load(x + 2 * column);
    const x3 = v128.load(x + 3 * column);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(panel, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(panel + row, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    v128.store(panel + 2 * row, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    v128.store(panel + 3 * row, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    x += 16;
    panel += 4 * row;
  }
  packSome(x, step, column, depth - whole, 4, panel, row);
}
