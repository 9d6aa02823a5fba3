/** The contenders as n8n nodes: the same events, the same eight mapped columns. */
import type { ICredentialDataDecryptedObject, INode, INodeParameters } from 'n8n-workflow';

import { packageName } from '../scripts/package/project';
import { amountColumn, columns, type ProviderName } from './events';

/** What can run inside n8n. */
export type NodeContender =
	| 'httpRequest'
	| 'httpRequest50'
	| 'httpRequest200'
	| 'declarative'
	| 'oursBelow'
	| 'oursAuto'
	| 'httpRequestComputed'
	| 'oursComputed'
	| 'baseline';

export type Contender = NodeContender | 'floor';

/** As the tables name them. The numbers are those of the list above the tables. */
export const labels: Readonly<Record<Contender, string>> = {
	httpRequest: '1 HTTP Request, defaults',
	httpRequest50: '2 HTTP Request, batches of 50',
	httpRequest200: '2 HTTP Request, batches of 200',
	declarative: '3 declarative',
	oursBelow: '4 ours, defineBelow',
	oursAuto: '5 ours, autoMapInputData',
	floor: '6 floor, bare undici',
	httpRequestComputed: '1 HTTP Request, one computed field',
	oursComputed: '4 ours, one computed field',
	baseline: 'baseline: a node that sends nothing',
};

/** The contenders that are our node. */
export const ours: readonly Contender[] = ['oursBelow', 'oursAuto', 'oursComputed'];
/** What people use without it. */
export const httpRequests: readonly Contender[] = [
	'httpRequest',
	'httpRequest50',
	'httpRequest200',
];

/** The shortest interval with which n8n makes batches at all; its default is a second. */
const BATCH_INTERVAL_MS = 1;
const APP_ID = '666';
const SECRET = 'bench-key-0123456789';

export interface Credential {
	id: string;
	name: string;
	type: string;
	data: ICredentialDataDecryptedObject;
}

/** All credentials that the contenders need. */
export function credentials(origin: string): Credential[] {
	const named = (id: string, type: string, data: ICredentialDataDecryptedObject) => ({
		id,
		name: id,
		type,
		data,
	});
	return [
		named('justtrack', 'justtrackApi', { apiKey: SECRET, baseUrl: origin }),
		named('myTracker', 'myTrackerApi', { token: SECRET, baseUrl: origin }),
		named('query', 'httpQueryAuth', { name: 'apikey', value: SECRET }),
		named('header', 'httpHeaderAuth', { name: 'Authorization', value: SECRET }),
	];
}

type NodeUnderTest = Pick<INode, 'type' | 'typeVersion' | 'parameters' | 'credentials'>;

/** The contender's node, without its place in a workflow. */
export function nodeOf(
	contender: NodeContender,
	provider: ProviderName,
	origin: string,
): NodeUnderTest {
	switch (contender) {
		case 'httpRequest':
			return httpRequest(provider, origin, mappings(provider));
		case 'httpRequest50':
			return httpRequest(provider, origin, mappings(provider), batchesOf(50));
		case 'httpRequest200':
			return httpRequest(provider, origin, mappings(provider), batchesOf(200));
		case 'httpRequestComputed':
			return httpRequest(provider, origin, computedMappings(provider));
		case 'declarative': {
			const name = provider === 'justtrack' ? 'Justtrack' : 'MyTracker';
			return fieldByField(`CUSTOM.declarative${name}`, provider, mappings(provider));
		}
		case 'oursBelow':
			return fieldByField(`${packageName}.${provider}`, provider, mappings(provider));
		case 'oursComputed':
			return fieldByField(`${packageName}.${provider}`, provider, computedMappings(provider));
		case 'oursAuto':
			return {
				...fieldByField(`${packageName}.${provider}`, provider, {}),
				parameters: { ...common[provider], dataMode: 'autoMapInputData' },
			};
		case 'baseline':
			return { type: 'CUSTOM.benchBaseline', typeVersion: 1, parameters: {} };
	}
}

/** Column to expression: what dragging the column onto a field makes. */
function mappings(provider: ProviderName): Record<string, string> {
	return Object.fromEntries(columns[provider].map((column) => [column, `={{ $json.${column} }}`]));
}

/** The same, with one field that is not a plain column. */
function computedMappings(provider: ProviderName): Record<string, string> {
	const column = amountColumn[provider];
	return { ...mappings(provider), [column]: `={{ $json.${column} * 1.1 }}` };
}

const batchesOf = (batchSize: number): INodeParameters => ({
	batching: { batch: { batchSize, batchInterval: BATCH_INTERVAL_MS } },
});

/** The HTTP Request node as it is set up by hand, everything else at its default. */
function httpRequest(
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

/** The collections that fields of our nodes stand in. */
const collectionOf: Readonly<Record<string, string>> = {
	monetizationnetwork: 'additionalFields',
	monetizationprovider: 'additionalFields',
	monetizationplacement: 'additionalFields',
	gaid: 'deviceIdentifiers',
	ipv4: 'additionalFields',
	age: 'additionalFields',
};

const common: Readonly<Record<ProviderName, INodeParameters>> = {
	justtrack: { operation: 'revenueEvent' },
	myTracker: { operation: 'customRevenue', appId: APP_ID },
};

/** A node with our description, mapped field by field. */
function fieldByField(
	type: string,
	provider: ProviderName,
	mapped: Record<string, string>,
): NodeUnderTest {
	const parameters: INodeParameters = { ...common[provider], dataMode: 'defineBelow' };
	for (const [name, expression] of Object.entries(mapped)) {
		const collection = collectionOf[name];
		if (collection === undefined) parameters[name] = expression;
		else parameters[collection] = { ...(parameters[collection] as object), [name]: expression };
	}
	const credential = provider === 'justtrack' ? 'justtrackApi' : 'myTrackerApi';
	return {
		type,
		typeVersion: 1,
		parameters,
		credentials: { [credential]: { id: provider, name: provider } },
	};
}
