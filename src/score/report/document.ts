import { createHash } from 'node:crypto';
import { Html, html } from './html.js';
import { STYLE } from './style.js';

/** What a page shows. */
export interface Page {
  title: string;
  /** Behind the title in the window's name: `logbert report`. */
  kind: string;
  /** Under the title. */
  lead: Html | string;
  main: Html;
  footer: string;
  script: string;
  /** Beyond the style of all pages. */
  style?: string;
}

/** One HTML file that needs no other: it opens without a network, and its policy lets it load nothing. */
export function document({ title, kind, lead, main, footer, script, style = '' }: Page): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title} · ${kind}</title>
<style>${new Html(STYLE + style)}</style>
</head>
<body>
<header><div><h1>${title}</h1><p class="lead">${lead}</p></div><button type="button" hidden>Theme</button></header>
<main>
${main}
</main>
<footer>${footer}</footer>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return text;
}
