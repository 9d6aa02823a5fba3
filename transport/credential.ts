import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { RunRefused } from './outcome';
import { createRedactor, MASK, type Redact } from './redact';
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
	readonly maskedBaseUrl: URL;
	readonly maskedPlacement: Placement;
}

/** Placeholder of the Base URL to what stands there. */
type BaseUrlParts = Readonly<Record<string, string>>;

/**
 * Reads a credential's values by its own declaration: `baseUrl`, the password fields, and the
 * generic `authenticate` that n8n's HTTP Request node uses as well.
 *
 * @param parts fill placeholders of the Base URL, beside the credential's own fields
 * @throws {RunRefused} where a field cannot be used; the message names field and rule
 */
export function readCredential(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts = {},
): UsableCredential {
	refuse(credential, credentialProblem(credential, values, parts));
	const masked = withSecretsMasked(credential, values);
	return {
		...readBaseUrls(values, masked, parts),
		placement: place(credential, values),
		maskedPlacement: place(credential, masked),
	};
}

/**
 * The same for requests without a secret, where only the Base URL is of interest.
 *
 * @throws {RunRefused} where it cannot be used
 */
export function readAddress(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts = {},
): UsableCredential {
	refuse(credential, addressProblem(credential, values, parts));
	const nothing = { query: {}, headers: {} };
	const masked = withSecretsMasked(credential, values);
	return {
		...readBaseUrls(values, masked, parts),
		placement: nothing,
		maskedPlacement: nothing,
	};
}

/** The values of a credential that nobody made: each field's default. */
export function defaultsOf({ properties }: ICredentialType): ICredentialDataDecryptedObject {
	return Object.fromEntries(
		properties.map(({ name, default: value }) => [name, value]),
	) as ICredentialDataDecryptedObject;
}

function refuse(credential: ICredentialType, problem: string | undefined): void {
	if (problem === undefined) return;
	const { displayName } = credential;
	throw new RunRefused('unauthorized', `The credential ${displayName} cannot be used: ${problem}`);
}

function withSecretsMasked(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): ICredentialDataDecryptedObject {
	const masked = secretFields(credential).map(({ name }): [string, string] => [name, MASK]);
	return { ...values, ...Object.fromEntries(masked) };
}

function readBaseUrls(
	values: ICredentialDataDecryptedObject,
	masked: ICredentialDataDecryptedObject,
	parts: BaseUrlParts,
): Pick<UsableCredential, 'baseUrl' | 'maskedBaseUrl'> {
	return {
		baseUrl: new URL(fillBaseUrl(values, parts)),
		maskedBaseUrl: new URL(fillBaseUrl(masked, parts)),
	};
}

/**
 * What is wrong with a credential's values, in a sentence that names field and rule; `undefined`
 * when nothing is. Quotes no secret.
 */
export function credentialProblem(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts = {},
): string | undefined {
	return (
		secretFields(credential)
			.map(({ name, displayName }) => secretProblem(displayName, values[name]))
			.find((found) => found !== undefined) ?? addressProblem(credential, values, parts)
	);
}

/** The same of its Base URL alone. */
function addressProblem(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts,
): string | undefined {
	const redact = createRedactor(secretsOf(credential, values));
	return redact(partProblem(credential, values) ?? baseUrlProblem(values, parts, redact));
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

const PLACEHOLDER = /\{(\w+)\}/g;
const DNS_LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;

/** What fills a placeholder may become part of a host name: with a dot or a slash, of another one. */
function partProblem(
	{ properties }: ICredentialType,
	values: ICredentialDataDecryptedObject,
): string | undefined {
	const placeholders = Array.from(textOf(values.baseUrl).matchAll(PLACEHOLDER), ([, name]) => name);
	const wrong = properties.find(
		({ name }) => placeholders.includes(name) && !DNS_LABEL.test(textOf(values[name])),
	);
	return (
		wrong &&
		`${wrong.displayName} must be 1 to 63 letters, digits and hyphens, since it is part of the address. Enter it without https:// and without the rest of the host name.`
	);
}

function fillBaseUrl(
	{ baseUrl, ...values }: ICredentialDataDecryptedObject,
	parts: BaseUrlParts,
): string {
	return textOf(baseUrl)
		.trim()
		.replace(PLACEHOLDER, (placeholder, name: string) => {
			const value = Object.hasOwn(parts, name) ? parts[name] : values[name];
			return textOf(value) || placeholder;
		});
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Secrets travel to it: https always, http only to this machine, where the sandbox is. */
function baseUrlProblem(
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts,
	redact: Redact,
): string | undefined {
	const baseUrl = textOf(values.baseUrl).trim();
	if (baseUrl === '') return 'Base URL is empty.';
	// masked before it is cut: half a secret would not be found any more
	const given = redact(baseUrl);
	const filled = fillBaseUrl(values, parts);
	const [unknown] = filled.match(PLACEHOLDER) ?? [];
	if (unknown !== undefined) return `Base URL has the placeholder ${unknown}, which nothing fills.`;
	if (!URL.canParse(filled)) {
		return `Base URL must be an address such as https://example.com, not ${quote(given)}.`;
	}
	const url = new URL(filled);
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
