import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IExecuteFunctions,
} from 'n8n-workflow';

import { RunRefused } from '../model/outcome';
import { messageOf } from '../text/show';
import { withAddress } from './address';
import { baseUrlProblem, readBaseUrl, type BaseUrlParts } from './baseUrl';
import { place, type Placement } from './placement';
import { secretProblem, withSecretsMasked } from './secrets';

/** A credential that can be used: its address is allowed and its secrets are there. */
export interface UsableCredential {
	readonly baseUrl: URL;
	readonly placement: Placement;
	/** The same with each secret masked, for previews. */
	readonly maskedBaseUrl: URL;
	readonly maskedPlacement: Placement;
}

/**
 * The values of the credential that was chosen in the node; `baseUrl` is the address that counts.
 *
 * @param isOptional whether the defaults do where none was chosen
 * @throws {RunRefused} where none was chosen and it is needed, or it cannot be read
 */
export async function getCredential(
	context: IExecuteFunctions,
	credential: ICredentialType,
	isOptional: boolean,
): Promise<ICredentialDataDecryptedObject> {
	const isChosen = isCredentialChosen(context, credential);
	if (!isChosen && isOptional) return defaultsOf(credential);
	if (!isChosen) {
		const reason = `Choose a credential: open the node and select one of the type ${credential.displayName}, or create it there.`;
		throw new RunRefused('failed', reason);
	}
	try {
		return withAddress(credential, await context.getCredentials(credential.name));
	} catch (error) {
		throw new RunRefused('unauthorized', `The credential could not be read: ${messageOf(error)}`);
	}
}

/** Whether one was chosen in the node. */
export function isCredentialChosen(
	context: IExecuteFunctions,
	{ name }: Pick<ICredentialType, 'name'>,
): boolean {
	return context.getNode().credentials?.[name] !== undefined;
}

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
		baseUrl: readBaseUrl(values, parts),
		maskedBaseUrl: readBaseUrl(masked, parts),
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
	refuse(credential, baseUrlProblem(credential, values, parts));
	const nothing = { query: {}, headers: {} };
	const masked = withSecretsMasked(credential, values);
	return {
		baseUrl: readBaseUrl(values, parts),
		maskedBaseUrl: readBaseUrl(masked, parts),
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

/**
 * What is wrong with a credential's values, in a sentence that names field and rule; `undefined`
 * when nothing is. Quotes no secret.
 */
export function credentialProblem(
	credential: ICredentialType,
	values: ICredentialDataDecryptedObject,
	parts: BaseUrlParts = {},
): string | undefined {
	return secretProblem(credential, values) ?? baseUrlProblem(credential, values, parts);
}
