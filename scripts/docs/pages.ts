import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { justtrack } from '../../nodes/Justtrack/provider';
import { myTracker } from '../../nodes/MyTracker/provider';
import { runative } from '../../nodes/Runative/provider';
import { singular } from '../../nodes/Singular/provider';
import { twentyFourMetrics } from '../../nodes/TwentyFourMetrics/provider';
import { projectRoot } from '../package/project';
import { fieldTable } from './fieldTable';
import { withPart } from './markdown';
import { optionTable } from './optionTable';

const providers = [justtrack, myTracker, singular, twentyFourMetrics, runative];

export interface Page {
	readonly path: string;
	/** As it stands in the project. */
	readonly written: string;
	/** As the declarations want it. */
	readonly wanted: string;
}

/** The pages whose tables are made from the nodes' declarations. */
export async function pages(): Promise<Page[]> {
	return await Promise.all([
		...providers.map((provider) =>
			pageOf(`docs/${provider.displayName.toLowerCase()}.md`, 'fields', fieldTable(provider)),
		),
		pageOf('docs/options.md', 'options', optionTable(providers)),
	]);
}

async function pageOf(name: string, part: string, text: string): Promise<Page> {
	const path = join(projectRoot, name);
	const written = readFileSync(path, 'utf8');
	const style = await resolveConfig(path);
	const wanted = await format(withPart(written, part, text), { ...style, filepath: path });
	return { path, written, wanted };
}
