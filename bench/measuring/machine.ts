import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../scripts/package/project';

/** What the figures depend on, line by line, without the machine's name. */
export function describeMachine(): string[] {
	const processors = cpus();
	const memory = Math.round(totalmem() / 1024 ** 3);
	return [
		`${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} cores, ${memory} GB, ${platform()} ${arch()}; load before the run ${(loadavg()[0] ?? 0).toFixed(1)}`,
		`Node ${process.versions.node}, n8n ${versionOf('.n8n-host/node_modules/n8n')}, undici ${versionOf('node_modules/undici')}`,
		new Date().toISOString().slice(0, 10),
	];
}

function versionOf(folder: string): string {
	const manifest = readFileSync(join(projectRoot, folder, 'package.json'), 'utf8');
	return (JSON.parse(manifest) as { version: string }).version;
}
