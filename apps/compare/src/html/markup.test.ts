import { describe, expect, it } from 'vitest';
import { html } from './markup.js';

describe('html', () => {
  it('escapes what is inserted, in text and in attributes', () => {
    const hostile = `"><script>alert('&')</script>`;
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
      `<p title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>`,
    );
  });

  it('leaves markup alone, joins lists and drops what is absent', () => {
    const items = ['a', '<'].map((text) => html`<b>${text}</b>`);
    expect(html`${items}${undefined}${false}${0}`.text).toBe('<b>a</b><b>&lt;</b>0');
  });
});
