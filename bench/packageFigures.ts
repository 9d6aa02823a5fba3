import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { projectRoot } from '../scripts/package/project';
import { median } from './statistics';

const run = promisify(execFile);

export interface PackageFigures {
	/** Median over fresh processes: requiring all nodes and credentials once n8n-workflow is there. */
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
	const { stdout } = await run(process.execPath, ['-e', script], { cwd: projectRoot });
	return Number(stdout);
}

async function tarballSize(): Promise<number> {
	const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
	// under an npm script it is that very npm
	const cli = process.env.npm_execpath;
	const { stdout } =
		cli === undefined
			? await run('npm', args, { cwd: projectRoot })
			: await run(process.execPath, [cli, ...args], { cwd: projectRoot });
	const [packed] = JSON.parse(stdout) as [{ size: number }];
	return packed.size;
}
