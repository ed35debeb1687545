export { expectClose } from './expectClose.js';
export { expectNoLeak } from './expectNoLeak.js';
