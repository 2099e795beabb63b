import { emptyHeader, type Header, type HeaderReader, type NamedValue } from './header.js';

const BRACE = 123;

/** Reads lines around each of which a container's runtime has put a header; a message that is a JSON object has one of its own. */
export class NestedReader implements HeaderReader {
  private readonly within = emptyHeader();
  private nested = false;

  constructor(
    private readonly outer: HeaderReader,
    private readonly inner: HeaderReader,
  ) {}

  get ordered(): boolean {
    return this.outer.ordered;
  }

  read(bytes: Uint8Array, start: number, end: number, header: Header): boolean {
    if (!this.outer.read(bytes, start, end, header)) return false;
    const { contentStart, contentEnd } = header;
    this.nested =
      header.bytes[contentStart] === BRACE && this.inner.read(header.bytes, contentStart, contentEnd, this.within);
    if (this.nested) Object.assign(header, this.within);
    return true;
  }

  /** When the runtime took the line. */
  time(): number {
    return this.outer.time();
  }

  fields(): Iterable<NamedValue> {
    return this.nested ? this.inner.fields() : this.outer.fields();
  }
}
