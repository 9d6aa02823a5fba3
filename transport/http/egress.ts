import type { LookupFunction } from 'node:net';

import type { IExecuteFunctions, RequestHelperFunctions } from 'n8n-workflow';

import { RunRefused } from '../model/outcome';

/**
 * Asks n8n's egress policy, which n8n before 2.41 lacks, whether the host may be reached.
 *
 * @returns what makes the look-up that enforces it on every connection
 * @throws {RunRefused} where it may not
 */
export async function admit(
	context: IExecuteFunctions,
	baseUrl: URL,
): Promise<(() => LookupFunction) | undefined> {
	const helpers: Partial<RequestHelperFunctions> = context.helpers;
	const filter = helpers.getSecureEgressFilter?.();
	const allowed = await filter?.validateUrl(baseUrl);
	if (allowed?.ok === false) {
		const reason = `This n8n does not allow requests to the Base URL: ${allowed.error.message}`;
		throw new RunRefused('unauthorized', reason);
	}
	return filter && (() => filter.createSecureLookup());
}
