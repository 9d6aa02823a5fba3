import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { runNpm } from './command';
import { projectRoot } from './project';

/** What `npm run build` reads. `dist` is out of date when one of these is newer. */
const buildInputs = [
	'credentials',
	'icons',
	'licences',
	'nodes',
	'transport',
	'gulpfile.js',
	'scripts/package/licences.js',
	'package.json',
	'tsconfig.json',
	'tsconfig.build.json',
];

export async function buildPackage(): Promise<void> {
	await runNpm(['run', 'build']);
}

/** Keeps `dist` true to the sources without building on every run. */
export async function buildPackageIfStale(): Promise<void> {
	const built = times(join(projectRoot, 'dist')).filter((time) => time > 0);
	const newestInput = Math.max(...buildInputs.flatMap((path) => times(join(projectRoot, path))));
	if (built.length === 0 || Math.max(...built) < newestInput) await buildPackage();
}

/** When each file below a path was last changed; nothing if there is no such path. */
function times(path: string): number[] {
	if (!existsSync(path)) return [];
	const status = statSync(path);
	if (!status.isDirectory()) return [status.mtimeMs];
	return readdirSync(path).flatMap((name) => times(join(path, name)));
}
