/** A plain decimal number with sign and fraction, at most 19 digits; NaN for anything else. */
export function numberIn(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 45;
  let at = negative ? start + 1 : start;
  if (at === end || end - at > 20) return Number.NaN;
  let [value, scale] = [0, 0];
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      scale *= 10;
    } else if (bytes[at] === 46 && scale === 0) scale = 1;
    else return Number.NaN;
  }
  return (negative ? -value : value) / (scale || 1);
}
