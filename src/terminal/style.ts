import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Whether a stream shows colours: a terminal, without `NO_COLOR` (https://no-color.org) and not a dumb one. */
export function hasColour(stream: Pick<WriteStream, 'isTTY'>, environment = process.env): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** Text in a colour or weight, where the stream shows it. */
export function styled(format: Format, text: string, stream: Pick<WriteStream, 'isTTY'>): string {
  return hasColour(stream) ? styleText(format, text) : text;
}
