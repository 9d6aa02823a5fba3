/** What the demo has to know of the providers and of the example workflows. One more of either is one more entry. */
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import type { ReportedEvent } from '../../sandbox';
import type { Money } from './money';

export interface Provider {
	/** The node's name, and the sandbox's name for the provider. */
	name: string;
	/** As people know it. */
	displayName: string;
	credentialType: string;
	credential: (sandboxUrl: string) => ICredentialDataDecryptedObject;
	/** Where the sandbox has the money. */
	moneyInEvent: (event: ReportedEvent['event']) => Money;
}

export interface Example {
	/** In `examples`. It may hold several nodes of a provider, one for each operation. */
	workflow: string;
	/** In `examples`: a table that the workflow reads, or callbacks that are posted to its webhook. */
	data: string;
	shares: Share[];
}

/** What one provider gets of an example's rows. */
export interface Share {
	provider: string;
	/** Only the rows to which another provider of the same example has given a verdict. All where there is none. */
	only?: { provider: string; verdict: string };
	moneyInRow: (row: IDataObject) => Money;
	/** How many of its rows are broken on purpose. */
	broken: number;
}

/** As a user who tries a workflow sets a credential up. */
const inSandbox = (sandboxUrl: string) => ({ useSandbox: true, sandboxUrl });

const dollars = (amount: unknown): Money => ({ amount, currency: 'USD' });

export const providers: Provider[] = [
	{
		name: 'justtrack',
		displayName: 'justtrack',
		credentialType: 'justtrackApi',
		credential: (sandboxUrl) => ({ apiKey: 'demo-key', ...inSandbox(sandboxUrl) }),
		moneyInEvent: ({ value }) => dollars(value),
	},
	{
		name: 'myTracker',
		displayName: 'myTracker',
		credentialType: 'myTrackerApi',
		credential: (sandboxUrl) => ({
			token: 'demo-token',
			testAppId: '51870',
			...inSandbox(sandboxUrl),
		}),
		moneyInEvent: ({ total, currency }) => ({ amount: total, currency }),
	},
	{
		name: 'singular',
		displayName: 'Singular',
		credentialType: 'singularApi',
		credential: (sandboxUrl) => ({ sdkKey: 'demo-sdk-key', ...inSandbox(sandboxUrl) }),
		moneyInEvent: ({ amt, cur }) => ({ amount: amt, currency: cur }),
	},
	{
		name: 'twentyFourMetrics',
		displayName: '24metrics',
		credentialType: 'twentyFourMetricsApi',
		credential: (sandboxUrl) => ({
			integrationId: 'demo-integration',
			...inSandbox(sandboxUrl),
		}),
		moneyInEvent: ({ revenue }) => dollars(revenue),
	},
	{
		// A conversion needs no credential, but another address than RUNative's own stands in one.
		name: 'runative',
		displayName: 'RUNative',
		credentialType: 'runativeApi',
		credential: (sandboxUrl) => ({ secretKey: 'demo-key', ...inSandbox(sandboxUrl) }),
		moneyInEvent: ({ value }) => dollars(value),
	},
];

/** A provider's name as people know it. */
export function displayNameOf(provider: string): string {
	return providers.find(({ name }) => name === provider)?.displayName ?? provider;
}

export const examples: Example[] = [
	{
		workflow: 'justtrack-impressions.json',
		data: 'data/impressions.csv',
		shares: [{ provider: 'justtrack', moneyInRow: ({ revenue }) => dollars(revenue), broken: 2 }],
	},
	{
		workflow: 'myTracker-day.json',
		data: 'data/day.csv',
		shares: [
			{
				provider: 'myTracker',
				moneyInRow: ({ amount, currency }) => ({ amount, currency }),
				broken: 3,
			},
		],
	},
	{
		workflow: 'singular-day.json',
		data: 'data/singular-day.csv',
		shares: [
			{
				provider: 'singular',
				moneyInRow: ({ amount, currency }) => ({ amount, currency }),
				broken: 3,
			},
		],
	},
	{
		workflow: 'affiliates.json',
		data: 'data/conversions.csv',
		shares: [
			{
				provider: 'twentyFourMetrics',
				moneyInRow: ({ revenue_usd }) => dollars(revenue_usd),
				broken: 3,
			},
			{
				provider: 'runative',
				only: { provider: 'twentyFourMetrics', verdict: 'approved' },
				moneyInRow: ({ payout_usd }) => dollars(payout_usd),
				broken: 3,
			},
		],
	},
	{
		workflow: 'impression-callback.json',
		data: 'data/callbacks.json',
		shares: [
			// Two are not in US dollars, one has no user, one no amount.
			{ provider: 'justtrack', moneyInRow: moneyInCallback, broken: 4 },
			// One advertising identifier has lost its hyphens, one callback has no amount.
			{ provider: 'myTracker', moneyInRow: moneyInCallback, broken: 2 },
			// Two addresses are IPv6, one callback has no OS version, one no amount.
			{ provider: 'singular', moneyInRow: moneyInCallback, broken: 4 },
		],
	},
];

function moneyInCallback({ revenue, currency }: IDataObject): Money {
	return { amount: revenue, currency };
}
