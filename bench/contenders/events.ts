/** The events that all contenders send: the same columns, the same values, on every run. */
import type { IDataObject } from 'n8n-workflow';

export type ProviderName = 'justtrack' | 'myTracker';

/** The myTracker app that the events belong to. */
export const APP_ID = '666';

/** The eight columns that are mapped, each under the name of the provider's own key. */
export const columns = {
	justtrack: [
		'platform',
		'packageid',
		'transactionid',
		'userid',
		'value',
		'monetizationnetwork',
		'monetizationprovider',
		'monetizationplacement',
	],
	myTracker: [
		'customUserId',
		'idTransaction',
		'total',
		'currency',
		'eventTimestamp',
		'gaid',
		'ipv4',
		'age',
	],
} as const satisfies Record<ProviderName, readonly string[]>;

/** The column that holds the amount of money. */
export const amountColumn = { justtrack: 'value', myTracker: 'total' } as const;

const networks = ['AdMob', 'Unity Ads', 'AppLovin', 'ironSource'];
const placements = ['level_end', 'main_menu', 'reward & retry'];

/** The row with this number, as a database or a file would give it. */
export function eventRow(provider: ProviderName, index: number): IDataObject {
	const id = index.toString(16).padStart(12, '0');
	const user = `player-${(index * 7919) % 100_003}`;
	const amount = ((index * 37) % 9000) / 10_000 + 0.0001;
	const row =
		provider === 'justtrack'
			? {
					platform: index % 3 === 0 ? 'ios' : 'android',
					packageid: `com.studio.game${index % 5}`,
					transactionid: `5f0c9a7e-42d1-4c1f-9b1e-${id}`,
					userid: user,
					value: Number(amount.toFixed(4)),
					monetizationnetwork: networks[index % networks.length],
					monetizationprovider: 'MAX',
					monetizationplacement: placements[index % placements.length],
				}
			: {
					customUserId: user,
					idTransaction: `5f0c9a7e-42d1-4c1f-9b1e-${id}`,
					total: Number((amount * 10).toFixed(2)),
					currency: 'USD',
					eventTimestamp: 1_769_860_800 + index,
					gaid: `38400000-8cf0-11bd-b23e-${id}`,
					ipv4: `203.0.113.${index % 256}`,
					age: 18 + (index % 60),
				};
	// makes flat strings, like those of parsed rows: V8 would flatten joined ones at their first use
	return JSON.parse(JSON.stringify(row)) as IDataObject;
}

/** The same rows as the text of a CSV file, chunk by chunk. No value of theirs needs quotes. */
export function* csvOf(provider: ProviderName, events: number): Generator<string, void> {
	yield `${columns[provider].join(',')}\n`;
	for (let first = 0; first < events; first += CSV_CHUNK) {
		const length = Math.min(CSV_CHUNK, events - first);
		const rows = Array.from({ length }, (_, index) => eventRow(provider, first + index));
		yield rows.map((row) => `${Object.values(row).map(String).join(',')}\n`).join('');
	}
}

const CSV_CHUNK = 1_000;
