import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { pages } from '../../scripts/docs/pages';
import { projectRoot } from '../../scripts/package/project';
import { filesIn } from '../support/imports';

it('the tables of the pages are those of the declarations: `npm run docs` makes them', async () => {
	for (const { written, wanted } of await pages()) expect(written).toBe(wanted);
});

it('README.md is read in a minute', () => {
	const lines = readFileSync(join(projectRoot, 'README.md'), 'utf8').split('\n').length;
	expect(lines).toBeLessThan(150);
});

const written = [
	'README.md',
	...readdirSync(join(projectRoot, 'docs')).map((name) => `docs/${name}`),
]
	.filter((name) => name.endsWith('.md'))
	.map((name) => ({ name, text: readFileSync(join(projectRoot, name), 'utf8') }));

it.each(written)('every link of $name leads somewhere', ({ name, text }) => {
	const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
	const broken = links.filter((to) => {
		if (to.startsWith('https://')) return false;
		const [path = '', anchor] = to.split('#');
		const file = path === '' ? join(projectRoot, name) : join(projectRoot, dirname(name), path);
		if (!existsSync(file)) return true;
		return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
	});
	expect(broken).toEqual([]);
});

describe('the links that n8n shows', () => {
	const own = 'https://github.com/revenue-relay/n8n-nodes-revenue-relay/blob/main/';
	const shown = ['nodes', 'credentials']
		.flatMap((folder) =>
			readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
				join(folder, name),
			),
		)
		.filter((path) => /\.(node\.json|credentials\.ts)$/.test(path))
		.map((path) => ({
			path,
			links:
				readFileSync(join(projectRoot, path), 'utf8').match(/https:\/\/github\.com\/[^"']+/g) ?? [],
		}));

	it.each(shown)('$path leads to a page that exists', ({ links }) => {
		expect(links).not.toEqual([]);
		const broken = links.filter((to) => {
			if (!to.startsWith(own)) return true;
			const [path = '', anchor] = to.slice(own.length).split('#');
			const file = join(projectRoot, path);
			if (!existsSync(file)) return true;
			return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
		});
		expect(broken).toEqual([]);
	});
});

function anchorsOf(page: string): string[] {
	return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
		title
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s-]/gu, '')
			.replaceAll(' ', '-'),
	);
}

describe('docs/troubleshooting.md', () => {
	const page = readFileSync(join(projectRoot, 'docs', 'troubleshooting.md'), 'utf8');
	const messages = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, message = '']) => message);
	const sources = filesIn('transport')
		.map(({ text }) => text)
		.join('\n');

	it.each(messages)('the nodes still say "%s"', (message) => {
		const missing = message.split(/\s*…,?\s*/).filter((part) => !sources.includes(part));
		expect(missing).toEqual([]);
	});
});
