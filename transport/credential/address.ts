import type { ICredentialDataDecryptedObject, ICredentialType } from 'n8n-workflow';

import { withoutTrailing } from '../text/show';
import { textOf } from './secrets';

/**
 * The values of a credential with the Base URL that counts: with Use Sandbox on, the provider's
 * place in the sandbox.
 */
export function withAddress(
	{ properties }: ICredentialType,
	values: ICredentialDataDecryptedObject,
): ICredentialDataDecryptedObject {
	if (values.useSandbox !== true) return values;
	const address = withoutTrailing(textOf(values.sandboxUrl).trim(), /\//);
	const path = properties.find(({ name }) => name === 'sandboxPath')?.default;
	return { ...values, baseUrl: address === '' ? '' : address + textOf(path) };
}

/** The field that the address comes from, as people know it. */
export function addressName({ useSandbox }: ICredentialDataDecryptedObject): string {
	return useSandbox === true ? 'Sandbox URL' : 'Base URL';
}
