import { describe, expect, it } from 'vitest';
import { LineTail } from './lineTail.js';

describe('the last lines', () => {
  it('are whole, however they arrive, and 50 at most', () => {
    const heard: string[] = [];
    const tail = new LineTail((line) => void heard.push(line));
    for (const chunk of ['on', 'e\ntw', 'o\r', '\n']) tail.add(chunk, 'stdout');
    expect(heard.filter(Boolean)).toEqual(['one', 'two']);
    tail.add('unfinished', 'stderr');
    expect(tail.text()).toBe('one\ntwo\nunfinished');
    for (let i = 0; i < 100; i++) tail.add(`${i}\n`, 'stdout');
    expect(tail.text().split('\n')).toHaveLength(50);
    expect(tail.text()).toMatch(/^51\n.*99\nunfinished$/s);
  });

  it('hold nothing that would move a cursor, and no endless line', () => {
    const tail = new LineTail();
    tail.add('10 %\r20 %\r\u001b[2J\u001b[31mred\u0007\u001b[0m\n', 'stderr');
    expect(tail.text()).toBe('10 %\n20 %\nred');
    tail.add('x'.repeat(1_000_000), 'stdout');
    expect(tail.text().length).toBeLessThan(3000);
  });
});
