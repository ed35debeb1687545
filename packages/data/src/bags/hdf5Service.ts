import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { BagError } from './bagError.js';
import type { BagAttribute } from './bagFile.js';

/** Attributes by dataset, those of the file under `/`. */
export type Hdf5Attributes = Readonly<Record<string, Readonly<Record<string, BagAttribute>>>>;

/** The HDF5 library, compiled to WebAssembly, behind a door that always opens again. */
export interface Hdf5Service {
  /** Attributes that are one word or number each. */
  describe(path: string, names: readonly string[]): Hdf5Attributes;
  /** Rows of a matrix as little- or big-endian bytes, as the file has them. */
  readRows(
    path: string,
    name: string,
    first: number,
    count: number,
    width: number,
    rowBytes: number,
  ): Uint8Array;
}

interface Answer {
  readonly id: number;
  /** Bytes of the library's memory, which never shrinks. */
  readonly heap: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** How long the library may take to start, and for one answer; a healthy file takes milliseconds. */
const START_MS = 20_000;
const ANSWER_MS = 2_000;

/** A library that once took so much memory is replaced before the next question. */
const MAX_HEAP = 2 ** 28;

const WORKER = new URL('../../worker/hdf5.mjs', import.meta.url);

/** The thread, started at the first question and kept. */
let current: Thread | undefined;

class Thread {
  readonly port: MessagePort;
  readonly signal = new Int32Array(new SharedArrayBuffer(4));
  readonly worker: Worker;
  private count = 0;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.worker = new Worker(WORKER, {
      workerData: { port: port2, signal: this.signal },
      transferList: [port2],
      // The library warns of what it finds in damaged files; the answer says it.
      stdout: true,
      stderr: true,
    });
    // A thread that failed to start or was ended has nothing to say that the question's time limit does not.
    this.worker.on('error', () => {});
    this.worker.unref();
    this.port.unref();
    this.wait(0, START_MS);
  }

  ask(request: object): Answer {
    this.count += 1;
    this.port.postMessage({ ...request, id: this.count });
    return this.wait(this.count, ANSWER_MS);
  }

  private wait(id: number, limit: number): Answer {
    const end = Date.now() + limit;
    for (;;) {
      const left = end - Date.now();
      if (left <= 0 || Atomics.wait(this.signal, 0, 0, left) === 'timed-out') throw new TooLate();
      Atomics.store(this.signal, 0, 0);
      for (let got = receiveMessageOnPort(this.port); got; got = receiveMessageOnPort(this.port)) {
        const answer = got.message as Answer;
        if (answer.id === id) return answer;
      }
    }
  }

  end(): void {
    if (current === this) current = undefined;
    this.port.close();
    void this.worker.terminate();
  }
}

class TooLate extends Error {}

function ask(path: string, request: object): unknown {
  let thread = current;
  try {
    thread ??= current = new Thread();
    const { heap, value, error } = thread.ask({ ...request, path });
    if (heap > MAX_HEAP) thread.end();
    if (error === undefined) return value;
    throw new BagError(
      'damaged',
      path,
      `the HDF5 library cannot read it (${error}); copy or extract it again`,
    );
  } catch (error) {
    if (!(error instanceof TooLate)) throw error;
    thread?.end();
    throw new BagError(
      'damaged',
      path,
      `the HDF5 library gave no answer within ${ANSWER_MS / 1000} s; the file is damaged, or its disk does not respond`,
    );
  }
}

export const hdf5Service: Hdf5Service = {
  describe: (path, names) => ask(path, { kind: 'describe', names }) as Hdf5Attributes,
  readRows: (path, name, first, count, width, rowBytes) =>
    ask(path, { kind: 'read', name, first, count, width, rowBytes }) as Uint8Array,
};
