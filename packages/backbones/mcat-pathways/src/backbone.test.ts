import { parameterCount } from '@concord/backbone';
import { expect, it } from 'vitest';
import { backbone } from './backbone.js';

it('has as many parameters as the published class', () => {
  const pathways = backbone.published!.pathwaySizes!.map((size) => Array.from({ length: size }, (_, i) => i));
  const config = backbone.configure({ pathways, patchWidth: 1024, bins: 4 });
  expect(parameterCount(backbone.weightShapes(config))).toBe(3_951_622);
});
