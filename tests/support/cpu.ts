import process from "node:process";

/** Milliseconds for which this thread worked since it was called: not those of tests beside it, nor a busy machine's. */
export function workSince(): () => number {
  const from = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(from);
    return (user + system) / 1000;
  };
}
