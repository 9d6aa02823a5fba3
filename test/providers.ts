import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';

import { Justtrack } from '../nodes/Justtrack/Justtrack.node';
import { justtrack } from '../nodes/Justtrack/provider';
import { MyTracker } from '../nodes/MyTracker/MyTracker.node';
import { myTracker } from '../nodes/MyTracker/provider';
import { runative } from '../nodes/Runative/provider';
import { Runative } from '../nodes/Runative/Runative.node';
import { singular } from '../nodes/Singular/provider';
import { Singular } from '../nodes/Singular/Singular.node';
import { twentyFourMetrics } from '../nodes/TwentyFourMetrics/provider';
import { TwentyFourMetrics } from '../nodes/TwentyFourMetrics/TwentyFourMetrics.node';
import type { Provider } from '../transport/model/provider';

/** A secret that every way of encoding changes. Not real. */
export const SECRET = 'relay+key/with=odd&chars%7';

/** A secret that becomes part of a host name. Not real. */
const LABEL_SECRET = 'Relay-Integration-4711';

/** What differs from a provider that says by the status alone what became of an event. */
export interface Quirks {
	/** It asks to repeat what it answered with a 5xx. */
	readonly asksForRepeat?: boolean;
	/** What becomes of an event whose answer is whole and cannot be read; else it is delivered. */
	readonly unreadable?: 'unknown';
	/** What becomes of an event whose answer broke off; else it is delivered. */
	readonly brokenOff?: 'unknown';
	/** What becomes of an event that is answered with a 400; else it is refused for good. */
	readonly badRequest?: 'failed';
}

/** One operation of one provider, as the tests that all share run it. */
export interface Subject {
	readonly provider: Provider;
	readonly createNode: () => INodeType;
	readonly operation: string;
	/** Parameters that the node needs in every mode. */
	readonly parameters: INodeParameters;
	/** Options that make one request of each event, where the provider takes many in one. */
	readonly oneByOne: INodeParameters;
	/** What must never leave: the credential's secret. */
	readonly secret: string;
	/** For the sandbox at this address. */
	readonly credential: (sandboxUrl: string) => IDataObject;
	/** A valid item in the form of automatic mapping, told apart by its number. */
	readonly item: (number: number) => IDataObject;
	/** What the sandbox tells the item's event by. */
	readonly id: (number: number) => string;
	/** How the provider answers, where it is not what a status says by itself. */
	readonly quirks?: Quirks;
	/** A wire key whose value can be broken, with a broken value. */
	readonly broken: { readonly key: string; readonly value: unknown };
	/** Parameters that map every column of `item` by hand, dragged. */
	readonly dragged: INodeParameters;
}

/** As a user who tries a workflow sets a credential up. */
const inSandbox = (sandboxUrl: string) => ({ useSandbox: true, sandboxUrl });

/** What each operation has of its own. */
type OfOperation = 'operation' | 'item' | 'id' | 'broken' | 'dragged';

const userIdOf = (number: number) => `user-${number}`;

const myTrackerSubject: Omit<Subject, OfOperation> = {
	provider: myTracker,
	createNode: () => new MyTracker(),
	parameters: { appId: '666' },
	oneByOne: { batchSize: 1 },
	quirks: { asksForRepeat: true, unreadable: 'unknown', brokenOff: 'unknown' },
	secret: SECRET,
	credential: (sandboxUrl) => ({ token: SECRET, ...inSandbox(sandboxUrl) }),
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

const singularSubject: Omit<Subject, OfOperation> = {
	provider: singular,
	createNode: () => new Singular(),
	parameters: {},
	oneByOne: {},
	quirks: {
		asksForRepeat: true,
		unreadable: 'unknown',
		brokenOff: 'unknown',
		badRequest: 'failed',
	},
	secret: SECRET,
	credential: (sandboxUrl) => ({ sdkKey: SECRET, ...inSandbox(sandboxUrl) }),
};

/** A device of its own for each, so that shared tests see no lanes. */
const onDevice = (number: number) => ({
	p: 'iOS',
	i: 'com.singular.app',
	ve: '17.4',
	idfv: `8ECD7512-2864-440C-93F3-${String(number).padStart(12, '0')}`,
	att_authorization_status: 3,
	ip: '10.1.2.3',
	custom_user_id: `user-${number}`,
	utime: 1769860800 + number,
});

const draggedDevice = {
	platform: '={{ $json.p }}',
	appIdentifier: '={{ $json.i }}',
	osVersion: '={{ $json.ve }}',
	deviceIdentifiers: { idfv: '={{ $json.idfv }}' },
	ip: '={{ $json.ip }}',
};

const draggedExtras = {
	attAuthorizationStatus: '={{ $json.att_authorization_status }}',
	customUserId: '={{ $json.custom_user_id }}',
	eventTime: '={{ $json.utime }}',
};

const twentyFourMetricsSubject: Omit<Subject, OfOperation> = {
	provider: twentyFourMetrics,
	createNode: () => new TwentyFourMetrics(),
	parameters: {},
	oneByOne: {},
	quirks: { unreadable: 'unknown', brokenOff: 'unknown' },
	secret: LABEL_SECRET,
	credential: (sandboxUrl) => ({
		integrationId: LABEL_SECRET,
		...inSandbox(sandboxUrl),
	}),
};

const runativeSubject: Omit<Subject, OfOperation> = {
	provider: runative,
	createNode: () => new Runative(),
	parameters: {},
	oneByOne: {},
	quirks: { unreadable: 'unknown', brokenOff: 'unknown' },
	secret: SECRET,
	credential: (sandboxUrl) => ({ secretKey: SECRET, ...inSandbox(sandboxUrl) }),
};

const clickIdOf = (number: number) =>
	`c86b8a88b91228911e72${number.toString(16).padStart(20, '0')}`;

/** The shared tests run over these: a new provider is one more entry. */
export const subjects: readonly Subject[] = [
	{
		provider: justtrack,
		createNode: () => new Justtrack(),
		operation: 'revenueEvent',
		parameters: {},
		oneByOne: {},
		secret: SECRET,
		credential: (sandboxUrl) => ({ apiKey: SECRET, ...inSandbox(sandboxUrl) }),
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
			monetizationnetwork: '={{ $json.monetizationnetwork }}',
		},
	},
	...['registration', 'login'].map((operation): Subject => ({
		...myTrackerSubject,
		operation,
		item: someone,
		id: userIdOf,
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
		id: userIdOf,
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
	{
		...singularSubject,
		operation: 'adRevenue',
		id: userIdOf,
		item: (number) => ({
			...onDevice(number),
			amt: 0.00001 * number,
			cur: 'USD',
			ad_platform: 'AdMob',
			ad_unit_name: 'Größe & Co +5%',
		}),
		broken: { key: 'amt', value: '1,50' },
		dragged: {
			...draggedDevice,
			amount: '={{ $json.amt }}',
			currency: '={{ $json.cur }}',
			adPlatform: '={{ $json.ad_platform }}',
			adAttributes: { adUnitName: '={{ $json.ad_unit_name }}' },
			additionalFields: draggedExtras,
		},
	},
	{
		...singularSubject,
		operation: 'revenueEvent',
		id: userIdOf,
		item: (number) => ({
			...onDevice(number),
			n: 'purchase',
			amt: 0.00001 * number,
			cur: 'USD',
			purchase_transaction_id: `GPA.${number}`,
		}),
		broken: { key: 'amt', value: '1,50' },
		dragged: {
			...draggedDevice,
			eventName: '={{ $json.n }}',
			amount: '={{ $json.amt }}',
			currency: '={{ $json.cur }}',
			additionalFields: {
				...draggedExtras,
				purchaseTransactionId: '={{ $json.purchase_transaction_id }}',
			},
		},
	},
	{
		...singularSubject,
		operation: 'event',
		id: userIdOf,
		item: (number) => ({
			...onDevice(number),
			n: 'level_complete',
			e: { level: String(number), 'größe & co': '+5%' },
		}),
		broken: { key: 'n', value: 'x'.repeat(33) },
		dragged: {
			...draggedDevice,
			eventName: '={{ $json.n }}',
			eventAttributesInput: 'json',
			eventAttributesJson: '={{ $json.e }}',
			additionalFields: draggedExtras,
		},
	},
	{
		...singularSubject,
		operation: 'session',
		id: userIdOf,
		item: (number) => ({ ...onDevice(number), ma: 'Größe & Co +5%', install: 'true' }),
		broken: { key: 'c', value: 'dial-up' },
		dragged: {
			...draggedDevice,
			deviceMake: '={{ $json.ma }}',
			install: '={{ $json.install }}',
			additionalFields: draggedExtras,
		},
	},
	{
		...twentyFourMetricsSubject,
		operation: 'click',
		item: (number) => ({
			offer: 'Größe & Co +5%',
			sub_id: `sub-${number}`,
			click_time: '2026-01-31 12:00:00',
			click_ip: '203.0.113.7',
			payout: 0.01 * number,
		}),
		id: (number) => `sub-${number}`,
		broken: { key: 'payout', value: '1,50' },
		dragged: {
			offer: '={{ $json.offer }}',
			clickTime: '={{ $json.click_time }}',
			clickIp: '={{ $json.click_ip }}',
			additionalFields: { subId: '={{ $json.sub_id }}', payout: '={{ $json.payout }}' },
		},
	},
	{
		...twentyFourMetricsSubject,
		operation: 'conversion',
		parameters: {
			additionalParameters: {
				pair: [
					{ name: 'goal', value: '={{ $json.payout }}' },
					{ name: 'größe & co', value: '+5%' },
				],
			},
		},
		item: (number) => ({
			external_transaction_id: `click-${number}`,
			offer: 'Größe & Co +5%',
			conversion_time: '2026-01-31 12:00:00',
			conversion_ip: '2001:db8::7',
			payout: 0.01 * number,
			session_time: 95,
		}),
		id: (number) => `click-${number}`,
		broken: { key: 'session_time', value: '1,50' },
		dragged: {
			externalTransactionId: '={{ $json.external_transaction_id }}',
			offer: '={{ $json.offer }}',
			conversionTime: '={{ $json.conversion_time }}',
			conversionIp: '={{ $json.conversion_ip }}',
			additionalFields: {
				payout: '={{ $json.payout }}',
				sessionTime: '={{ $json.session_time }}',
			},
		},
	},
	{
		...twentyFourMetricsSubject,
		operation: 'impression',
		item: (number) => ({
			external_transaction_id: `click-${number}`,
			publisher: 'Größe & Co +5%',
			impression_time: '2026-01-31 12:00:00',
			impression_ip: '203.0.113.7',
			revenue: 0.01 * number,
			site_url: 'https://example.com/?a=b&c=d',
		}),
		id: (number) => `click-${number}`,
		broken: { key: 'revenue', value: '1,50' },
		dragged: {
			publisher: '={{ $json.publisher }}',
			impressionTime: '={{ $json.impression_time }}',
			impressionIp: '={{ $json.impression_ip }}',
			additionalFields: {
				externalTransactionId: '={{ $json.external_transaction_id }}',
				revenue: '={{ $json.revenue }}',
				siteUrl: '={{ $json.site_url }}',
			},
		},
	},
	{
		...runativeSubject,
		operation: 'conversion',
		item: (number) => ({ click_id: clickIdOf(number), value: '1.50' }),
		id: clickIdOf,
		broken: { key: 'value', value: '1,50' },
		dragged: { click_id: '={{ $json.click_id }}', value: '={{ $json.value }}' },
	},
	{
		...runativeSubject,
		operation: 'lead',
		item: (number) => ({
			click_id: clickIdOf(number % 3),
			value: '1.505',
			lead_code: `Größe & Co +5% ${number}`,
		}),
		id: (number) => `Größe & Co +5% ${number}`,
		broken: { key: 'value', value: '1,50' },
		dragged: {
			click_id: '={{ $json.click_id }}',
			value: '={{ $json.value }}',
			leadCode: '={{ $json.lead_code }}',
		},
	},
];

/** `singular.adRevenue` */
export function nameOf({ provider, operation }: Pick<Subject, 'provider' | 'operation'>): string {
	return `${provider.name}.${operation}`;
}

/** @throws {Error} where no operation has this name */
export function subjectOf(name: string): Subject {
	const subject = subjects.find((one) => nameOf(one) === name);
	if (subject === undefined) throw new Error(`There is no operation ${name}`);
	return subject;
}
