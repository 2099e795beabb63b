import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NVIDIA = '/proc/driver/nvidia/gpus';
const DRM = '/sys/class/drm';
/** PCI vendors of GPUs that have no place where their driver tells a model. */
const VENDORS: Readonly<Record<string, string>> = { '0x1002': 'AMD', '0x8086': 'Intel' };

/** Names of the machine's GPUs, as far as Linux tells them without a tool; undefined where we can't look. */
export function gpuNames(): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const nvidia = list(NVIDIA).map((gpu) => /^Model:\s*(.*)$/m.exec(read(join(NVIDIA, gpu, 'information')))?.[1]);
  const others = list(DRM)
    .filter((card) => /^card\d+$/.test(card))
    .map((card) => VENDORS[read(join(DRM, card, 'device/vendor')).trim()])
    .map((vendor) => vendor && `${vendor} GPU`);
  return [...nvidia, ...others].filter((name) => name !== undefined);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
