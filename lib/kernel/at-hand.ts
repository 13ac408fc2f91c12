/** A value that is there at once where it can be: every promise on the way is a good part of a point read. */
export type AtHand<T> = T | Promise<T>;

/** What `use` makes of it: at once, or once it is there. */
export function whenAtHand<T, R>(value: AtHand<T>, use: (value: T) => R): AtHand<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
