/** Where static data ends: the arena may use memory from here on. */
export const heapBase: usize = __heap_base;
