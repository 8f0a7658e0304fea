/**
 * How far the surrogates can be from the return they stand for: |J − surrogate| ≤ bound. x = 1/(1 − γ), ε bounds |A|, α
 * and their sums S are distances in total variation. Derivations: docs/math/trust-region-family.md, section 4.
 */

/** y(z) = 1/(1 − γ(1 − z)): expected discounted steps until two coupled policies differ, if they do with rate z. */
export function agreementTime(gamma: number, z: number): number {
  return 1 / (1 - gamma * (1 - z));
}

/** h(z) = x − y(z) = γz/((1 − γ)(1 − γ + γz)) ≤ γz/(1 − γ)²: discounted steps after they differed. */
export function driftTime(gamma: number, z: number): number {
  return (gamma * z) / ((1 - gamma) * (1 - gamma + gamma * z));
}

/** MAPPO, either weight: 4εxS. */
export function independentBound(gamma: number, epsilon: number, sum: number): number {
  return (4 * epsilon * sum) / (1 - gamma);
}

/** MAPPO with weight 1/n, sharper: 2ε(1 + 1/n)xS. */
export function averagedBound(gamma: number, epsilon: number, sum: number, agents: number): number {
  return (2 * epsilon * (1 + 1 / agents) * sum) / (1 - gamma);
}

/** CoPPO, and HAPPO's agents together: 4εS h(S). */
export function jointBound(gamma: number, epsilon: number, sum: number): number {
  return 4 * epsilon * sum * driftTime(gamma, sum);
}

/** The same in quadratic form: 4γεS²x². */
export function quadraticBound(gamma: number, epsilon: number, sum: number): number {
  return (4 * gamma * epsilon * sum * sum) / ((1 - gamma) * (1 - gamma));
}

/**
 * HAPPO's m-th agent with base J(π̂ᵐ⁻¹): 2εα(cx − 2y(S)) + 2εx(S − α).
 * @param epsilon bounds both |A^π| and |A^π̂ᵐ⁻¹| @param sum S up to and with this agent
 * @param constant c: 4 is proved, 3 is what is printed elsewhere and nothing here contradicts
 */
export function happoBound(
  gamma: number,
  epsilon: number,
  distance: number,
  sum: number,
  constant: number,
): number {
  const x = 1 / (1 - gamma);
  const own = distance * (constant * x - 2 * agreementTime(gamma, sum));
  return 2 * epsilon * (own + x * (sum - distance));
}

/** A2PO's m-th agent: 4εα h(S) + xξ. @param error ξ = max |Â − A^π̂ᵐ⁻¹| */
export function a2poBound(
  gamma: number,
  epsilon: number,
  distance: number,
  sum: number,
  error: number,
): number {
  return 4 * epsilon * distance * driftTime(gamma, sum) + error / (1 - gamma);
}

/** HATRPO: C = 4γεx², the price of one unit of max KL. */
export function divergencePrice(gamma: number, epsilon: number): number {
  return (4 * gamma * epsilon) / ((1 - gamma) * (1 - gamma));
}
