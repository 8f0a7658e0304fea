/**
 * Generalised advantages (Schulman et al. 2016), backwards: δₜ = rₜ + γ·bootstrapₜ − vₜ and
 * Aₜ = δₜ + γλ·carryₜ·Aₜ₊₁ with A beyond the end 0; all in f64, each Aₜ rounded once when it is stored.
 */
export function advantageScanF32(
  rewards: usize,
  values: usize,
  bootstraps: usize,
  carries: usize,
  advantages: usize,
  n: i32,
  gamma: f64,
  lambda: f64,
): void {
  const decay = gamma * lambda;
  let advantage: f64 = 0;
  for (let t = n - 1; t >= 0; t--) {
    const at = (<usize>t) << 2;
    const reward = <f64>load<f32>(rewards + at);
    const delta = reward + gamma * <f64>load<f32>(bootstraps + at) - <f64>load<f32>(values + at);
    advantage = delta + decay * <f64>load<f32>(carries + at) * advantage;
    store<f32>(advantages + at, <f32>advantage);
  }
}
