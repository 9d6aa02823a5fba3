import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand, runNpm } from './command';
import { packageName } from './project';

/**
 * Puts the package where n8n's own installer puts it: exactly the files that `npm publish` would ship, unpacked to
 * `<nodes folder>/node_modules/<name>`.
 */
export async function installPackageInto(nodesFolder: string): Promise<void> {
	const scratch = await mkdtemp(join(tmpdir(), 'revenue-relay-pack-'));
	try {
		await runNpm(['pack', '--ignore-scripts', '--pack-destination', scratch]);
		const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
		if (tarball === undefined) throw new Error('npm pack made no tarball');
		const target = join(nodesFolder, 'node_modules', packageName);
		await mkdir(target, { recursive: true });
		await runCommand('tar', ['-xzf', join(scratch, tarball), '--strip-components=1', '-C', target]);
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}
