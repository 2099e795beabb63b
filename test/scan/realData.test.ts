import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATA, HAS_DATA } from '../parse/fixtures.js';
import { withLogs } from './logs.js';

const SYSTEMS =
  'Android Apache BGL HDFS HPC Hadoop HealthApp Linux Mac OpenSSH OpenStack Proxifier Spark Thunderbird Windows Zookeeper'.split(
    ' ',
  );

describe.skipIf(!HAS_DATA)(`real logs${HAS_DATA ? '' : ` (no logs in ${DATA}: set LOGBERT_TEST_DATA)`}`, () => {
  it.each(SYSTEMS)('%s: the second half against the first, without a flag; every line is accounted for', (system) =>
    withLogs(async (logs) => {
      const text = readFileSync(join(DATA, 'loghub_2k', system, `${system}_2k.log`), 'utf8');
      const lines = text.split(/\r?\n/).filter((line, i, all) => i < all.length - 1 || line !== '');
      const { account: learnt } = await logs.fit(lines.slice(0, 1000));
      const { account, findings, all } = await logs.scan(lines.slice(1000));
      for (const { linesIn, parsed, rejected, joined, blank, outside } of [learnt, account]) {
        expect(parsed + rejected + joined + blank + outside).toBe(linesIn);
        expect(linesIn).toBe(1000);
      }
      expect(all).toBeLessThan(100);
      for (const { evidence } of findings) expect(evidence.some(({ hit }) => hit)).toBe(true);
    }),
  );
});
