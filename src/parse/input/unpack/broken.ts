/** The content of a source can't be read on. What came before is whole. */
export class BrokenSource extends Error {
  /** @param compression its name, such as `gzip` */
  constructor(
    readonly compression: string,
    cause: Error,
  ) {
    super(isEnd(cause) ? 'it ends too early' : cause.message, { cause });
  }
}

/** What the libraries say of data that stop in the middle. */
function isEnd({ message, code }: NodeJS.ErrnoException): boolean {
  return code === 'Z_BUF_ERROR' || /unexpected (end|EOF)|reached end of input|error code 8\b/i.test(message);
}
