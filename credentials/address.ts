import type { INodeProperties } from 'n8n-workflow';

/** Where a provider is: its own address, and its place in the sandbox. */
interface Place {
	/** The production address. */
	readonly baseUrl: string;
	/** What follows the sandbox's address; it may hold the same placeholders. */
	readonly sandboxPath: string;
	/** What placeholders of the Base URL stand for, in a sentence. */
	readonly placeholders?: string;
}

/** The fields of every credential that say where requests go. */
export const addressProperties = ({
	baseUrl,
	sandboxPath,
	placeholders,
}: Place): INodeProperties[] => [
	{
		displayName: 'Use Sandbox',
		name: 'useSandbox',
		type: 'boolean',
		default: false,
		description:
			'Whether to send to the sandbox, which stands in for the provider on this machine, instead of the Base URL. Start it with "npm run sandbox" in a copy of the project.',
	},
	{
		displayName: 'Sandbox URL',
		name: 'sandboxUrl',
		type: 'string',
		default: 'http://127.0.0.1:4010',
		displayOptions: { show: { useSandbox: [true] } },
		description: 'The address that the sandbox prints when it starts',
	},
	// not the user's: here, so that the expressions of n8n's own routing reach it too
	{
		displayName: 'Sandbox Path',
		name: 'sandboxPath',
		type: 'hidden',
		default: sandboxPath,
	},
	// always shown: n8n would forget what was entered in a field that it hides
	{
		displayName: 'Base URL',
		name: 'baseUrl',
		type: 'string',
		required: true,
		default: baseUrl,
		description: [
			'Where events are sent, unless Use Sandbox is on.',
			placeholders,
			'Leave it as it is, unless you were given an address of your own.',
		]
			.filter((sentence) => sentence !== undefined)
			.join(' '),
	},
];
