import type { ICredentialDataDecryptedObject, ICredentialType } from 'n8n-workflow';

import { textOf } from './secrets';

/** Where a secret travels: the request parts that the credential's `authenticate` declares. */
export interface Placement {
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
}

/**
 * Fills the credential's own `authenticate` with its values.
 *
 * @throws {Error} where it declares none: a defect of the provider
 */
export function place(
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
