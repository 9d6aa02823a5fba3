import { keepsOffFields } from '../../transport/values/crossRules';

describe('keepsOffFields', () => {
	const { holds, fields, of } = keepsOffFields('more', ['no_redirect', 'offer', 'campaignId']);
	const withName = (name: string) => ({ more: { goal: '1', [name]: '2' } });

	it('is a rule of the list', () => {
		expect({ fields, of }).toEqual({ fields: ['more'], of: 'more' });
	});

	it.each([
		'ua',
		'offers',
		'offer_id',
		'my offer',
		'redirect',
		'noredirect',
		'__proto__',
		'[offer]',
	])('a name of its own is left alone: %p', (name) => {
		expect(holds(withName(name))).toBe(true);
	});

	it('so is a list that was not given', () => {
		expect(holds({})).toBe(true);
	});

	it.each([
		...['offer', 'Offer', 'OFFER', ' offer ', 'offer[]', 'offer[0]', 'offer[a][b]', ' Offer []'],
		...['no_redirect', 'no.redirect', 'no redirect', 'no[redirect', 'NO.Redirect[]'],
		...['campaignid', 'CAMPAIGNID'],
	])('a name that a server may take for one that is taken is none: %p', (name) => {
		expect(holds(withName(name))).toBe(false);
	});
});
