// BullMQ with like work: jobs added one by one by 64 callers, added in bulk, and worked off by one worker.
// Named at run time: the product does not depend on it, only the folder that the benchmark makes knows it.
const peer = "bullmq";
const { Queue, Worker } = await import(peer);
const { default: Redis } = await import("ioredis");

const [port, jobs, callers] = process.argv.slice(2).map(Number);
const connect = () => new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null });
const rate = (count, from) => Math.round(count / (performance.now() - from) * 1000);
const BULK = 1000;

const connection = connect();
const queue = new Queue("bench", { connection });
await connection.flushall();

async function addOneByOne() {
  const from = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: callers }, async () => {
    while (next < jobs) await queue.add("plain", { n: next++ });
  }));
  return rate(jobs, from);
}

async function addInBulk() {
  const from = performance.now();
  for (let done = 0; done < jobs; done += BULK) {
    await queue.addBulk(Array.from({ length: BULK }, (_, n) => ({ name: "plain", data: { n: done + n } })));
  }
  return rate(jobs, from);
}

async function workOff() {
  const taking = connect();
  const worker = new Worker("bench", async () => {}, {
    connection: taking,
    concurrency: callers,
    autorun: false,
  });
  const cpu = process.cpuUsage();
  const from = performance.now();
  await new Promise((resolve) => {
    let done = 0;
    worker.on("completed", () => ++done === jobs && resolve());
    void worker.run();
  });
  const figures = { process_per_s: rate(jobs, from), cpu_us: cpuOf(cpu) };
  await worker.close();
  taking.disconnect();
  return figures;
}

/** CPU of this process a job; Redis's own comes on top. */
function cpuOf(since) {
  const { user, system } = process.cpuUsage(since);
  return Math.round((user + system) / jobs);
}

/** From the first add to the last end, with the worker there from the start. */
async function throughput() {
  const taking = connect();
  const worker = new Worker("bench", async () => {}, { connection: taking, concurrency: callers });
  await worker.waitUntilReady();
  let done = 0;
  const all = new Promise((resolve) => worker.on("completed", () => ++done === jobs && resolve()));
  const from = performance.now();
  await addInBulk();
  await all;
  const done_per_s = rate(jobs, from);
  await worker.close();
  taking.disconnect();
  return done_per_s;
}

/** From the add to the start of a job when nothing else is to do. */
async function startDelays() {
  const taking = connect();
  let started = Promise.withResolvers();
  const worker = new Worker("bench", () => Promise.resolve(started.resolve(performance.now())), {
    connection: taking,
  });
  await worker.waitUntilReady();
  const delays = [];
  for (let n = 0; n < 200; n++) {
    started = Promise.withResolvers();
    const from = performance.now();
    await queue.add("timed", { n });
    delays.push(await started.promise - from);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await worker.close();
  taking.disconnect();
  delays.sort((a, b) => a - b);
  const at = (share) => Math.round(delays[Math.floor(delays.length * share)] * 100) / 100;
  return { start_p50_ms: at(0.5), start_p99_ms: at(0.99) };
}

const enqueue_per_s = await addOneByOne();
const { process_per_s, cpu_us } = await workOff();
const bulk_per_s = await addInBulk();
await workOff();
const done_per_s = await throughput();
const delays = await startDelays();
// deno-lint-ignore no-console -- its figures are its output
console.log(JSON.stringify({ enqueue_per_s, bulk_per_s, process_per_s, done_per_s, ...delays, cpu_us }));
process.exit(0);
