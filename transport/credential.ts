import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { RunRefused } from './outcome';
import { createRedactor, MASK } from './redact';
import { show } from './show';

/** Where a secret travels: the request parts that the credential's `authenticate` declares. */
export interface Placement {
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
}

/** A credential that can be used: its address is allowed and its secrets are there. */
export interface UsableCredential {
	readonly baseUrl: URL;
	readonly placement: Placement;
	/** The same with each secret masked, for previews. */
	readonly maskedPlacement: Placement;
}

/**
 * Reads a credential's values by its own declaration: `baseUrl`, the password fields, and the
 * generic `authenticate` that n8n's HTTP Request node uses as well.
 *
 * @throws {RunRefused} where a field cannot be used; the message names field and rule
 */
export function readCredential(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): UsableCredential {
	const problem = credentialProblem(credential, values);
	if (problem !== undefined) {
		const { displayName } = credential;
		throw new RunRefused(
			'unauthorized',
			`The credential ${displayName} cannot be used: ${problem}`,
		);
	}
	const masked = secretFields(credential).map(({ name }): [string, string] => [name, MASK]);
	return {
		baseUrl: new URL((values.baseUrl as string).trim()),
		placement: place(credential, values),
		maskedPlacement: place(credential, { ...values, ...Object.fromEntries(masked) }),
	};
}

/**
 * What is wrong with a credential's values, in a sentence that names field and rule; `undefined`
 * when nothing is. Quotes no secret.
 */
export function credentialProblem(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): string | undefined {
	const problem =
		secretFields(credential)
			.map(({ name, displayName }) => secretProblem(displayName, values[name]))
			.find((found) => found !== undefined) ?? baseUrlProblem(values.baseUrl);
	return createRedactor(secretsOf(credential, values))(problem);
}

function secretProblem(displayName: string, value: unknown): string | undefined {
	if (typeof value !== 'string' || value.trim() === '') return `${displayName} is empty.`;
	// a pasted line end or blank is never part of a key, and a header cannot carry it
	if (!/^[\x21-\x7e]+$/.test(value)) {
		return `${displayName} must be letters, digits and signs without white space. Paste it again.`;
	}
	return undefined;
}

/** The values of a credential's password fields: what must never leave but in a request. */
export function secretsOf(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): readonly string[] {
	return secretFields(credential)
		.map(({ name }) => values[name])
		.filter((value) => typeof value === 'string');
}

function secretFields({ properties }: ICredentialType): readonly INodeProperties[] {
	return properties.filter(({ typeOptions }) => typeOptions?.password);
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Secrets travel to it: https always, http only to this machine, where the sandbox is. */
function baseUrlProblem(value: unknown): string | undefined {
	const given = typeof value === 'string' ? value.trim() : '';
	if (given === '') return 'Base URL is empty.';
	if (!URL.canParse(given)) {
		return `Base URL must be an address such as https://example.com, not ${quote(given)}.`;
	}
	const url = new URL(given);
	if (url.username !== '' || url.password !== '') {
		return 'Base URL must not hold a user name or password.';
	}
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
		return `Base URL must start with https://, not ${quote(given)}. Only localhost may use http://.`;
	}
	if (url.search !== '' || url.hash !== '') {
		return `Base URL must end with the host or a path, without ? or #, not ${quote(given)}.`;
	}
	return undefined;
}

/** An address without the parts where people keep secrets. */
function quote(address: string): string {
	return show(address.replace(/([?#]).*$/s, '$1…').replace(/\/\/.*@/, '//…@'));
}

function place(
	{ name, authenticate }: ICredentialType,
	values: ICredentialDataDecryptedObject,
): Placement {
	if (authenticate === undefined || typeof authenticate === 'function') {
		throw new Error(`${name}: the credential declares no generic authenticate`);
	}
	const { qs = {}, headers = {} } = authenticate.properties;
	const fill = (templates: object) =>
		Object.fromEntries(
			Object.entries(templates).map(([key, template]) => [
				key,
				fillTemplate(String(template), values),
			]),
		);
	return { query: fill(qs), headers: fill(headers) };
}

/** `={{$credentials.apiKey}}` and text around it: the form that credentials use. */
function fillTemplate(template: string, values: ICredentialDataDecryptedObject): string {
	if (!template.startsWith('=')) return template;
	return template
		.slice(1)
		.replace(/\{\{\s*\$credentials\??\.(\w+)\s*\}\}/g, (_, field: string) => textOf(values[field]));
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
