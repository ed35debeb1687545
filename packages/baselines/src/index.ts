export { openBridge, type Bridge, type BridgeOptions } from './bridge.js';
export {
  BridgeClosedError,
  BridgeDiedError,
  BridgeStartError,
  BridgeTimeoutError,
  PythonError,
  PythonProcessError,
} from './errors.js';
export { pythonInterpreter, type PythonOptions } from './interpreter.js';
export { isGone, thisProcess, type Owner } from './owner.js';
export { runPython, type PythonOutput, type RunPythonOptions } from './runPython.js';
export { startPython } from './startPython.js';
export { workspaceRoot } from './workspace.js';
