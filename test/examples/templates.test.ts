/** What the example workflows say to somebody who finds them in a list of templates. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { INode } from 'n8n-workflow';

import { root } from '../support/imports';

const folder = join(root, 'examples');
const examples = readdirSync(folder).filter((name) => name.endsWith('.json'));

it.each(examples)(
	'%s has one note: its title, what it does, and by name the nodes that are to be changed',
	(file) => {
		const { name, nodes } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
			name: string;
			nodes: INode[];
		};
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes).toHaveLength(1);
		const [heading, what = '', , ...steps] = (notes[0]?.parameters.content as string).split('\n');
		expect(heading).toBe(`## ${name}`);
		expect(what).toMatch(/^[A-Z].*\.$/);
		expect(steps.length).toBeGreaterThanOrEqual(3);
		for (const { credentials, type, name: node } of nodes) {
			const isOurs = type.startsWith('n8n-nodes-revenue-relay.') || credentials !== undefined;
			if (isOurs) expect(steps.join('\n')).toContain(`**${node}**`);
		}
	},
);

it.each(examples)('the title of %s names the providers that it sends to', (file) => {
	const { name, nodes } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
		name: string;
		nodes: INode[];
	};
	const providers = nodes.flatMap(
		// a node has `Tool` at its end where an agent uses it
		({ type }) => /^n8n-nodes-revenue-relay\.(\w+?)(?:Tool)?$/.exec(type)?.[1] ?? [],
	);
	expect(providers.length).toBeGreaterThan(0);
	for (const provider of providers) {
		const title = provider === 'twentyFourMetrics' ? '24metrics' : provider;
		expect(name.toLowerCase()).toContain(title.toLowerCase());
	}
});

const page = readFileSync(join(root, 'docs', 'examples.md'), 'utf8');
const sections = page.split(/^## /m).slice(1);

it.each(examples)(
	'docs/examples.md shows %s under its title: what it does in a sentence, and its picture',
	(file) => {
		const { name } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string };
		const own = sections.filter((section) => section.includes(`(../examples/${file})`));
		expect(own).toHaveLength(1);
		const [title, , ...text] = own[0]?.split('\n') ?? [];
		expect(title).toBe(name);
		const [sentence = ''] = text.join(' ').split(' [');
		expect(sentence).toMatch(/^\S[^.]*\.$/);
		expect(own[0]).toContain(`(pictures/examples/${file.replace(/json$/, 'png')})`);
	},
);

it('docs/examples.md shows nothing else', () => {
	expect(sections).toHaveLength(examples.length);
});

it.each(examples)('the picture of %s loads fast', (file) => {
	const picture = join(root, 'docs', 'pictures', 'examples', file.replace(/json$/, 'png'));
	expect(statSync(picture).size).toBeLessThan(150_000);
});
