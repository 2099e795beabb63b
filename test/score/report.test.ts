import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/config/schema.js';
import { buildSessions } from '../../src/data/buildSessions.js';
import { loadSessions, TEST } from '../../src/data/sessions.js';
import { parseLogs } from '../../src/parse/parse.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { evaluateRun } from '../../src/score/evaluate.js';
import { histogram } from '../../src/score/report/histogram.js';
import { escapeHtml, html } from '../../src/score/report/html.js';
import { type SyntheticOptions, syntheticRun } from './syntheticRun.js';

let dir: string;
let run: RunFolder;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logbert-report-'));
});
afterEach(async () => {
  await run?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function report(options: SyntheticOptions = {}, evaluate = {}): Promise<string> {
  run = await syntheticRun(join(dir, 'run'), options);
  await evaluateRun(settingsSchema.parse({ name: 'demo', evaluate }), run, silent);
  return readFileSync(await run.require('report'), 'utf8');
}

describe('escaping', () => {
  it('leaves no markup and no control character but tab and newline', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
        expect(escapeHtml(text)).not.toMatch(/[<>"'\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(
          parseHTML(`<p>${escapeHtml(text.replace(/[^ -~]/g, ''))}</p>`).document.querySelector('p')?.textContent,
        ).toBe(text.replace(/[^ -~]/g, ''));
      }),
    );
  });

  it('shows what a terminal or a browser would obey', () => {
    expect(escapeHtml('\u001b[31mred\u001b[0m\u0000\u007f')).toBe('␛[31mred␛[0m␀␡');
    expect(escapeHtml('\u202egnp.exe\u009b2J\ta\nb')).toBe('⟨U+202E⟩gnp.exe⟨U+009B⟩2J\ta\nb');
  });

  it('escapes whatever a template is given, and only once', () => {
    const inner = html`<b>${'<i>&'}</b>`;
    expect(html`<p title="${'"x"'}">${inner}${[1, ' ', inner]}${undefined}${false}</p>`.text).toBe(
      '<p title="&quot;x&quot;"><b>&lt;i&gt;&amp;</b>1 <b>&lt;i&gt;&amp;</b></p>',
    );
  });
});

describe('the histogram', () => {
  const scores = fc.array(fc.double({ min: -5, max: 5000, noNaN: true }), { minLength: 1, maxLength: 50 });

  it('counts every score once, and alerts right of the threshold', () => {
    fc.assert(
      fc.property(scores, scores, fc.nat(), (normal, anomaly, pick) => {
        const threshold = [...normal, ...anomaly][pick % (normal.length + anomaly.length)];
        const groups = [normal, anomaly].map((list, i) => ({ name: String(i), scores: Float64Array.from(list) }));
        const bins = histogram(groups, threshold);
        const border = bins.edges.reduce(
          (best, edge, i) => (Math.abs(edge - threshold) < Math.abs(bins.edges[best] - threshold) ? i : best),
          0,
        );
        [normal, anomaly].forEach((list, g) => {
          const counts = bins.groups[g].counts;
          expect(counts.reduce((a, b) => a + b)).toBe(list.length);
          expect(counts.slice(border).reduce((a, b) => a + b, 0)).toBe(
            list.filter((score) => score > threshold).length,
          );
        });
      }),
    );
  });

  it('has decades when the scores span them', () => {
    const wide = Float64Array.from({ length: 100 }, (_, i) => (i < 98 ? 1 + i / 100 : 10_000));
    expect(histogram([{ name: 'normal', scores: wide }], 2).scale).toBe('log');
    expect(histogram([{ name: 'normal', scores: wide.map((x) => x - 1) }], 2).scale).toBe('linear');
  });
});

describe('the report', () => {
  it('is one small file that can load nothing', async () => {
    const text = await report();
    const { document } = parseHTML(text);
    const script = document.querySelector('script')?.textContent ?? '';
    const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(document.querySelectorAll('script')).toHaveLength(1);
    expect(document.querySelectorAll('[src], [href], link, img, iframe')).toHaveLength(0);
    expect(text).not.toMatch(/url\(|@import|undefined|NaN|\[object/);
    expect(text.length).toBeLessThan(400_000);
  });

  it('has the table, the charts with their names, and the top anomalies in order', async () => {
    const { document } = parseHTML(await report({}, { minLength: 10 }));
    const captions = Array.from(document.querySelectorAll('.results caption'), (caption) => caption.textContent);
    expect(captions).toEqual(
      ['sessions of 10 or more events', 'all sessions', 'each distinct sequence once'].map(
        (count) => `Counting ${count}`,
      ),
    );
    expect(document.querySelector('.results tr.model th')?.textContent).toBe('logbert');
    const labels = Array.from(document.querySelectorAll('.wide svg'), (svg) => svg.getAttribute('aria-label'));
    expect(labels).toEqual(
      [
        /^Histogram of the scores of normal and anomaly sessions; threshold/,
        /^Precision-recall curve of logbert/,
        /^ROC curve of logbert/,
        /^Precision, recall and F1 by threshold/,
        /^Sessions by label and alert of logbert/,
        /^Training and validation loss over 24 epochs$/,
        /^F1 by top g/,
        /^Share of the missed events by template/,
      ].map((label) => expect.stringMatching(label)),
    );
    const shown = Array.from(document.querySelectorAll('.score b'), (score) => Number(score.textContent));
    expect(shown).toHaveLength(20);
    expect(shown).toEqual(shown.slice().sort((a, b) => b - a));
    expect(document.querySelector('.events .expected')?.textContent).toMatch(
      /expected: Received block <BLOCK> of size/,
    );
  });

  it('shows the ends and the most surprising events of a long session', async () => {
    const { document } = parseHTML(await report({ longest: 500 }));
    const rows = Array.from(document.querySelectorAll('.anomaly'), (item) => ({
      pills: item.querySelector('.pills')?.textContent ?? '',
      events: item.querySelectorAll('.events .position').length,
      gaps: Array.from(item.querySelectorAll('.gap'), (gap) => Number.parseInt(gap.textContent ?? '', 10)),
    }));
    const long = rows.find(({ pills }) => pills.includes('500 events'));
    expect(long?.events).toBe(80);
    expect(long?.gaps.reduce((a, b) => a + b, 0)).toBe(420);
  });

  it('makes HTML and escape sequences of log lines harmless', async () => {
    const hostile = '<script>alert(1)</script> </td> \u001b[31m" onload="x" & \u202eabc';
    run = await hostileRun(hostile);
    await evaluateRun(settingsSchema.parse({}), run, silent);
    const text = readFileSync(await run.require('report'), 'utf8');
    const { document } = parseHTML(text);
    expect(document.querySelectorAll('script')).toHaveLength(1);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    expect(text).toContain(
      '&lt;script&gt;alert(1)&lt;/script&gt; &lt;/td&gt; ␛[31m&quot; onload=&quot;x&quot; &amp; ⟨U+202E⟩abc',
    );
    const first = document.querySelector('.anomaly');
    expect(first?.querySelector('.events tr:last-child .where')?.textContent).toBe('app.log:241');
    expect(first?.textContent).toContain('matches no template');
  });
});

/** A parsed log of 60 blocks of four lines, the last of which is hostile; scores count the lines without a template. */
async function hostileRun(hostile: string): Promise<RunFolder> {
  const line = (second: number, text: string) =>
    `081109 2035${String(second).padStart(2, '0')} 143 INFO dfs.DataNode: ${text}`;
  const lines = Array.from({ length: 60 }, (_, b) => [
    line(b, `Receiving block blk_${b} src: /10.0.0.1:80`),
    line(b, `Receiving block blk_${b} src: /10.0.0.2:80`),
    line(b, `PacketResponder 1 for block blk_${b} terminating`),
    line(b, `Verification succeeded for blk_${b}`),
  ]).flat();
  const log = join(dir, 'app.log');
  writeFileSync(log, `${lines.join('\n')}\n${line(59, `${hostile} blk_59`)}\n`);
  const settings = settingsSchema.parse({ input: { files: [log] } });
  const opened = await RunFolder.open(join(dir, 'run'), { create: true });
  await parseLogs(settings, opened, silent);
  await buildSessions(settings, opened, silent);
  const { ids, splits, events, offsets } = await loadSessions(opened);
  const rows = ids.map(
    (id, i) => `${id},${splits[i] === TEST ? events.slice(offsets[i], offsets[i + 1]).filter((e) => e < 0).length : 0}`,
  );
  await opened.write('scores', { from: ['sessions'], settings: null }, async (path) => {
    writeFileSync(path, `id,score\n${rows.join('\n')}\n`);
  });
  return opened;
}
