import type { LineLayout } from './formats.js';

/** What syslog daemons write to files (RFC 3164 without the priority). */
export const SYSLOG_LAYOUTS: LineLayout[] = [
  { layout: '<Month> <Date> <Time> <Node> <Component>[<Pid>]: <Content>' },
  { layout: '<Month> <Date> <Time> <Node> <Component>[<Pid>] (<Address>): <Content>' },
  { layout: '<Month> <Date> <Time> <Node> <Component>: <Content>' },
  // No host, as some programs write on their own.
  { layout: '<Month> <Date> <Time> <Component>[<Pid>]: <Content>' },
  { layout: '<Month> <Date> <Time> <Component>: <Content>' },
];

export const SYSLOG_FIELDS = {
  Month: '[A-Z][a-z][a-z]',
  Date: '\\d\\d?',
  Time: '\\d\\d:\\d\\d:\\d\\d',
  Node: '[^ :\\[]+',
  // A colon in it isn't followed by a blank.
  Component: '[^\\[\\]:]+(?::+[^ \\[\\]:][^\\[\\]:]*)*',
  Pid: '\\d+',
};

export const SYSLOG_TIME = { fields: ['Month', 'Date', 'Time'], pattern: 'MMM d HH:mm:ss' };

/** As rsyslog writes to files today, with the date as in ISO 8601; the field is `STAMPED_FIELDS`. */
export const STAMPED_LAYOUTS: LineLayout[] = ['<Component>[<Pid>]: ', '<Component>: '].map((program) => ({
  layout: `<Timestamp> <Node> ${program}<Content>`,
  time: { fields: ['Timestamp'], pattern: 'yyyy-MM-ddTHH:mm:ssfZ' },
}));

export const STAMPED_FIELDS = {
  Timestamp: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?',
};
