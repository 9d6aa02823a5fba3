import type { ICredentialDataDecryptedObject, ICredentialType } from 'n8n-workflow';

import { show } from '../text/show';
import { addressName } from './address';
import type { Redact } from './redact';
import { createRedactorOf, textOf } from './secrets';

/** Placeholder of the Base URL to what stands there. */
export type BaseUrlParts = Readonly<Record<string, string>>;

/** The address that a credential's values give, its placeholders filled. */
export function readBaseUrl(values: ICredentialDataDecryptedObject, parts: BaseUrlParts): URL {
	return new URL(fillBaseUrl(values, parts));
}

/** What is wrong with a credential's Base URL, in a sentence that quotes no secret. */
export function baseUrlProblem(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts,
): string | undefined {
	const redact = createRedactorOf(credential, values);
	return redact(
		switchProblem(values) ??
			partProblem(credential, values) ??
			addressProblem(values, parts, redact),
	);
}

/** What is neither on nor off would send to the provider by mistake. */
function switchProblem({ useSandbox }: ICredentialDataDecryptedObject): string | undefined {
	if (useSandbox === undefined || typeof useSandbox === 'boolean') return undefined;
	return `Use Sandbox must be true or false, not ${show(useSandbox)}.`;
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
function addressProblem(
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts,
	redact: Redact,
): string | undefined {
	const baseUrl = textOf(values.baseUrl).trim();
	const name = addressName(values);
	if (baseUrl === '') return `${name} is empty.`;
	// wherever it stands: of https://key/rest@host a URL makes the host "key", and would send it there
	if (baseUrl.includes('@')) return `${name} must not hold a user name or password.`;
	// masked before it is cut: half a secret would not be found any more
	const given = redact(baseUrl);
	const filled = fillBaseUrl(values, parts);
	const [unknown] = filled.match(PLACEHOLDER) ?? [];
	if (unknown !== undefined) return `${name} has the placeholder ${unknown}, which nothing fills.`;
	if (!URL.canParse(filled)) {
		return `${name} must be an address such as https://example.com, not ${quote(given)}.`;
	}
	const url = new URL(filled);
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
		return `${name} must start with https://, not ${quote(given)}. Only localhost may use http://.`;
	}
	if (url.search !== '' || url.hash !== '') {
		return `${name} must end with the host or a path, without ? or #, not ${quote(given)}.`;
	}
	return undefined;
}

/** An address without the parts where people keep secrets. */
function quote(address: string): string {
	return show(address.replace(/([?#]).*$/s, '$1…'));
}
