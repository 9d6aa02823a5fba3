import { quote } from './provider';

export interface Query {
	/** The parameters that could be read; of a repeated one, the first value. */
	parameters: Map<string, string>;
	/** The first thing wrong with the query. It names the parameter, never its value. */
	problem?: string;
}

/**
 * Reads a query as WHATWG's URLSearchParams does (`+` is a space, empty pieces are skipped), since
 * no provider's document says otherwise. What URLSearchParams would repair is a problem here:
 * broken percent-encoding, bytes that are no UTF-8, a bare `#`.
 *
 * Values stay out of the problems, as any of them may be the secret under a misspelled name.
 */
export function readQuery(query: string): Query {
	const parameters = new Map<string, string>();
	let problem: string | undefined;
	for (const piece of query.split('&')) {
		if (piece === '') continue;
		const equals = piece.indexOf('=');
		const name = decode(equals === -1 ? piece : piece.slice(0, equals));
		const value = decode(equals === -1 ? '' : piece.slice(equals + 1));
		if (name === undefined) {
			problem ??= 'The query has a parameter whose name is not valid percent-encoded UTF-8.';
		} else if (value === undefined) {
			problem ??= `Parameter ${quote(name)} has a value that is not valid percent-encoded UTF-8.`;
		} else if (parameters.has(name)) {
			problem ??= `Parameter ${quote(name)} is there more than once; it has to be there once.`;
		} else {
			parameters.set(name, value);
		}
	}
	return { parameters, problem };
}

function decode(text: string): string | undefined {
	// Other characters that have to be encoded do not pass node's own HTTP parser.
	if (text.includes('#')) return undefined;
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		return undefined;
	}
}
