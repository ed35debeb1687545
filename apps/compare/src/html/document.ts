import { html, Markup } from './markup.js';
import { STYLE } from './style.js';

/** A page of this program's reports: it needs nothing else, no network, no server, no script to be read. */
export function htmlDocument(title: string, body: Markup, script = ''): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
        />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <main>${body}</main>
        ${
          script !== '' &&
          html`<script>
            ${new Markup(script)};
          </script>`
        }
      </body>
    </html>`;
  return page.text;
}
