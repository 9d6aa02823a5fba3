import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';

import { Justtrack } from '../nodes/Justtrack/Justtrack.node';
import { justtrack } from '../nodes/Justtrack/provider';
import type { Provider } from '../transport/provider';

/** A secret that every way of encoding changes. Not real. */
export const SECRET = 'relay+key/with=odd&chars%7';

/** One operation of one provider, as the tests that all share run it. */
export interface Subject {
	readonly provider: Provider;
	readonly createNode: () => INodeType;
	readonly operation: string;
	/** For the sandbox at this address. */
	readonly credential: (sandboxUrl: string) => IDataObject;
	/** A valid item in the form of automatic mapping, told apart by its number. */
	readonly item: (number: number) => IDataObject;
	/** What the sandbox tells the item's event by. */
	readonly id: (number: number) => string;
	/** A wire key whose value can be broken, with a broken value. */
	readonly broken: { readonly key: string; readonly value: unknown };
	/** Parameters that map every column of `item` by hand, dragged. */
	readonly dragged: INodeParameters;
}

/** The shared tests run over these: a new provider is one more entry. */
export const subjects: readonly Subject[] = [
	{
		provider: justtrack,
		createNode: () => new Justtrack(),
		operation: 'revenueEvent',
		credential: (sandboxUrl) => ({ apiKey: SECRET, baseUrl: `${sandboxUrl}/justtrack` }),
		item: (number) => ({
			platform: 'android',
			packageid: 'com.my.app',
			transactionid: `transaction-${number}`,
			userid: `user-${number % 7}`,
			value: 0.01 * number,
			monetizationnetwork: 'Größe & Co +5%',
		}),
		id: (number) => `transaction-${number}`,
		broken: { key: 'value', value: '1,50' },
		dragged: {
			platform: '={{ $json.platform }}',
			packageid: '={{ $json.packageid }}',
			transactionid: '={{ $json.transactionid }}',
			userid: '={{ $json.userid }}',
			value: '={{ $json.value }}',
			additionalFields: { monetizationnetwork: '={{ $json.monetizationnetwork }}' },
		},
	},
];
