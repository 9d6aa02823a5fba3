import type { INodeParameters } from 'n8n-workflow';

import type { NodeUnderTest } from './contender';
import { APP_ID, type ProviderName } from './events';

/** n8n makes no batches at all with an interval of 0; its default is a second. */
const BATCH_INTERVAL_MS = 1;

/** The option that sends so many items at a time. */
export const batchesOf = (batchSize: number): INodeParameters => ({
	batching: { batch: { batchSize, batchInterval: BATCH_INTERVAL_MS } },
});

/** The HTTP Request node as it is set up by hand, everything else at its default. */
export function httpRequest(
	provider: ProviderName,
	origin: string,
	mapped: Record<string, string>,
	options: INodeParameters = {},
): NodeUnderTest {
	const parameters = Object.entries(mapped).map(([name, value]) => ({ name, value }));
	const authentication = 'genericCredentialType';
	return {
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.5,
		...(provider === 'justtrack'
			? {
					parameters: {
						url: `${origin}/monetization/v0/jt`,
						authentication,
						genericAuthType: 'httpQueryAuth',
						sendQuery: true,
						queryParameters: { parameters },
						options,
					},
					credentials: { httpQueryAuth: { id: 'query', name: 'query' } },
				}
			: {
					parameters: {
						method: 'POST',
						url: `${origin}/v1/customRevenue/?idApp=${APP_ID}`,
						authentication,
						genericAuthType: 'httpHeaderAuth',
						sendBody: true,
						bodyParameters: { parameters },
						options,
					},
					credentials: { httpHeaderAuth: { id: 'header', name: 'header' } },
				}),
	};
}
