import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { createRedactor, MASK, type Redact } from './redact';

/** The values of a credential's password fields: what must never leave but in a request. */
export function secretsOf(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): readonly string[] {
	return secretFields(credential)
		.map(({ name }) => values[name])
		.filter((value) => typeof value === 'string');
}

/**
 * Masks the secrets of a credential. One that fills a placeholder of the Base URL is masked in any
 * capitals, since URLs put host names in small letters.
 */
export function createRedactorOf(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): Redact {
	const defaultUrl = credential.properties.find(({ name }) => name === 'baseUrl')?.default;
	const addresses = [values.baseUrl, defaultUrl].map(textOf);
	const inAddress = secretFields(credential)
		.filter(({ name }) => addresses.some((address) => address.includes(`{${name}}`)))
		.map(({ name }) => textOf(values[name]));
	return createRedactor(secretsOf(credential, values), inAddress);
}

function secretFields({ properties }: ICredentialType): readonly INodeProperties[] {
	return properties.filter(({ typeOptions }) => typeOptions?.password);
}

/** What is wrong with the first password field that cannot be used; quotes none of it. */
export function secretProblem(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): string | undefined {
	return secretFields(credential)
		.map(({ name, displayName }) => problemOf(displayName, values[name]))
		.find((found) => found !== undefined);
}

function problemOf(displayName: string, value: unknown): string | undefined {
	if (typeof value !== 'string' || value.trim() === '') return `${displayName} is empty.`;
	// a pasted line end or blank is never part of a key, and a header cannot carry it
	if (!/^[\x21-\x7e]+$/.test(value)) {
		return `${displayName} must be letters, digits and symbols, without spaces. Paste it again.`;
	}
	return undefined;
}

/** The same values with `***` for each secret. */
export function withSecretsMasked(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
): ICredentialDataDecryptedObject {
	const masked = secretFields(credential).map(({ name }): [string, string] => [name, MASK]);
	return { ...values, ...Object.fromEntries(masked) };
}

/** A credential's value where it is text, else nothing. */
export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
