import { dot, gridY, line, ruleX } from '@observablehq/plot';
import type { Training } from '../training.js';
import type { Html } from './html.js';
import { drawSvg, FAINT, frame, GROUND, INK, legend, MUTED, NORMAL } from './svg.js';

/** Loss by epoch, with the epoch whose parameters were kept. */
export function trainingChart({ epochs, best }: Training, width: number): Html {
  const validated = epochs.filter(({ validationLoss }) => validationLoss !== null);
  const kept = validated.filter(({ epoch }) => epoch === best);
  const trained = { x: 'epoch', y: 'trainLoss' };
  const validation = { x: 'epoch', y: 'validationLoss' };
  const radius = epochs.length > 40 ? 0 : 2.6;
  return drawSvg(`Training and validation loss over ${epochs.length} epochs`, {
    ...frame(width),
    marginLeft: 50,
    x: { label: 'epoch', labelAnchor: 'right', ticks: epochTicks(epochs.map(({ epoch }) => epoch)), tickFormat: 'd' },
    y: {
      label: 'loss',
      ...lossScale(epochs.flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss ?? trainLoss])),
    },
    marks: [
      gridY({ ticks: 5, ...FAINT }),
      ruleX(kept, { x: 'epoch', stroke: INK, strokeOpacity: 0.5, strokeDasharray: '5 3' }),
      line(epochs, { ...trained, stroke: MUTED, strokeWidth: 2, strokeDasharray: '6 3' }),
      dot(epochs, { ...trained, r: radius, fill: MUTED, stroke: 'none' }),
      line(validated, { ...validation, stroke: NORMAL, strokeWidth: 2.2 }),
      dot(validated, { ...validation, r: radius, fill: NORMAL, stroke: 'none' }),
      ...legend([
        { name: 'training', colour: MUTED },
        { name: 'validation', colour: NORMAL },
      ]),
      dot(kept, { ...validation, r: 6, fill: NORMAL, stroke: GROUND, strokeWidth: 1.5 }),
    ],
  });
}

/** Losses that fall by more than a power of ten need a logarithmic axis to show their end. */
function lossScale(losses: number[]) {
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  return low > 0 && high > 10 * low
    ? ({ type: 'log', ticks: 5, tickFormat: '~g' } as const)
    : ({ type: 'linear', ticks: 5, nice: true } as const);
}

/** About eight whole epochs. */
function epochTicks(epochs: number[]): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((s) => epochs.length / s <= 9) ?? 1000;
  return epochs.filter((epoch, i) => epoch % step === 0 || (i === 0 && epochs.length === 1));
}
