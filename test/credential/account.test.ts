import { accountOf } from '../../transport/credential/account';

it('an account is an address with its secrets: another of either is another account', () => {
	const accounts = [
		accountOf('https://a', ['s']),
		accountOf('https://a', ['t']),
		accountOf('https://b', ['s']),
		accountOf('https://a', []),
		accountOf('https://a', ['s', '']),
	];
	expect(new Set(accounts).size).toBe(accounts.length);
	expect(accountOf('https://a', ['s'])).toBe(accounts[0]);
});

it('of an account 16 bytes are kept, which show nothing of the secret', () => {
	expect(accountOf('https://a', ['s'])).toMatch(/^[0-9a-f]{32}$/);
});
