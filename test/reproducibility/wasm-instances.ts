/** Counts the WebAssembly instances made after the call, which shows whether a run used the kernels or their twins. */
export function countWasmInstances(): () => number {
  let count = 0;
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, parameters: ConstructorParameters<typeof WebAssembly.Instance>) {
      count++;
      return new target(...parameters);
    },
  });
  return () => count;
}
