import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logbert, scratch } from './logbert.js';

const dir = scratch();
const LINES = [
  'Apr 15 12:34:56 server sshd[1234]: Failed password for admin',
  'Apr 15 12:34:57 server sshd[1234]: Connection closed',
  '',
  '\x1b[31mno header',
];

describe('logbert detect', () => {
  const path = join(dir, 'app.log');
  writeFileSync(path, LINES.join('\n'));

  it('tells format, confidence, runners-up and each line', async () => {
    const { code, stdout } = await logbert(['detect', path, '--lines']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^format +openssh: OpenSSH server\nconfidence +0\.2\d\d\nlines +3 looked at, 2 have this format\n/,
    );
    expect(stdout).toMatch(/^linux +2 +0$/m);
    expect(stdout).toMatch(/^ +1 {2}openssh +Apr 15/m);
    expect(stdout).toMatch(/^ +4 {2}- +\\x1b\[31mno header$/m);
  });

  it('tells it as JSON, of standard input too', async () => {
    const { stdout } = await logbert(['detect', '-', '--json', '--count', '1'], { input: LINES.join('\n') });
    expect(JSON.parse(stdout)).toMatchObject({ format: 'openssh', lines: 1, fits: expect.any(Array) });
  });

  it('fails in one line', async () => {
    const { code, stderr } = await logbert(['detect', join(dir, 'none.log')]);
    expect([code, stderr]).toEqual([1, `Error: There is no file ${join(dir, 'none.log')}.\n`]);
  });
});
