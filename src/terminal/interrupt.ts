const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Ends the process on Ctrl-C, `kill` or a closed terminal with one line that says what is left and what to run next.
 * Locks and temporary files go with the process, since their owners listen to its exit.
 * @returns stops listening
 */
export function onInterrupt(farewell: () => string): () => void {
  const end = (signal: keyof typeof CODES) => {
    process.stderr.write(`\n${farewell()}\n`);
    process.exit(CODES[signal]);
  };
  const signals = Object.keys(CODES) as (keyof typeof CODES)[];
  for (const signal of signals) process.once(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}
