import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';

import { Justtrack } from '../nodes/Justtrack/Justtrack.node';
import { justtrack } from '../nodes/Justtrack/provider';
import { MyTracker } from '../nodes/MyTracker/MyTracker.node';
import { myTracker } from '../nodes/MyTracker/provider';
import type { Provider } from '../transport/provider';

/** A secret that every way of encoding changes. Not real. */
export const SECRET = 'relay+key/with=odd&chars%7';

/** One operation of one provider, as the tests that all share run it. */
export interface Subject {
	readonly provider: Provider;
	readonly createNode: () => INodeType;
	readonly operation: string;
	/** Parameters that the node needs in every mode. */
	readonly parameters: INodeParameters;
	/** Options that make one request of each event, where the provider takes many in one. */
	readonly oneByOne: INodeParameters;
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

const myTrackerSubject: Omit<Subject, 'operation' | 'item' | 'id' | 'broken' | 'dragged'> = {
	provider: myTracker,
	createNode: () => new MyTracker(),
	parameters: { appId: '666' },
	oneByOne: { batchSize: 1 },
	credential: (sandboxUrl) => ({ token: SECRET, baseUrl: `${sandboxUrl}/myTracker` }),
};

/** A registration or a login: the user, the time and a device. */
const someone = (number: number) => ({
	customUserId: `user-${number}`,
	eventTimestamp: 1577191920 + number,
	lvid: '00000000000000000000000000000000',
	idGender: 1,
	userAgent: 'Größe & Co +5%',
});

const draggedSomeone = {
	customUserId: '={{ $json.customUserId }}',
	eventTimestamp: '={{ $json.eventTimestamp }}',
	deviceIdentifiers: { lvid: '={{ $json.lvid }}' },
	additionalFields: { idGender: '={{ $json.idGender }}', userAgent: '={{ $json.userAgent }}' },
};

/** The shared tests run over these: a new provider is one more entry. */
export const subjects: readonly Subject[] = [
	{
		provider: justtrack,
		createNode: () => new Justtrack(),
		operation: 'revenueEvent',
		parameters: {},
		oneByOne: {},
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
	...['registration', 'login'].map((operation): Subject => ({
		...myTrackerSubject,
		operation,
		item: someone,
		id: (number) => `user-${number}`,
		broken: { key: 'idGender', value: 3 },
		dragged: draggedSomeone,
	})),
	{
		...myTrackerSubject,
		operation: 'customEvent',
		item: (number) => ({
			...someone(number),
			customEventName: 'levelUp',
			customEventParams: { level: String(number), 'größe & co': '+5%' },
		}),
		id: (number) => `user-${number}`,
		broken: { key: 'customEventName', value: { name: 'levelUp' } },
		dragged: {
			...draggedSomeone,
			customEventName: '={{ $json.customEventName }}',
			eventParametersInput: 'json',
			eventParametersJson: '={{ $json.customEventParams }}',
		},
	},
	{
		...myTrackerSubject,
		operation: 'customRevenue',
		item: (number) => ({
			...someone(number),
			idTransaction: `order-${number}`,
			currency: 'USD',
			total: 0.01 * number,
		}),
		id: (number) => `order-${number}`,
		broken: { key: 'total', value: '1,50' },
		dragged: {
			...draggedSomeone,
			idTransaction: '={{ $json.idTransaction }}',
			currency: '={{ $json.currency }}',
			total: '={{ $json.total }}',
		},
	},
];
