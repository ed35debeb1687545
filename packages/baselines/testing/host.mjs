// A program that uses the bridge, for tests that end it: node host.mjs ENTRY WHAT.
// Prints the worker's pid and folder as one line of JSON, then does WHAT.
const [, , entry, what] = process.argv;
const { openBridge, runPython } = await import(entry);

if (what === 'runs') {
  const onLog = (pid) => console.log(JSON.stringify({ pid: Number(pid), directory: '' }));
  await runPython(['-c', 'import os, time; print(os.getpid()); time.sleep(60)'], { onLog });
}

const bridge = await openBridge();
console.log(JSON.stringify({ pid: bridge.pid, directory: bridge.directory }));

const programs = {
  busy: () => bridge.call('debug.sleep', { seconds: 60 }),
  idle: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
  forgets: () => undefined,
  closes: () => bridge.close(),
  exits: () => process.exit(3),
  throws: () => setTimeout(() => JSON.parse('not JSON')),
  decides: async () => {
    process.on('SIGINT', () => undefined);
    await bridge.call('debug.sleep', { seconds: 60 }).catch((error) => console.log(error.message));
    process.exit(7);
  },
};
await programs[what]();
