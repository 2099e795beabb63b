import type { Format, LineLayout, Structure } from './formats.js';
import { STAMPED_FIELDS, STAMPED_LAYOUTS, SYSLOG_FIELDS, SYSLOG_LAYOUTS, SYSLOG_TIME } from './syslogLayouts.js';

const LEVELS = [
  ...[
    'TRACE',
    'DEBUG',
    'VERBOSE',
    'FINEST',
    'FINER',
    'FINE',
    'CONFIG',
    'INFO',
    'INFORMATION',
    'NOTICE',
    'WARN',
    'WARNING',
  ],
  ...['ERR', 'ERROR', 'SEVERE', 'CRIT', 'CRITICAL', 'ALERT', 'EMERG', 'FATAL', 'PANIC'],
];
const LEVEL = LEVELS.flatMap((level) => [level, level.toLowerCase(), level[0] + level.slice(1).toLowerCase()]).join(
  '|',
);

const ISO_DATE = '\\d{4}[-/]\\d\\d[-/]\\d\\d';
const CLOCK = '\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?';
const ISO = {
  fields: { Date: ISO_DATE, Time: CLOCK, Level: LEVEL },
  time: { fields: ['Date', 'Time'], pattern: 'yyyy?MM?dd HH:mm:ssfZ' },
};

/** A layout for a date and a time with a blank or a `T` between, alone or in brackets. */
function dated(...rests: string[]): LineLayout[] {
  const stamps = ['<Date> <Time>', '<Date>T<Time>', '[<Date> <Time>]', '[<Date>T<Time>]'];
  return rests.flatMap((rest) => stamps.map((stamp) => ({ layout: `${stamp} ${rest}<Content>` })));
}

/** Fields of the loggers that write JSON. */
const JSON_LINE: Structure = {
  syntax: 'json',
  required: [],
  message: ['message', 'msg', 'Message', '@m', '@mt', 'MESSAGE', 'log', 'event', 'text', 'body'],
  time: ['timestamp', 'time', '@timestamp', 'ts', '@t', 'Timestamp', 'date', 'datetime', 'asctime'],
  level: ['level', 'severity', 'levelname', 'log.level', 'loglevel', 'lvl', '@l', 'Level'],
  component: [
    'logger',
    'logger_name',
    'log.logger',
    'component',
    'name',
    'module',
    'service',
    'service.name',
    'SourceContext',
  ],
  node: ['host.name', 'host', 'hostname', 'node', 'pod', 'instance'],
};

/** Formats of many programs; special ones come before general ones. */
export const COMMON_FORMATS: Record<string, Format> = {
  // Before syslog, as which `stdout F {"level": ...` would pass: a host, a program, a colon.
  cri: {
    title: 'CRI (container logs of Kubernetes)',
    layouts: [{ layout: '<Timestamp> <Component> <Flag> <Content>' }],
    fields: { Timestamp: `\\d{4}-\\d\\d-\\d\\dT${CLOCK}`, Component: 'stdout|stderr', Flag: '[FP](?::[^ ]+)?' },
    time: { fields: ['Timestamp'], pattern: 'yyyy-MM-ddTHH:mm:ssfZ' },
    inner: JSON_LINE,
    example: '2024-04-15T12:34:56.789123456Z stdout F Listening on port 80',
  },
  syslog: {
    title: 'syslog (RFC 3164), as sent or as written to files',
    layouts: [
      ...SYSLOG_LAYOUTS,
      ...SYSLOG_LAYOUTS.map(({ layout }) => ({ layout: `<<Priority>>${layout}` })),
      ...STAMPED_LAYOUTS,
    ],
    fields: { ...SYSLOG_FIELDS, ...STAMPED_FIELDS, Priority: '\\d+' },
    time: SYSLOG_TIME,
    example: '<34>Oct 11 22:14:15 mymachine myapp: lonvick failed on /dev/pts/8',
  },
  rfc5424: {
    title: 'syslog (RFC 5424)',
    layouts: ['-', '[<Data>]'].map((data) => ({
      layout: `<<Priority>><Version> <Timestamp> <Node> <Component> <Pid> <MessageId> ${data} <Content>`,
    })),
    fields: {
      Priority: '\\d+',
      Version: '\\d+',
      Timestamp: '-|\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|[+-]\\d\\d:\\d\\d)',
      Node: '[^ ]+',
      Component: '[^ ]+',
      Pid: '[^ ]+',
      MessageId: '[^ ]+',
    },
    time: { fields: ['Timestamp'], pattern: 'yyyy-MM-ddTHH:mm:ssfZ' },
    example:
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed for lonvick on /dev/pts/8",
  },
  journald: {
    title: 'journald as JSON (journalctl -o json)',
    layouts: [],
    fields: {},
    structure: {
      syntax: 'json',
      required: ['MESSAGE', '__REALTIME_TIMESTAMP'],
      message: ['MESSAGE'],
      time: ['_SOURCE_REALTIME_TIMESTAMP', '__REALTIME_TIMESTAMP'],
      level: ['PRIORITY'],
      component: ['SYSLOG_IDENTIFIER', '_COMM'],
      node: ['_HOSTNAME'],
    },
    example:
      '{"__REALTIME_TIMESTAMP":"1713184496000000","_HOSTNAME":"web1","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"Accepted publickey"}',
  },
  docker: {
    title: 'Docker JSON files',
    layouts: [],
    fields: {},
    structure: {
      syntax: 'json',
      required: ['log', 'time'],
      message: ['log'],
      time: ['time'],
      level: [],
      component: ['stream'],
      node: [],
    },
    inner: JSON_LINE,
    example: '{"log":"Listening on port 80\\n","stream":"stdout","time":"2024-04-15T12:34:56.789123456Z"}',
  },
  jsonl: {
    title: 'JSON lines',
    layouts: [],
    fields: {},
    structure: JSON_LINE,
    example: '{"timestamp":"2024-04-15T12:34:56.789Z","level":"info","logger":"api","message":"request done"}',
  },
  klog: {
    title: 'klog (Kubernetes)',
    layouts: [{ layout: '<Level><Date> <Time> <Pid> <Component>] <Content>' }],
    fields: {
      Level: '[IWEF]',
      Date: '\\d{4}',
      Time: '\\d\\d:\\d\\d:\\d\\d\\.\\d+',
      Pid: '\\d+',
      Component: '[^ \\]]+',
    },
    time: { fields: ['Date', 'Time'], pattern: 'MMdd HH:mm:ssf' },
    example: 'I0415 12:34:56.789123    1 controller.go:123] "Starting controller" name="node"',
  },
  access: {
    title: 'access log, common or combined',
    layouts: [{ layout: '<Client> <Identity> <User> [<Time>] <Content>' }],
    fields: {
      Client: '[^ ]+',
      Identity: '[^ ]+',
      User: '[^\\[\\]]+',
      Time: '\\d\\d/[A-Z][a-z][a-z]/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}',
    },
    time: { fields: ['Time'], pattern: 'dd/MMM/yyyy:HH:mm:ss Z' },
    messageFields: '^"(?<method>[A-Z]+) [^"]*" (?<status>\\d{3}) (?<bytes>\\d+|-)',
    example: '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326',
  },
  log4j: {
    title: 'time, level, thread and logger, as log4j, Logback, Spring Boot and Python write them',
    layouts: dated(
      '[<Thread>] <Level> <Component> - ',
      '[<Thread>] <Level> <Component>: ',
      '<Level> [<Thread>] <Component> - ',
      '<Level> [<Thread>] <Component>: ',
      '<Level> <Pid> --- [<Thread>] <Component> : ',
      '- <Component> - <Level> - ',
      '- <Level> [<Component>] - ',
      '<Level> <Component> - ',
      '<Level> <Component>: ',
      '<Level> [<Component>] ',
      '[<Level>] ',
      '<Level>: ',
      '<Level> ',
    ),
    fields: { ...ISO.fields, Component: '[^ \\]]+', Pid: '\\d+' },
    time: ISO.time,
    example: '2024-04-15 12:34:56,789 [main] INFO  com.example.App - started',
  },
  logfmt: {
    title: 'logfmt: key=value',
    layouts: [],
    fields: {},
    structure: {
      syntax: 'logfmt',
      required: [],
      message: ['msg', 'message'],
      time: ['time', 'ts', 'timestamp', 't'],
      level: ['level', 'lvl', 'severity'],
      component: ['logger', 'component', 'module', 'caller', 'service'],
      node: ['host', 'hostname', 'node', 'instance'],
    },
    example: 'time=2024-04-15T12:34:56Z level=info logger=api msg="request done" status=200',
  },
  timed: {
    title: 'date, time and message',
    layouts: dated(''),
    fields: ISO.fields,
    time: ISO.time,
    example: '2024-04-15 12:34:56 Starting up',
  },
};
