import { findChromium, launchChromium } from '../../scripts/browser/chromium';

test('CHROME_PATH names the browser, whatever is installed', async () => {
	const found = await findChromium({ ...process.env, CHROME_PATH: process.execPath });
	expect(found.executable).toBe(process.execPath);
	await expect(findChromium({ CHROME_PATH: '/not/there' })).rejects.toThrow(
		'CHROME_PATH is /not/there, and no program can be run there.',
	);
});

test('where no browser is installed, npm has brought one that opens pages, or the error says what to install', async () => {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		await expect(launchChromium({ PATH: '' })).rejects.toThrow('CHROME_PATH');
		return;
	}
	const browser = await launchChromium({ PATH: '' });
	try {
		const page = await browser.newPage();
		await page.setContent('<h1>Здравствуй, Straße</h1>');
		expect(await page.getByRole('heading').innerText()).toBe('Здравствуй, Straße');
	} finally {
		await browser.close();
	}
});
