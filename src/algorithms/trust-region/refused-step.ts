/** The warning of an agent whose line search found no acceptable step. */
export const refusedStep = (name: string): string =>
  `${name} stays as it is: its line search refused every step. Try larger cgDamping, smaller maxKl or more lineSearchSteps.`;
