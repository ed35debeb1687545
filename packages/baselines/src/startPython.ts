import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import {
  type PythonOptions,
  pythonEnvironment,
  pythonInterpreter,
  requireInterpreter,
  tiedToThisProcess,
} from './interpreter.js';

/**
 * Start `python args…` with its pipes, in a process group of its own that does not outlive this process. Ctrl-C does
 * not reach it.
 *
 * @throws BridgeStartError if there is no such interpreter.
 */
export function startPython(
  args: readonly string[],
  options: PythonOptions = {},
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(requireInterpreter(options.python ?? pythonInterpreter()), tiedToThisProcess('', args), {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: pythonEnvironment(options),
  });
}
