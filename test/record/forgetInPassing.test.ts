import { forgetInPassing } from '../../transport/record/forgetInPassing';

const storeWith = (...answers: readonly (boolean | Error)[]) => {
	let steps = 0;
	return {
		forget: () => {
			const answer = answers[steps++];
			return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? false);
		},
		steps: () => steps,
	};
};

it('all that has been kept long enough is forgotten, once in a while', async () => {
	const store = storeWith(true, true, false);
	await forgetInPassing(store);
	expect(store.steps()).toBe(3);
	await forgetInPassing(store);
	expect(store.steps()).toBe(3);
	const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
	await forgetInPassing(store);
	later.mockRestore();
	expect(store.steps()).toBe(4);
});

it('no run fails for what could not be forgotten', async () => {
	const store = storeWith(true, new Error('disk full'), true);
	await expect(forgetInPassing(store)).resolves.toBeUndefined();
	expect(store.steps()).toBe(2);
});
