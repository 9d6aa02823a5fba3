/** A Chromium to test and photograph with: one that is named, one that is installed, or one that npm brings. */
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { chromium, type Browser } from 'playwright-core';

import { runCommand } from '../package/command';
import { projectRoot } from '../package/project';

export interface Found {
	executable: string;
	/** What its process needs beside the surrounding variables. */
	environment: NodeJS.ProcessEnv;
}

/** Names on PATH, the ones that a system's own packages have first. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
/** Where the installers of macOS and Windows put it. */
const INSTALLED = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	...['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map((name) =>
		join(process.env[name] ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe'),
	),
];

/** The fonts that lie beside it, and the system's if it has some. */
const fontsOf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
	<dir>${join(folder, 'fonts')}</dir>
	<dir>/usr/share/fonts</dir>
	<cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`;

export async function launchChromium(env?: NodeJS.ProcessEnv): Promise<Browser> {
	const { executable, environment } = await findChromium(env);
	return await chromium.launch({
		executablePath: executable,
		// in a container its own sandbox does not start; it opens nothing but this machine's pages
		args: ['--no-sandbox', '--disable-dev-shm-usage'],
		env: { ...process.env, ...environment },
	});
}

/**
 * @param env where `CHROME_PATH` may name an executable, and `PATH` is looked through
 * @throws {Error} that says what to install, where there is none
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<Found> {
	const named = env.CHROME_PATH ?? '';
	if (named !== '') {
		if (!isExecutable(named)) {
			throw new Error(`CHROME_PATH is ${named}, and no program can be run there.`);
		}
		return { executable: named, environment: {} };
	}
	const onPath = (env.PATH ?? '')
		.split(delimiter)
		.flatMap((folder) => NAMES.map((name) => join(folder, name)));
	const executable = [...onPath, ...INSTALLED].find(isExecutable);
	if (executable !== undefined) return { executable, environment: {} };
	if (process.platform === 'linux' && process.arch === 'x64') return await unpackFromNpm();
	throw new Error(
		'There is no Chromium here. Install Chrome or Chromium (Debian, Ubuntu: apt-get install chromium), or name one in CHROME_PATH.',
	);
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/**
 * The npm package holds Chromium's headless shell for Linux x64, packed, with the libraries and the fonts that a bare
 * system lacks. It takes both out only where it believes itself in a cloud function, and always into the temporary folder.
 */
async function unpackFromNpm(): Promise<Found> {
	const name = '@sparticuz/chromium';
	const packed = dirname(dirname(dirname(require.resolve(name))));
	const { version } = (await import(join(packed, 'package.json'))) as { version: string };
	const folder = join(projectRoot, 'node_modules', '.cache', `chromium-${version}`);
	if (!existsSync(folder)) {
		await mkdir(dirname(folder), { recursive: true });
		// Unpacked beside and renamed: it is there whole or not at all.
		const scratch = await mkdtemp(`${folder}-`);
		const unpack = `const unpacker = require('${name}'); (unpacker.default ?? unpacker).executablePath()`;
		await runCommand(process.execPath, ['-e', unpack], {
			...process.env,
			TMPDIR: scratch,
			AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x',
		});
		await writeFile(join(scratch, 'fonts', 'fonts.conf'), fontsOf(folder));
		try {
			await rename(scratch, folder);
		} catch (error) {
			await rm(scratch, { recursive: true, force: true });
			// another process was faster
			if (!existsSync(folder)) throw error;
		}
	}
	return {
		executable: join(folder, 'chromium'),
		environment: {
			LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
			FONTCONFIG_PATH: join(folder, 'fonts'),
		},
	};
}
