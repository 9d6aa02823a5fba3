/**
 * What the providers' documents ask for, written down by hand from them, to be compared with what the nodes offer.
 * A dot stands for a member of an object: `e.ad_platform` is `ad_platform` in the JSON of `e`.
 */
export interface DocumentedNode {
	displayName: string;
	credential: { type: string; fields: string[] };
	operations: Record<string, DocumentedOperation>;
}

export interface DocumentedOperation {
	method: 'GET' | 'POST';
	/** Below the Base URL; parameters and options of the path in braces. */
	path: string;
	/** Sent with every event, without a field. */
	constants?: Record<string, string>;
	query?: string[];
	body?: string[];
	/** Whether there may be parameters with names that the user chooses. */
	hasOwnNames?: boolean;
}

const myTrackerCommon = [
	'eventTimestamp',
	'customUserId',
	'ipv4',
	'ipv6',
	'idGender',
	'age',
	'connectionType',
	'bluetoothEnabled',
	'instanceId',
	'adTrackingEnabled',
	'idfa',
	'iosVendorId',
	'gaid',
	'androidId',
	'lvid',
	'adBlocker',
	'userAgent',
];

const singularCommon = [
	'p',
	'i',
	'ip',
	'use_ip',
	've',
	'idfa',
	'idfv',
	'aifa',
	'asid',
	'amid',
	'oaid',
	'andi',
	'sdid',
	'att_authorization_status',
	'country',
	'custom_user_id',
	// As a switch, and as JSON.
	'data_sharing_options.limit_data_sharing',
	'data_sharing_options',
	// Or umilisec in its place, where the time has milliseconds.
	'utime',
];

const myTracker =
	(own: string[]) =>
	(method: string): DocumentedOperation => ({
		method: 'POST',
		path: `/v1/${method}/`,
		query: ['idApp'],
		body: [...myTrackerCommon, ...own],
	});

/** Where requests go: in every credential. */
const address = ['useSandbox', 'sandboxUrl', 'sandboxPath', 'baseUrl'];

export const documented: Record<string, DocumentedNode> = {
	justtrack: {
		displayName: 'justtrack',
		credential: { type: 'justtrackApi', fields: ['apiKey', ...address] },
		operations: {
			revenueEvent: {
				method: 'GET',
				path: '/monetization/v0/jt',
				query: [
					'platform',
					'packageid',
					'transactionid',
					'userid',
					'value',
					'monetizationnetwork',
					'monetizationprovider',
					'monetizationbundleid',
					'monetizationinstancename',
					'monetizationplacement',
					'monetizationsegment',
					'monetizationtestgroup',
					'monetizationtype',
					'happenedat',
				],
			},
		},
	},
	myTracker: {
		displayName: 'myTracker',
		credential: { type: 'myTrackerApi', fields: ['token', 'testAppId', ...address] },
		operations: {
			registration: myTracker([])('registration'),
			login: myTracker([])('login'),
			customEvent: myTracker(['customEventName', 'customEventParams'])('customEvent'),
			customRevenue: myTracker(['idTransaction', 'currency', 'total'])('customRevenue'),
		},
	},
	singular: {
		displayName: 'Singular',
		credential: { type: 'singularApi', fields: ['sdkKey', ...address] },
		operations: {
			adRevenue: {
				method: 'GET',
				path: '/api/{apiVersion}/evt',
				constants: {
					n: '__ADMON_USER_LEVEL_REVENUE__',
					is_admon_revenue: 'true',
					is_revenue_event: 'true',
				},
				query: [
					...singularCommon,
					'amt',
					'cur',
					// As fields, and as JSON.
					'e.ad_platform',
					'e.ad_mediation_platform',
					'e.ad_type',
					'e.ad_group_type',
					'e.ad_impression_id',
					'e.ad_placement_name',
					'e.ad_placement_id',
					'e.ad_unit_id',
					'e.ad_unit_name',
					'e.ad_group_id',
					'e.ad_group_name',
					'e.ad_group_priority',
					'e.ad_precision',
					'e',
				],
				hasOwnNames: true,
			},
			revenueEvent: {
				method: 'GET',
				path: '/api/{apiVersion}/evt',
				constants: { is_revenue_event: 'true' },
				query: [
					...singularCommon,
					'n',
					'e',
					'amt',
					'cur',
					'purchase_product_id',
					'purchase_transaction_id',
					'purchase_receipt',
					'receipt_signature',
				],
				hasOwnNames: true,
			},
			event: {
				method: 'GET',
				path: '/api/{apiVersion}/evt',
				query: [...singularCommon, 'n', 'e'],
				hasOwnNames: true,
			},
			session: {
				method: 'GET',
				path: '/api/v1/launch',
				query: [
					...singularCommon,
					'app_v',
					'ma',
					'mo',
					'lc',
					'bd',
					'install',
					'openuri',
					'install_ref',
					'n',
					'c',
					'cn',
					'dnt',
				],
				hasOwnNames: true,
			},
		},
	},
	twentyFourMetrics: {
		displayName: '24metrics',
		credential: { type: 'twentyFourMetricsApi', fields: ['integrationId', ...address] },
		operations: {
			click: {
				method: 'GET',
				path: '/',
				constants: { no_redirect: 'true' },
				query: [
					'advertiser',
					'publisher',
					'offer',
					'sub_id',
					'sub_id2',
					'sub_id3',
					'sub_id4',
					'sub_id5',
					'sub_id6',
					'click_time',
					'referer',
					'click_ip',
					'user_agent',
					'device_id',
					'revenue',
					'payout',
					'browser_languages',
					'js_check_data',
					'fields',
					'external_transaction_id',
				],
				hasOwnNames: true,
			},
			conversion: {
				method: 'GET',
				path: '/',
				query: [
					'advertiser',
					'publisher',
					'offer',
					'sub_id',
					'conversion_time',
					'conversion_ip',
					'user_agent',
					'referer',
					'revenue',
					'payout',
					'click_time',
					'external_transaction_id',
					'transaction_id',
					'third_party_rejected_reason',
					'third_party_status',
					'browser_languages',
					'device_id',
					'purchase_value',
					'session_time',
				],
				hasOwnNames: true,
			},
			impression: {
				method: 'GET',
				path: '/',
				query: [
					'advertiser',
					'publisher',
					'sub_id',
					'offer',
					'impression_time',
					'site_url',
					'impression_ip',
					'user_agent',
					'payout',
					'revenue',
					'device_id',
					'external_transaction_id',
				],
				hasOwnNames: true,
			},
		},
	},
	runative: {
		displayName: 'RUNative',
		credential: { type: 'runativeApi', fields: ['secretKey', ...address] },
		operations: {
			conversion: { method: 'GET', path: '/api/v1/cpa/action/{click_id}', query: ['value'] },
			lead: { method: 'GET', path: '/api/v1/cpa/action/{click_id}', query: ['value', 'lead_code'] },
		},
	},
};
