import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Threads that hash files side by side. */
export interface Md5Pool {
  /**
   * MD5 of a file's bytes, 32 hexadecimal digits.
   *
   * @param heard is told how many more bytes were read.
   * @throws Error of the file system if the file cannot be read.
   */
  md5(path: string, heard?: (bytes: number) => void): Promise<string>;
  /** Ends the threads; files that are under way are rejected. */
  close(): Promise<void>;
}

interface Job {
  readonly path: string;
  readonly heard: (bytes: number) => void;
  readonly resolve: (md5: string) => void;
  readonly reject: (error: Error) => void;
}

type Answer =
  { readonly bytes: number } | { readonly md5: string } | { readonly error: string; readonly code?: string };

/**
 * Hash files on every core: Node hashes on the thread that asks, so one thread alone stays at one core's speed.
 * Threads start with the first files and read 1 MiB at a time, whatever a file's size.
 */
export function openMd5Pool(threads = availableParallelism()): Md5Pool {
  // Taken by position: shift() moves all that wait, which for 100,000 files takes seconds.
  const jobs: Job[] = [];
  let begun = 0;
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job>();
  let closed = false;

  const start = (job: Job) => {
    const worker = idle.pop() ?? (busy.size < threads ? hire() : undefined);
    if (!worker) return false;
    busy.set(worker, job);
    worker.ref();
    worker.postMessage(job.path);
    return true;
  };
  const startNext = () => {
    if (begun < jobs.length && start(jobs[begun]!)) begun += 1;
  };
  const release = (worker: Worker) => {
    busy.delete(worker);
    worker.unref();
    idle.push(worker);
    startNext();
  };
  const hire = () => {
    const worker = new Worker(`(${hashFiles.toString()})()`, { eval: true });
    worker.on('message', (answer: Answer) => {
      const job = busy.get(worker)!;
      if ('bytes' in answer) return job.heard(answer.bytes);
      release(worker);
      if ('md5' in answer) job.resolve(answer.md5);
      else job.reject(Object.assign(new Error(answer.error), { code: answer.code }));
    });
    worker.on('error', (error) => {
      const job = busy.get(worker);
      busy.delete(worker);
      job?.reject(error);
      startNext();
    });
    return worker;
  };
  return {
    md5: (path, heard = () => {}) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the threads that hash files were closed'));
        jobs.push({ path, heard, resolve, reject });
        startNext();
      }),
    async close() {
      closed = true;
      const stopped = [...busy.values(), ...jobs.splice(begun)];
      await Promise.all([...busy.keys(), ...idle.splice(0)].map((worker) => worker.terminate()));
      busy.clear();
      for (const { path, reject } of stopped) reject(new Error(`${path}: hashing was stopped`));
    },
  };
}

/**
 * What a thread does. It is sent there as text, so that it runs from the sources as from a build; therefore it
 * uses nothing from around it.
 */
function hashFiles(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs');
  const block = Buffer.allocUnsafeSlow(2 ** 20);
  parentPort!.on('message', (path: string) => {
    try {
      const file = openSync(path, 'r');
      try {
        const hash = createHash('md5');
        let unsaid = 0;
        for (let count = readSync(file, block); count > 0; count = readSync(file, block)) {
          hash.update(count === block.length ? block : block.subarray(0, count));
          unsaid += count;
          if (unsaid < 2 ** 25) continue;
          parentPort!.postMessage({ bytes: unsaid });
          unsaid = 0;
        }
        parentPort!.postMessage({ bytes: unsaid });
        parentPort!.postMessage({ md5: hash.digest('hex') });
      } finally {
        closeSync(file);
      }
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      parentPort!.postMessage({ error: message, code });
    }
  });
}
