/** A worker of `concord grid bench` that computes nothing: what is left is the cost of scheduling. */
process.on('disconnect', () => process.exit());
process.on('message', (request: object | string) => {
  const isCell = typeof request === 'object' && 'cell' in request;
  process.send!({ answer: isCell ? { seconds: 0, targets: [] } : null });
});
