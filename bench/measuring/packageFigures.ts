import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand, runNpm } from '../../scripts/package/command';
import { projectRoot } from '../../scripts/package/project';
import { median } from './statistics';

export interface PackageFigures {
	/** Requiring all nodes and credentials once n8n-workflow is there: the median over fresh processes. */
	readonly loadMs: number;
	readonly loads: readonly number[];
	readonly tarballBytes: number;
}

/** What the package costs before anything is sent. */
export async function measurePackage(loads: number): Promise<PackageFigures> {
	const times: number[] = [];
	for (let load = 0; load < loads; load++) times.push(await loadTime());
	return { loadMs: median(times), loads: times, tarballBytes: await tarballSize() };
}

async function loadTime(): Promise<number> {
	const manifest = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	const files = [...manifest.n8n.credentials, ...manifest.n8n.nodes].map((file) =>
		join(projectRoot, file),
	);
	const script = `require('n8n-workflow');
		const start = performance.now();
		for (const file of ${JSON.stringify(files)}) require(file);
		process.stdout.write(String(performance.now() - start));`;
	return Number(await runCommand(process.execPath, ['-e', script]));
}

async function tarballSize(): Promise<number> {
	const packing = await runNpm(['pack', '--dry-run', '--json', '--ignore-scripts']);
	const [packed] = JSON.parse(packing) as [{ size: number }];
	return packed.size;
}
