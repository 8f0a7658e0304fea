/** What a page imports that wants one algorithm and one world. */
export { cooperativeNavigation, Matrpo } from "../../src/index.ts";
