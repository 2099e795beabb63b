/** Markup that may go into a page as it is. */
export class Html {
  constructor(readonly text: string) {}
}

type Piece = string | number | Html | undefined | false | Piece[];

/**
 * Template tag: `` html`<p>${text}</p>` ``. Everything put in is escaped, unless it is `Html`; undefined and false
 * leave nothing.
 */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  return new Html(strings.map((part, i) => (i === 0 ? part : render(pieces[i - 1]) + part)).join(''));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// Control characters but tab and newline, C1 codes, zero-width characters, and the marks that reorder text.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Text as markup: entities for HTML's own characters, visible signs for what a terminal or a browser would obey. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char]).replace(UNSAFE, visible);
}

/** ASCII controls have pictures from U+2400 on (escape is ␛); others show their code. */
function visible(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}

function render(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.text;
  return Array.isArray(piece) ? piece.map(render).join('') : escapeHtml(String(piece));
}
