import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { startSandbox } from '../../sandbox';
import { providers as sandboxProviders } from '../../sandbox/providers';
import { accountOf } from '../../transport/credential/account';
import { withAddress } from '../../transport/credential/address';
import {
	credentialProblem,
	defaultsOf,
	readAddress,
	readCredential,
} from '../../transport/credential/read';
import { textOf } from '../../transport/credential/secrets';
import { subjects } from '../providers';

const SANDBOX = 'http://127.0.0.1:4010';

const providers = [
	...new Map(subjects.map((subject) => [subject.provider.name, subject])).values(),
].map(({ provider, secret, operation }) => {
	const { properties } = provider.credential;
	const secretField = String(properties.find(({ typeOptions }) => typeOptions?.password)?.name);
	const values = { ...defaultsOf(provider.credential), [secretField]: secret };
	const { baseUrlParts } = provider.operations[operation] ?? {};
	return { provider, values, parts: baseUrlParts };
});

describe.each(providers)('$provider.name', ({ provider, values, parts }) => {
	const { credential } = provider;
	const inSandbox = (more: IDataObject = {}): ICredentialDataDecryptedObject =>
		withAddress(credential, { ...values, useSandbox: true, ...more });
	const { baseUrl: sandboxPath } =
		sandboxProviders.find(({ name }) => name === provider.name) ?? {};

	it('is in production until the switch is turned on', () => {
		expect(values).toMatchObject({ useSandbox: false, sandboxUrl: SANDBOX });
		expect(withAddress(credential, values)).toEqual(values);
		expect(readCredential(credential, values, parts).baseUrl.protocol).toBe('https:');
	});

	it('a credential that was saved before there was a switch stays as it is', () => {
		const { useSandbox: _, sandboxUrl: __, ...saved } = values;
		expect(credentialProblem(credential, withAddress(credential, saved), parts)).toBeUndefined();
		expect(readCredential(credential, withAddress(credential, saved), parts)).toEqual(
			readCredential(credential, values, parts),
		);
	});

	it('with the switch on, goes to its own place in the sandbox', () => {
		expect(inSandbox().baseUrl).toBe(`${SANDBOX}${sandboxPath ?? '?'}`);
		for (const read of [readCredential, readAddress]) {
			const { baseUrl } = read(credential, inSandbox(), parts);
			expect(baseUrl.origin).toBe(SANDBOX);
			expect(baseUrl.href).not.toContain('{');
		}
	});

	it('a slash or a blank after the Sandbox URL changes nothing', () => {
		expect(inSandbox({ sandboxUrl: ` ${SANDBOX}// ` })).toMatchObject({
			baseUrl: inSandbox().baseUrl,
		});
	});

	it('places the secret as in production', () => {
		expect(readCredential(credential, inSandbox(), parts).placement).toEqual(
			readCredential(credential, values, parts).placement,
		);
	});

	it('is another account in the sandbox than in production', () => {
		expect(accountOf(textOf(inSandbox().baseUrl), ['s'])).not.toBe(
			accountOf(textOf(values.baseUrl), ['s']),
		);
	});

	it('the switch stands above the address that it stands for, which is always shown', () => {
		const fields = credential.properties.filter(({ type }) => type !== 'hidden').slice(-3);
		expect(fields).toMatchObject([
			{ displayName: 'Use Sandbox', name: 'useSandbox', type: 'boolean', default: false },
			{ name: 'sandboxUrl', displayOptions: { show: { useSandbox: [true] } } },
			{ displayName: 'Base URL', name: 'baseUrl' },
		]);
		expect(fields[2]).not.toHaveProperty('displayOptions');
	});

	it.each([
		['', 'Sandbox URL is empty.'],
		['http://example.com', 'Sandbox URL must start with https://'],
		['http://user@127.0.0.1', 'Sandbox URL must not hold a user name or password.'],
		['4010', 'Sandbox URL must be an address such as'],
	])('a Sandbox URL that cannot be used is told by its name: %p', (sandboxUrl, problem) => {
		expect(credentialProblem(credential, inSandbox({ sandboxUrl }), parts)).toContain(problem);
	});

	it.each(['true', 'false', 1, null])('the switch may not be %p', (useSandbox) => {
		const entered = { ...values, useSandbox } as never;
		expect(credentialProblem(credential, withAddress(credential, entered), parts)).toBe(
			`Use Sandbox must be true or false, not ${JSON.stringify(useSandbox)}.`,
		);
	});
});

it('the sandbox listens where the credentials look for it', async () => {
	const sandbox = await startSandbox();
	expect(new URL(sandbox.url).hostname).toBe(new URL(SANDBOX).hostname);
	await sandbox.close();
});
