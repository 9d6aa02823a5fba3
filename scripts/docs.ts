import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

import { pages } from './docs/pages';
import { projectRoot } from './package/project';

/** Makes the tables in `docs/` anew, from the nodes' declarations. */
async function main(): Promise<void> {
	for (const { path, written, wanted } of await pages()) {
		if (written === wanted) continue;
		writeFileSync(path, wanted);
		console.log(`${relative(projectRoot, path)} is up to date again`);
	}
}

void main();
