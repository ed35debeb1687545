import { describe, expect, it } from 'vitest';
import { explain, lastWords } from './explain.mjs';

describe('explain', () => {
  it.each([
    [
      'npm error code ENOSPC',
      /^The disk is full: installing things stopped .*CONCORD_CACHE to a larger disk/,
    ],
    [
      "OSError: [Errno 28] No space left on device: '/x'",
      /^The disk is full: installing things stopped \(free: [\d.]+ GB/,
    ],
    ['npm error code EAI_AGAIN', /^No network: installing things could not reach the package index; connect/],
    [
      'WARNING: Retrying after connection broken by NewConnectionError(...)\nERROR: No matching distribution found',
      /^No network/,
    ],
    ['npm error code EACCES', /^Not allowed to write: installing things needs to write to \/tmp/],
    ['ERROR: something new', /^Installing things failed: ERROR: something new$/],
  ])('%s', (output, sentence) => {
    const { message } = explain('installing things', output, '/tmp');
    expect(message).toMatch(sentence);
    expect(message).not.toContain('\n');
  });
});

describe('lastWords', () => {
  it.each([
    [
      'npm error code EUSAGE\nnpm error\nnpm error The cause\nnpm error A log is here',
      'npm error: The cause',
    ],
    [
      'a.cc:1:1: fatal error: no.h: No such file\ncompilation terminated.',
      'a.cc:1:1: fatal error: no.h: No such file',
    ],
    ['Traceback\n  raise ValueError(x)\nValueError: the cause\n', 'ValueError: the cause'],
    ['just words\n', 'just words'],
    ['', 'it said nothing'],
  ])('of %j', (output, words) => {
    expect(lastWords(output)).toBe(words);
  });
});
