const MOST_REMEMBERED = 2000;

/**
 * The values of JSON texts, one object for equal texts: what most rows of a hot read have alike is parsed once, and
 * what is derived of it can be kept with it. Nobody changes such a value. Safe as far as the texts come from a column
 * whose type is T.
 */
export function createRemembered<T>(): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(text, value = JSON.parse(text) as T);
    }
    return value;
  };
}
