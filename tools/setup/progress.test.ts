import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgress } from './progress.mjs';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function collect(isTTY: boolean) {
  const written: string[] = [];
  return { written, out: { isTTY, columns: 40, write: (text: string) => written.push(text) } };
}

describe('startProgress', () => {
  it('leaves no trace of quick work', () => {
    const { written, out } = collect(false);
    const progress = startProgress('quick', out);
    vi.advanceTimersByTime(500);
    progress.end();
    expect(written).toEqual([]);
  });

  it('says in a log what is done, now and then, and how long it took', () => {
    const { written, out } = collect(false);
    const progress = startProgress('slow', out);
    progress.note('part one');
    vi.advanceTimersByTime(45_000);
    progress.end();
    expect(written).toEqual([
      'slow ...\n',
      'slow ... 21 s  part one\n',
      'slow ... 41 s  part one\n',
      'slow: done, 45 s\n',
    ]);
  });

  it('keeps to one line of a terminal', () => {
    const { written, out } = collect(true);
    const progress = startProgress('slow', out);
    progress.note('x'.repeat(100));
    vi.advanceTimersByTime(1_000);
    progress.end('stopped');
    const erase = '\r\u001b[2K';
    expect(written[0]).toContain(`${erase}slow  1 s  xxx`);
    expect(written[0]!.length).toBeLessThanOrEqual(40 + erase.length);
    expect(written[1]).toBe(`${erase}slow: stopped, 1 s\n`);
  });
});
