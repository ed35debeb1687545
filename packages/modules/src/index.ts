export { type BagModule, type Bags, type BagSizes } from './bagModule.js';
