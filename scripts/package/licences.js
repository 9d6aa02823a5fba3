const { readdir, readFile } = require('node:fs/promises');
const { dirname, join } = require('node:path');

const LICENCE_FILE = /^(?:licen[cs]e|notice|copying)/i;

/**
 * Works of others inside bundled packages, which have no file for the licence: their texts are in
 * `licences/`.
 */
const embedded = [
	{ name: 'llhttp', in: /^node_modules\/undici\/lib\/llhttp\// },
	{ name: 'ws', in: /^node_modules\/undici\/lib\/web\/websocket\/(?:frame|receiver)\.js$/ },
	{ name: 'pg-connection-string', in: /^node_modules\/pg-connection-string\/index\.js$/ },
	{ name: 'formdata-polyfill', in: /^node_modules\/undici\/lib\/web\/fetch\/body\.js$/ },
];

/** The beginning of a WebAssembly module in base64. */
const WEB_ASSEMBLY = /AGFzb/;
/** A comment on the rights of others. */
const NOTE = /^\s*(?:\/\*|\/\/|\*).*\b(?:licen[cs]e|copyright)\b/im;

/**
 * The licences of what is bundled: of each package, of its folders that have one of their own, and
 * of works inside that come without.
 *
 * @param {string} root folder of the project
 * @param {readonly string[]} files that are bundled, from the root, with slashes
 * @returns {Promise<string>}
 * @throws {Error} where a package has no licence text, or where a file holds a work of others
 * whose licence is not known here
 */
async function licencesOf(root, files) {
	const parts = new Map();
	for (const file of files) {
		const home = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
		if (home === undefined) continue;
		const { name, version } = JSON.parse(await readFile(join(root, home, 'package.json'), 'utf8'));
		const title = `${name} ${version}`;
		if (!parts.has(title)) {
			const own = (await readLicences(join(root, home))) || (await readSection(join(root, home)));
			if (own === '') throw new Error(`${title} is bundled, and has no licence text.`);
			parts.set(title, own);
		}

		let isInLicensedFolder = false;
		for (let folder = dirname(file); folder !== home; folder = dirname(folder)) {
			const text = await readLicences(join(root, folder));
			if (text === '') continue;
			parts.set(`${title}: ${folder.slice(home.length + 1)}`, text);
			isInLicensedFolder = true;
		}
		const works = embedded.filter((work) => work.in.test(file));
		for (const work of works) {
			const text = await readFile(join(root, 'licences', `${work.name}.txt`), 'utf8');
			parts.set(`${title}: ${work.name}`, text);
		}
		if (works.length > 0) continue;
		const source = await readFile(join(root, file), 'utf8');
		const isForeign = NOTE.test(source) || (!isInLicensedFolder && WEB_ASSEMBLY.test(source));
		if (isForeign) {
			throw new Error(
				`${file} seems to hold a work of others: put its licence into licences/, and a line for it into scripts/package/licences.js.`,
			);
		}
	}
	return [...parts]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([title, text]) => `${title}\n${'='.repeat(title.length)}\n\n${text.trim()}\n`)
		.join('\n\n');
}

/** The licence files of a folder, if it has any. */
async function readLicences(folder) {
	const names = (await readdir(folder)).filter((name) => LICENCE_FILE.test(name)).sort();
	const texts = names.map((name) => readFile(join(folder, name), 'utf8'));
	return (await Promise.all(texts)).join('\n\n');
}

/** What the read-me file of a folder says under the heading "License", to its end. */
async function readSection(folder) {
	const name = (await readdir(folder)).find((file) => /^readme/i.test(file));
	if (name === undefined) return '';
	const text = await readFile(join(folder, name), 'utf8');
	const section = /^#+ *licen[cs]e *$([^]*)/im.exec(text)?.[1] ?? '';
	// a name alone is no licence
	return /copyright/i.test(section) ? section.trim() : '';
}

module.exports = { licencesOf };
