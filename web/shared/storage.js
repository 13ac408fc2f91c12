/** JSON in the browser's storage; in memory where the browser keeps none for this page (a frame, private mode). */
function createStorage(area) {
  const memory = new Map();
  return {
    get(key) {
      try {
        return JSON.parse(area().getItem(key) ?? "null");
      } catch {
        return memory.get(key) ?? null;
      }
    },
    set(key, value) {
      memory.set(key, value);
      try {
        area().setItem(key, JSON.stringify(value));
      } catch { /* the memory has it */ }
    },
    remove(key) {
      memory.delete(key);
      try {
        area().removeItem(key);
      } catch { /* nothing was kept */ }
    },
  };
}

export const lasting = createStorage(() => globalThis.localStorage);
export const ofThisTab = createStorage(() => globalThis.sessionStorage);
