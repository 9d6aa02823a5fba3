import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(__dirname, '..', '..');

export const packageName = (
	JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { name: string }
).name;
