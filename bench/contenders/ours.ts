/** Our nodes, and the declarative ones, which have the same parameters. */
import type { INodeParameters } from 'n8n-workflow';

import { packageName } from '../../scripts/package/project';
import type { NodeUnderTest } from './contender';
import { APP_ID, type ProviderName } from './events';

/** The fields that are inside a collection, by the collection's name. */
const collectionOf: Readonly<Record<string, string>> = {
	monetizationplacement: 'additionalFields',
	gaid: 'deviceIdentifiers',
	ipv4: 'additionalFields',
	age: 'additionalFields',
};

const common: Readonly<Record<ProviderName, INodeParameters>> = {
	justtrack: { operation: 'revenueEvent' },
	myTracker: { operation: 'customRevenue', appId: APP_ID },
};

/** @param others that are not at their defaults */
export function oursFieldByField(
	provider: ProviderName,
	mapped: Record<string, string>,
	others: INodeParameters = {},
): NodeUnderTest {
	return node(`${packageName}.${provider}`, provider, { ...fieldByField(mapped), ...others });
}

export function oursByColumnName(provider: ProviderName): NodeUnderTest {
	return node(`${packageName}.${provider}`, provider, { dataMode: 'autoMapInputData' });
}

export function declarative(provider: ProviderName, mapped: Record<string, string>): NodeUnderTest {
	const name = provider === 'justtrack' ? 'Justtrack' : 'MyTracker';
	return node(`CUSTOM.declarative${name}`, provider, fieldByField(mapped));
}

function fieldByField(mapped: Record<string, string>): INodeParameters {
	const parameters: INodeParameters = { dataMode: 'defineBelow' };
	for (const [name, expression] of Object.entries(mapped)) {
		const collection = collectionOf[name];
		if (collection === undefined) parameters[name] = expression;
		else parameters[collection] = { ...(parameters[collection] as object), [name]: expression };
	}
	return parameters;
}

function node(type: string, provider: ProviderName, parameters: INodeParameters): NodeUnderTest {
	const credential = provider === 'justtrack' ? 'justtrackApi' : 'myTrackerApi';
	return {
		type,
		typeVersion: 1,
		parameters: { ...common[provider], ...parameters },
		credentials: { [credential]: { id: provider, name: provider } },
	};
}
