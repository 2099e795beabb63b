import type { Html } from './html.js';
import { PALETTE } from './style.js';

/** Fonts of a figure: the first that is there. The last but one is what PNG is drawn with (src/score/figures.ts). */
const FONTS = "Helvetica, Arial, 'DejaVu Sans', sans-serif";

/**
 * A chart as an SVG file of its own: light colours, no style sheet, white ground. What the page says by CSS variables stands
 * in the attributes, since few programs but browsers know those.
 */
export function standalone({ text }: Html): string {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(text) ?? [];
  return text
    .replace(/<style>.*?<\/style>/s, `<rect width="${width}" height="${height}" fill="#fff" />`)
    .replace(/ style="[^"]*"/, '')
    .replace(/ class="[^"]*"/, '')
    .replace(/ font-size="\d+"/, ' font-size="12"')
    .replace(/ font-family="[^"]*"/, ` font-family="${FONTS}"`)
    .replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
    .replace(/var\(--(\w+)\)/g, (_, name: string) => PALETTE[name])
    .replaceAll('currentColor', PALETTE.ink);
}
