import { createRedactor } from '../../credential/redact';
import { messageOf } from '../../text/show';
import { RecordFailure, type FailureKind } from '../failure';
import type { PostgresTarget } from './target';

/** Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const kindByCode: Readonly<Record<string, FailureKind>> = {
	'28000': 'unauthorized',
	'28P01': 'unauthorized',
	'3D000': 'noDatabase',
	'42501': 'forbidden',
	'25006': 'standby',
	'53100': 'full',
	'53300': 'crowded',
	'55P03': 'locked',
	'57014': 'slow',
};

/** Words for the system's codes: n8n takes a message with a code for one of its own. */
const wordsByErrno: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'nothing answers there',
	ENOTFOUND: 'no such host is known',
	EAI_AGAIN: 'the name of the host could not be looked up',
	EHOSTUNREACH: 'there is no way to the host',
	ENETUNREACH: 'there is no way to the network',
	ETIMEDOUT: 'it did not answer in time',
	ECONNRESET: 'it broke the connection off',
	EPIPE: 'it broke the connection off',
};

/** What the client says where there is no code. */
const kindByWords: readonly (readonly [RegExp, FailureKind, string?])[] = [
	[/certificate|self-signed|altnames|SSL|TLS/i, 'untrusted'],
	[
		/timeout exceeded when trying to connect|timeout expired/,
		'unreachable',
		'it did not answer in time',
	],
	[/query read timeout/i, 'slow'],
	[
		/connection terminated|connection ended|not queryable/i,
		'unreachable',
		'it broke the connection off',
	],
	[/SASL|password must be a string/, 'unauthorized'],
];

interface Thrown {
	readonly code?: string;
	readonly message?: string;
	/** Where several addresses were tried. */
	readonly errors?: readonly Thrown[];
}

/** What an error of the database or of the way to it means. The password is not in it. */
export function failureOf(error: unknown, target: PostgresTarget): RecordFailure {
	if (error instanceof RecordFailure) return error;
	const redact = createRedactor([target.password]);
	const place = redact(placeOf(target));
	const { kind, detail } = meaningOf(error as Thrown);
	return new RecordFailure(kind, place, redact(detail));
}

export function placeOf({ host, port, database }: PostgresTarget): string {
	return `in PostgreSQL (${host}:${port}, database ${database})`;
}

function meaningOf(error: Thrown): { kind: FailureKind; detail: string } {
	const { code = error.errors?.[0]?.code ?? '' } = error;
	const words = wordsByErrno[code];
	if (words !== undefined) return { kind: 'unreachable', detail: words };
	const kind = kindByCode[code];
	const message = messageOf(error);
	if (kind) return { kind, detail: message };
	// the server is going down, or is not up yet
	if (/^(?:08|57P)/.test(code)) return { kind: 'unreachable', detail: message };
	const found = kindByWords.find(([pattern]) => pattern.test(message));
	return found
		? { kind: found[1], detail: found[2] ?? message }
		: { kind: 'broken', detail: message };
}

/** Whether the transaction certainly was not written, and may well be if it is tried again. */
export function isPassing(error: unknown): boolean {
	const { code = '' } = error as Thrown;
	// a circle of transactions that waited for each other, or tables that are gone and are made again
	if (/^(?:40001|40P01|42P01|3F000)$/.test(code)) return true;
	return meaningOf(error as Thrown).kind === 'unreachable' && !(error instanceof RecordFailure);
}
