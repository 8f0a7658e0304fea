/** Something of each agent, as environments give it. */
export function byAgent<T>(agents: readonly string[], value: (agent: string) => T): Record<string, T> {
  return Object.fromEntries(agents.map((agent) => [agent, value(agent)]));
}
