import type { Format } from './formats.js';
import { STAMPED_FIELDS, STAMPED_LAYOUTS, SYSLOG_FIELDS, SYSLOG_LAYOUTS, SYSLOG_TIME } from './syslogLayouts.js';

const ISO_MILLISECONDS = { fields: ['Date', 'Time'], pattern: 'yyyy-MM-dd HH:mm:ss,SSS' };

const SYSLOG = { layouts: SYSLOG_LAYOUTS, fields: SYSLOG_FIELDS, time: SYSLOG_TIME };

/**
 * The 16 systems of Loghub (Zhu et al., "Loghub: A Large Collection of System Log Datasets", ISSRE 2023). Headers are
 * cut as in its `_structured.csv` files; names of fields are those of the files, except where the files misname one.
 */
export const LOGHUB_FORMATS: Record<string, Format> = {
  // Hadoop's log4j pattern `%d{yyMMdd HHmmss} %t %p %c: %m` as in Loghub's HDFS_v1.
  hdfs: {
    title: 'HDFS data nodes and name node',
    layouts: [
      { layout: '<Date> <Time> <Pid> <Level> <Component>: <Content>' },
      {
        layout: '<Day> <Clock> <Pid> <Level> <Component>: <Content>',
        time: { fields: ['Day', 'Clock'], pattern: 'yyyy-MM-dd HH:mm:ss' },
      },
    ],
    fields: {
      Date: '\\d{6}',
      Time: '\\d{6}',
      Day: '\\d{4}-\\d\\d-\\d\\d',
      Clock: '\\d\\d:\\d\\d:\\d\\d',
      Pid: '\\d+',
      Level: '[A-Z]+',
      Component: '[^ ]+',
    },
    time: { fields: ['Date', 'Time'], pattern: 'yyMMdd HHmmss' },
    sessionId: 'blk_-?\\d+',
    example:
      '081109 203518 143 INFO dfs.DataNode$DataXceiver: Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106',
  },
  hadoop: {
    title: 'Hadoop MapReduce and YARN',
    layouts: [
      { layout: '<Date> <Time> <Level> [<Process>] <Component>: <Content>' },
      {
        layout: '<Date>,<Clock>,<Level>,<Component>,<Content>',
        time: { fields: ['Date', 'Clock'], pattern: 'yyyy-MM-dd HH:mm:ss' },
      },
    ],
    fields: {
      Date: '\\d{4}-\\d\\d-\\d\\d',
      Time: '\\d\\d:\\d\\d:\\d\\d,\\d{3}',
      Clock: '\\d\\d:\\d\\d:\\d\\d',
      Level: '[A-Z]+',
      Component: '[^ ,]+',
    },
    time: ISO_MILLISECONDS,
    example:
      '2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster for application appattempt_1445144423722_0020_000001',
  },
  spark: {
    title: 'Spark executors and driver',
    layouts: [{ layout: '<Date> <Time> <Level> <Component>: <Content>' }],
    fields: { Date: '\\d\\d/\\d\\d/\\d\\d', Time: '\\d\\d:\\d\\d:\\d\\d', Level: '[A-Z]+', Component: '[^ ]+' },
    time: { fields: ['Date', 'Time'], pattern: 'yy/MM/dd HH:mm:ss' },
    example:
      '17/06/09 20:10:40 INFO executor.CoarseGrainedExecutorBackend: Registered signal handlers for [TERM, HUP, INT]',
  },
  zookeeper: {
    title: 'ZooKeeper',
    layouts: [{ layout: '<Date> <Time> - <Level> [<Thread>:<Component>@<Id>] - <Content>' }],
    fields: {
      Date: '\\d{4}-\\d\\d-\\d\\d',
      Time: '\\d\\d:\\d\\d:\\d\\d,\\d{3}',
      Level: '[A-Z]+',
      Id: '\\d+',
    },
    time: ISO_MILLISECONDS,
    example:
      '2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200',
  },
  bgl: {
    title: 'Blue Gene/L, with alert labels',
    layouts: [{ layout: '<Label> <Timestamp> <Date> <Node> <Time> <NodeRepeat> <Type> <Component> <Level> <Content>' }],
    fields: {
      Label: '-|[A-Z0-9_]+',
      Timestamp: '\\d+',
      Date: '\\d{4}\\.\\d\\d\\.\\d\\d',
      Node: '[^ ]+',
      Time: '\\d{4}-\\d\\d-\\d\\d-\\d\\d\\.\\d\\d\\.\\d\\d\\.\\d+',
      NodeRepeat: '[^ ]+',
      Type: '[A-Z]+',
      Component: '[^ ]+',
      Level: '[A-Z]+',
    },
    // The clock of `Time` is local; its seconds are those of the epoch field, which has no fraction.
    time: { fields: ['Timestamp', 'Time'], pattern: 'X ????-??-??-??.??.??f' },
    example:
      '- 1117838570 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO instruction cache parity error corrected',
  },
  hpc: {
    title: 'HPC cluster of Los Alamos',
    layouts: [{ layout: '<LogId> <Node> <Component> <State> <Time> <Flag> <Content>' }],
    fields: { LogId: '\\d+', Node: '[^ ]+', Component: '[^ ]+', State: '[^ ]+', Time: '\\d{9,10}', Flag: '-?\\d+' },
    time: { fields: ['Time'], pattern: 'X' },
    example:
      '350766 node-109 unix.hw state_change.unavailable 1084680778 1 Component State Change: Component \\042alt0\\042 is in the unavailable state (HWID=3180)',
  },
  thunderbird: {
    title: 'Thunderbird, with alert labels',
    layouts: ['<Component>[<Pid>]: ', '<Component>: ', '<Unnamed> '].map((program) => ({
      layout: `<Label> <Timestamp> <Day> <Node> <Month> <Date> <Time> <Location> ${program}<Content>`,
    })),
    fields: {
      ...SYSLOG_FIELDS,
      Label: '-|[A-Z0-9_]+',
      Timestamp: '\\d+',
      Day: '\\d{4}\\.\\d\\d\\.\\d\\d',
      Node: '[^ ]+',
      Location: '[^ ]+',
    },
    time: { fields: ['Timestamp'], pattern: 'X' },
    example:
      '- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond[2916]: (root) CMD (run-parts /etc/cron.hourly)',
  },
  windows: {
    title: 'Windows component-based servicing',
    layouts: [
      { layout: '<Date> <Time>, <Level> <Component> <Content>' },
      { layout: '<Date>,<Level>,<Content>', time: { fields: ['Date'], pattern: 'yyyy-MM-dd' } },
    ],
    fields: {
      Date: '\\d{4}-\\d\\d-\\d\\d',
      Time: '\\d\\d:\\d\\d:\\d\\d',
      Level: '[A-Za-z]+',
      Component: '[^ ]+',
    },
    time: { fields: ['Date', 'Time'], pattern: 'yyyy-MM-dd HH:mm:ss' },
    example: '2016-09-28 04:30:30, Info                  CBS    Starting TrustedInstaller initialization.',
  },
  openssh: {
    title: 'OpenSSH server',
    layouts: [...SYSLOG_LAYOUTS, ...STAMPED_LAYOUTS],
    fields: { ...SYSLOG_FIELDS, ...STAMPED_FIELDS },
    time: SYSLOG_TIME,
    // A process serves one connection.
    sessionField: 'Pid',
    tells: { pattern: '^sshd(?:-session)?\\[\\d+\\]', share: 0.9 },
    example: 'Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user webmaster from 173.234.31.186',
  },
  mac: {
    title: 'macOS system log',
    ...SYSLOG,
    tells: { pattern: '^(?:com\\.apple\\.|kernel\\[0\\])', share: 0 },
    example: 'Jul  1 09:01:05 calvisitor com.apple.CDScheduler[43]: Thermal pressure state: 1 Memory pressure state: 0',
  },
  linux: {
    title: 'Linux /var/log/messages',
    ...SYSLOG,
    tells: {
      pattern: '^(?:[\\w-]+\\(pam_unix\\)|(?:kernel(?!\\[)|klogd|syslogd|systemd|crond?|CRON|ftpd|su|sudo)\\b)',
      share: 0,
    },
    example:
      'Jun 14 15:16:02 combo sshd(pam_unix)[19937]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=218.188.2.4',
  },
  android: {
    title: 'Android logcat, threadtime',
    layouts: [{ layout: '<Date> <Time> <Pid> <Tid> <Level> <Component>: <Content>' }],
    fields: {
      Date: '\\d\\d-\\d\\d',
      Time: '\\d\\d:\\d\\d:\\d\\d\\.\\d+',
      Pid: '\\d+',
      Tid: '\\d+',
      Level: '[VDIWEFA]',
    },
    time: { fields: ['Date', 'Time'], pattern: 'MM-dd HH:mm:ssf' },
    example: '03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogsopening app',
  },
  healthapp: {
    title: 'Android health app',
    layouts: [{ layout: '<Time>|<Component>|<Pid>|<Content>' }],
    fields: { Time: '\\d{8}-\\d+:\\d+:\\d+:\\d+', Pid: '\\d+' },
    // The milliseconds aren't padded: `:86` is 0.086 s.
    time: { fields: ['Time'], pattern: 'yyyyMMdd-H:m:s:S' },
    example: '20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579',
  },
  apache: {
    title: 'Apache error log',
    layouts: [{ layout: '[<Time>] [<Level>] <Content>' }],
    fields: { Time: '[A-Z][a-z]+ [A-Z][a-z]+ +\\d+ \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)? \\d{4}', Level: '(?:\\w+:)?\\w+' },
    time: { fields: ['Time'], pattern: 'EEE MMM d HH:mm:ssf yyyy' },
    example: '[Sun Dec 04 04:47:44 2005] [error] mod_jk child workerEnv in error state 6',
  },
  proxifier: {
    title: 'Proxifier',
    layouts: [{ layout: '[<Time>] <Component> - <Content>' }],
    fields: { Time: '\\d\\d\\.\\d\\d \\d\\d:\\d\\d:\\d\\d' },
    time: { fields: ['Time'], pattern: 'MM.dd HH:mm:ss' },
    example:
      '[10.30 16:49:06] chrome.exe - proxy.cse.cuhk.edu.hk:5070 open through proxy proxy.cse.cuhk.edu.hk:5070 HTTPS',
  },
  openstack: {
    title: 'OpenStack services',
    layouts: [
      { layout: '<Logrecord> <Date> <Time> <Pid> <Level> <Component> [<Request>] <Content>' },
      { layout: '<Date> <Time> <Pid> <Level> <Component> [<Request>] <Content>' },
    ],
    fields: {
      Logrecord: '[\\w.-]+_\\d\\d:\\d\\d:\\d\\d',
      Date: '\\d{4}-\\d\\d-\\d\\d',
      Time: '\\d\\d:\\d\\d:\\d\\d\\.\\d+',
      Pid: '\\d+',
      Level: '[A-Z]+',
      Component: '[^ ]+',
    },
    time: { fields: ['Date', 'Time'], pattern: 'yyyy-MM-dd HH:mm:ssf' },
    // The virtual machine, as in DeepLog's experiments, and where requests name it in their path.
    sessionId: '(?:instance: |for instance |/servers/)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})',
    example:
      'nova-compute.log.1.2017-05-16_13:55:31 2017-05-16 00:00:04.500 2931 INFO nova.compute.manager [req-3ea4052c-895d-4b64-9e2d-04d64c4d94ab - - - - -] [instance: b9000564-fe1a-409b-b8cc-1e88b294cd1d] VM Started (Lifecycle Event)',
  },
};
