/** Lets signals, timers and a page's drawing in between two iterations. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
