import type { IExecuteFunctions } from 'n8n-workflow';

import { encodings, fileFormats, type Encoding, type FileFormat } from '../declaration/fileOptions';
import { RunRefused } from '../model/outcome';
import { show } from '../text/show';
import { readOptions } from './settings';

/** Where events come from. */
export type Source = (typeof sources)[number];

const sources = ['items', 'file'] as const;

/** @throws {RunRefused} where it is neither */
export function readSource(context: IExecuteFunctions): Source {
	const given: unknown = context.getNodeParameter('source', 0, 'items');
	return oneOf(sources, given, 'Source');
}

/** The binary field of an item that its file is in. */
export function readFileField(context: IExecuteFunctions, itemIndex: number): string {
	const given: unknown = context.getNodeParameter('binaryPropertyName', itemIndex, 'data');
	if (typeof given === 'string' && given.trim() !== '') return given.trim();
	throw new RunRefused(
		'invalid',
		`Input Binary Field must be the name of a binary field, e.g. data, not ${show(given)}.`,
	);
}

/** How files are read, as the node's options say. */
export interface FileSettings {
	readonly format: FileFormat;
	/** One character, or `auto`. */
	readonly delimiter: string;
	readonly encoding: Encoding;
}

/** @throws {RunRefused} where an option cannot be used, or rows are to be queued */
export function readFileSettings(context: IExecuteFunctions): FileSettings {
	// the file itself is what waits: to store it all first is what it is there to avoid
	if (context.getNodeParameter('delivery', 0, 'send') === 'queue') {
		throw new RunRefused(
			'invalid',
			'The rows of a file cannot be queued. Set Delivery to Send Now: a file that was not sent to its end is gone on with by running it again.',
		);
	}
	const { fileFormat = 'auto', delimiter = 'auto', encoding = 'utf8' } = readOptions(context);
	return {
		format: oneOf(fileFormats, fileFormat, 'The option File Format (fileFormat)'),
		delimiter: readDelimiter(delimiter),
		encoding: oneOf(encodings, encoding, 'The option Encoding (encoding)'),
	};
}

function readDelimiter(given: unknown): string {
	if (given === '' || given === 'auto') return 'auto';
	if (given === '\\t' || given === 'tab') return '\t';
	// not what ends a row or a value
	if (typeof given === 'string' && /^[^\r\n"]$/u.test(given)) return given;
	throw new RunRefused(
		'invalid',
		`The option Delimiter (delimiter) must be one character, \\t for a tab, or auto, not ${show(given)}.`,
	);
}

function oneOf<T extends string>(known: readonly T[], given: unknown, name: string): T {
	const found = known.find((one) => one === given);
	if (found !== undefined) return found;
	throw new RunRefused('invalid', `${name} must be ${known.join(' or ')}, not ${show(given)}.`);
}
