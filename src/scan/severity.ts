/** Classes of severity: 0 nothing, 1 information, 2 warning, 3 error, 4 fatal, 5 an error by level and by words. */
const WARNING = 2;
/** Class from which on a line tells of an error. */
export const ERROR = 3;
const FATAL = 4;

/** Level fields: log4j, syslog, BGL, Android's one letter, klog. */
const LEVELS: Record<string, number> = {
  W: WARNING,
  WARN: WARNING,
  WARNING: WARNING,
  E: ERROR,
  ERR: ERROR,
  ERROR,
  FAILURE: ERROR,
  SEVERE: ERROR,
  F: FATAL,
  FATAL,
  CRIT: FATAL,
  CRITICAL: FATAL,
  ALERT: FATAL,
  EMERG: FATAL,
  EMERGENCY: FATAL,
  PANIC: FATAL,
};

const WORDS: [number, RegExp][] = [
  [FATAL, /\b(panic|fatal|segfault|segmentation fault|out of memory|oom-killer|core dumped|corrupt\w*|emerg\w*)/i],
  [
    ERROR,
    /(?:exception|error)\b|\b(err|errors|fail|fails|failed|failure|abort\w*|crash\w*|denied|refused|unreachable|illegal|violation|traceback|unable|cannot|can't|could not|break-in|killed|lost|dead)\b/i,
  ],
  [
    WARNING,
    /\b(warn\w*|timed? ?out|timeout|retry\w*|retries|unexpected\w*|invalid|missing|not found|unavailable|expired|reject\w*|reset)\b/i,
  ],
];

/** Severity of a level field; 1 for levels that tell of nothing bad, 0 where the field is empty. */
export function severityOfLevel(level: string): number {
  return level === '' ? 0 : (LEVELS[level.toUpperCase()] ?? 1);
}

/** Severity of what a message says. */
export function severityOfText(text: string): number {
  return WORDS.find(([, words]) => words.test(text))?.[0] ?? 0;
}

/** Severity of a line by its level and its words; where both tell of an error it is one class higher. */
export function combined(level: number, words: number): number {
  return Math.max(level, words) + (Math.min(level, words) >= ERROR ? 1 : 0);
}
