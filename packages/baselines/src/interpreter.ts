import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BridgeStartError } from './errors.js';
import { workspaceRoot } from './workspace.js';

/** Which Python, and where it finds our sources. */
export interface PythonOptions {
  /** Interpreter; by default the one that CONCORD_BRIDGE_PYTHON names, else the one that set-up prepared. */
  readonly python?: string;
  /** Folders put in front of PYTHONPATH; by default this workspace's python-bridge/src. */
  readonly pythonPath?: readonly string[];
  /**
   * How PyTorch's threads wait for each other: asleep, which leaves the processors to other processes and is the default, or
   * by its own habit, which is to spin, for who measures its speed.
   */
  readonly threads?: 'asleep' | 'own';
}

/** The Python that CONCORD_BRIDGE_PYTHON names, or the one that set-up prepared in this workspace. */
export function pythonInterpreter(): string {
  return process.env['CONCORD_BRIDGE_PYTHON'] || join(workspaceRoot(), '.venv', 'bin', 'python');
}

/** @throws BridgeStartError if a path leads to nothing that can be run. A bare name is looked up by the system. */
export function requireInterpreter(python: string): string {
  if (process.platform === 'win32') {
    throw new BridgeStartError('the Python bridge needs Linux or macOS; on Windows, use WSL');
  }
  try {
    if (python.includes('/')) accessSync(python, constants.X_OK);
  } catch {
    throw new BridgeStartError(
      `no Python that can be run at ${python}; run npm run setup, or set CONCORD_BRIDGE_PYTHON`,
    );
  }
  return python;
}

/** The environment for Python: ours, its output unbuffered and in UTF-8, native crashes with a traceback. */
export function pythonEnvironment({
  pythonPath = [join(workspaceRoot(), 'python-bridge', 'src')],
  threads = 'asleep',
}: PythonOptions) {
  // A safe path would hide a script's own folder from it; a channel of our own parent is not Python's.
  const { PYTHONSAFEPATH: _safe, NODE_CHANNEL_FD: _channel, PYTHONPATH, ...env } = process.env;
  return {
    ...(threads === 'asleep' && { OMP_WAIT_POLICY: 'PASSIVE' }),
    ...env,
    PYTHONPATH: [...pythonPath, ...(PYTHONPATH ? [PYTHONPATH] : [])].join(delimiter),
    PYTHONUTF8: '1',
    PYTHONUNBUFFERED: '1',
    PYTHONFAULTHANDLER: '1',
  };
}

/** Python code that ties a process to this one before it becomes `args`; the folder we are in holds no modules. */
const LAUNCH = 'import sys; sys.path.pop(0); from concord_bridge.lifetime import main; main()';

/**
 * Arguments that run `python args…` for as long as this process lives.
 *
 * @param directory removed should this process be killed; '' for none.
 */
export function tiedToThisProcess(directory: string, args: readonly string[]): string[] {
  return ['-c', LAUNCH, String(process.pid), directory, ...args];
}
