export { openBridge, type Bridge } from './bridge.js';
export { BridgeDiedError, BridgeStartError, BridgeTimeoutError, PythonError } from './errors.js';
export { pythonInterpreter } from './interpreter.js';
export { workspaceRoot } from './workspace.js';
