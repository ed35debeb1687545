import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/** The worker's functions, as pythonia's proxies offer them: `$` takes options, of which $timeout has none. */
export interface PythonWorker {
  call$(method: string, params: string, options: { $timeout: number }): Promise<string>;
  ready$(options: { $timeout: number }): Promise<number>;
}

interface Message {
  readonly r: number;
  readonly c?: string;
  readonly key?: string;
  readonly sig?: string;
}

/** True from a listener: more messages will come under this id. */
type Listener = (message: Message) => unknown;

interface PythoniaBridge {
  readonly loop: NodeJS.Timeout;
  makePyObject(id: 0): { python$(module: string, options: { $timeout: number }): Promise<PythonWorker> };
  end(): void;
}

const require = createRequire(import.meta.url);

/** The Python script of pythonia that answers at the other end of the channel. */
export function pythoniaScript(): string {
  return require.resolve('pythonia/src/pythonia/interface.py');
}

/**
 * pythonia over a socket of our own.
 *
 * Its main module starts one Python per process, on import, with our terminal as output, and cannot be told
 * when that Python is gone; so only its protocol is used: `Bridge` here, interface.py there.
 */
export class PythoniaConnection {
  private readonly listeners = new Map<number | string, Listener>();
  private readonly bridge: PythoniaBridge;
  /** Pieces of a line whose end has not come: joined once, since a long answer comes in hundreds. */
  private readonly unfinished: string[] = [];

  /**
   * @param socket to the worker; pythonia's messages are JSON, one a line.
   * @param onFailure gets Python's traceback when a message could not be answered.
   */
  constructor(
    private readonly socket: Socket,
    private readonly onFailure: (traceback: string) => void,
  ) {
    socket.setEncoding('utf8').on('data', (chunk: string) => this.read(chunk));
    // A worker that is gone is noticed by its exit; a message to it is lost with it.
    socket.on('error', () => undefined);
    this.bridge = new (loadBridge())(this);
    this.bridge.loop.unref();
  }

  /** Import a module there. */
  python(module: string): Promise<PythonWorker> {
    return this.bridge.makePyObject(0).python$(module, { $timeout: Infinity });
  }

  /** Tell the worker that nothing more will come, after which it ends by itself. */
  end(): void {
    this.bridge.end();
    this.socket.end();
  }

  /** @internal for pythonia */
  register(id: number | string, listener: Listener): void {
    this.listeners.set(id, listener);
  }

  /** @internal for pythonia */
  write(message: { readonly r: number }, listener?: Listener): void {
    if (listener) this.register(message.r, listener);
    this.send(JSON.stringify(message));
  }

  /** @internal for pythonia */
  writeRaw(text: string, id: number, listener: Listener): void {
    this.register(id, listener);
    this.send(text);
  }

  private send(line: string): void {
    if (this.socket.writable) this.socket.write(`${line}\n`);
  }

  private read(chunk: string): void {
    const [rest, ...starts] = chunk.split('\n');
    this.unfinished.push(rest!);
    for (const start of starts) this.receive(this.unfinished.splice(0, Infinity, start).join(''));
  }

  private receive(line: string): void {
    const message = parse(line);
    if (!message) return this.onFailure(`not a message: ${line.slice(0, 200)}`);
    // pythonia would print this error to the terminal and throw one without a message.
    if (message.key === 'error') return this.onFailure(message.sig ?? '');
    const id = message.c !== undefined && this.listeners.has(message.c) ? message.c : message.r;
    if (!this.listeners.get(id)?.(message) && id === message.r) this.listeners.delete(id);
  }
}

function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

function loadBridge(): new (transport: PythoniaConnection) => PythoniaBridge {
  // When DEBUG is set, for whichever program, pythonia prints every message; it looks once, when it loads.
  const { DEBUG } = process.env;
  delete process.env['DEBUG'];
  try {
    return (require('pythonia/src/pythonia/Bridge.js') as { Bridge: ReturnType<typeof loadBridge> }).Bridge;
  } finally {
    if (DEBUG !== undefined) process.env['DEBUG'] = DEBUG;
  }
}
